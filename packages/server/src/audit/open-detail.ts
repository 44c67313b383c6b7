import { context, openCell, VaultError } from '@symbolon/vault';
import { derive, type KeyChains, KeysError, nodePrimitives, type StudyPlace } from '../keys/index.ts';

export type SealedDetail = {
  readonly id: string;
  readonly accountId: string;
  /** Of the study that the record is about; undefined where it is about none. */
  readonly study: StudyPlace | undefined;
  readonly detail: Uint8Array | null;
};

/** In place of a detail whose key is gone, or that is damaged: one such record must not hide the others. */
export const unreadable = { unreadable: true } as const;

/** A record's detail as it was recorded; null where there is none. */
export async function openDetail(chains: KeyChains, record: SealedDetail): Promise<unknown> {
  const { id, accountId, study, detail } = record;
  if (detail === null) return null;
  try {
    const key = study ? await chains.study('audit', study) : await chains.account('audit', accountId);
    const where = context('audit', accountId, study?.studyId ?? '', id);
    const plain = await openCell(nodePrimitives, await derive(key, 'audit-detail'), detail, where);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch (error) {
    const lost = error instanceof VaultError || (error instanceof KeysError && error.code !== 'KEYS_UNAVAILABLE');
    if (!lost) throw error;
    return unreadable;
  }
}
