import { context, openCell, sealCell, VaultError } from '@symbolon/vault';
import { derive, type KeyChains, KeysError, nodePrimitives } from '../keys/index.ts';
import type { HoldRow } from './hold.store.ts';

/** Whose key a reason is sealed under: its patient's, and the account's where the whole account is held. It goes when that goes. */
type Place = { readonly accountId: string; readonly patientId: string | undefined; readonly id: string };

const where = ({ accountId, id }: Place) => context('hold', accountId, id);

async function keyOf(chains: KeyChains, { accountId, patientId }: Place): Promise<Uint8Array> {
  const own =
    patientId === undefined
      ? await chains.account('identity', accountId)
      : await chains.patient('identity', accountId, patientId);
  return derive(own, 'hold');
}

/** In place of a reason whose key is gone: of a hold on an account that was erased after it was released. */
const lost = '';

/** Why something is held may name somebody. */
export async function sealReason(chains: KeyChains, place: Place, reason: string): Promise<Uint8Array> {
  const plain = new TextEncoder().encode(JSON.stringify({ version: 1, reason }));
  return sealCell(nodePrimitives, await keyOf(chains, place), plain, where(place));
}

export async function openReason(
  chains: KeyChains,
  hold: HoldRow,
  patientOf: (studyId: string) => Promise<string | undefined>,
): Promise<string> {
  const { accountId, id, studyId } = hold;
  const patientId = hold.patientId ?? (studyId === null ? undefined : await patientOf(studyId));
  const place = { accountId, id, patientId };
  try {
    const plain = await openCell(nodePrimitives, await keyOf(chains, place), hold.cell, where(place));
    return (JSON.parse(new TextDecoder().decode(plain)) as { reason: string }).reason;
  } catch (error) {
    if (error instanceof VaultError || (error instanceof KeysError && error.code === 'KEY_MISSING')) return lost;
    throw error;
  }
}
