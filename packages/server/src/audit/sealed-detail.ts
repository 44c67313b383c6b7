import { context, openCell, sealCell, VaultError } from '@symbolon/vault';
import { derive, type KeyChains, KeysError, nodePrimitives, type StudyPlace } from '../keys/index.ts';

/** Which record a detail belongs to. `study`: the one that the record is about; undefined where it is about none. */
export type DetailPlace = {
  readonly id: string;
  readonly accountId: string;
  readonly study: StudyPlace | undefined;
};

/** In place of a detail whose key is gone, or that is damaged: one such record must not hide the others. */
const unreadable = { unreadable: true } as const;

async function keyAndContext(chains: KeyChains, { id, accountId, study }: DetailPlace) {
  const key = study ? await chains.study('audit', study) : await chains.account('audit', accountId);
  return { key: await derive(key, 'audit-detail'), where: context('audit', accountId, study?.studyId ?? '', id) };
}

export async function sealDetail(chains: KeyChains, place: DetailPlace, detail: unknown): Promise<Buffer> {
  const { key, where } = await keyAndContext(chains, place);
  return Buffer.from(await sealCell(nodePrimitives, key, new TextEncoder().encode(JSON.stringify(detail)), where));
}

/** A record's detail as it was recorded; null where there is none. */
export async function openDetail(
  chains: KeyChains,
  { detail, ...place }: DetailPlace & { readonly detail: Uint8Array | null },
): Promise<unknown> {
  if (detail === null) return null;
  try {
    const { key, where } = await keyAndContext(chains, place);
    return JSON.parse(new TextDecoder().decode(await openCell(nodePrimitives, key, detail, where)));
  } catch (error) {
    const lost = error instanceof VaultError || (error instanceof KeysError && error.code !== 'KEYS_UNAVAILABLE');
    if (!lost) throw error;
    return unreadable;
  }
}
