import { context, openCell, sealCell, VaultError } from '@symbolon/vault';
import { derive, type KeyChains, KeysError, nodePrimitives, type StudyPlace } from '../keys/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { cellsOf, writeCell } from './opening.store.ts';

const where = ({ accountId, studyId }: StudyPlace, openingId: string) =>
  context('opening', accountId, studyId, openingId);

/** In place of a reason that opens no more: its key was destroyed. */
const lost = '';

/** Why a study was opened may name somebody: it is sealed under the study's identity key, and goes when that goes. */
export async function sealReason(
  chains: KeyChains,
  place: StudyPlace,
  openingId: string,
  reason: string,
): Promise<Uint8Array> {
  const key = await derive(await chains.study('identity', place), 'opening');
  const plain = new TextEncoder().encode(JSON.stringify({ version: 1, reason }));
  return sealCell(nodePrimitives, key, plain, where(place, openingId));
}

async function openReason(
  chains: KeyChains,
  place: StudyPlace,
  openingId: string,
  sealed: Uint8Array,
): Promise<string> {
  const key = await derive(await chains.study('identity', place), 'opening');
  const plain = await openCell(nodePrimitives, key, sealed, where(place, openingId));
  return (JSON.parse(new TextDecoder().decode(plain)) as { reason: string }).reason;
}

/** The same for a list: one that does not open must not hide the others. A key service that is away is another matter. */
export async function reasonOrNone(
  chains: KeyChains,
  place: StudyPlace,
  openingId: string,
  sealed: Uint8Array,
): Promise<string> {
  try {
    return await openReason(chains, place, openingId, sealed);
  } catch (error) {
    if (error instanceof VaultError || (error instanceof KeysError && error.code !== 'KEYS_UNAVAILABLE')) return lost;
    throw error;
  }
}

/**
 * The reasons of all openings of a study, sealed under its new keys instead of the old. One that is damaged stays as it is: it
 * must not keep the study from getting new keys. Gives the ids of these.
 */
export async function resealReasons(trx: Trx, chains: KeyChains, from: StudyPlace, to: StudyPlace): Promise<string[]> {
  const damaged: string[] = [];
  for (const { id, cell } of await cellsOf(trx, from.studyId)) {
    const reason = await openReason(chains, from, id, cell).catch((error: unknown) => {
      if (error instanceof VaultError) return undefined;
      throw error;
    });
    if (reason === undefined) damaged.push(id);
    else await writeCell(trx, id, await sealReason(chains, to, id, reason));
  }
  return damaged;
}
