import { context, openCell, sealCell } from '@symbolon/vault';
import { derive, type KeyChains, nodePrimitives, type StudyPlace } from '../keys/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { notesOf, writeNote } from './link.store.ts';

/** The note of a link may name somebody: it is sealed under the study's identity key, and goes when that goes. */
export async function sealNote(
  chains: KeyChains,
  place: StudyPlace,
  linkId: string,
  note: string,
): Promise<Uint8Array> {
  const key = await derive(await chains.study('identity', place), 'link');
  const plain = new TextEncoder().encode(JSON.stringify({ version: 1, note }));
  return sealCell(nodePrimitives, key, plain, where(place, linkId));
}

/** The notes of all links to a study, sealed under its new keys instead of the old. */
export async function resealNotes(trx: Trx, chains: KeyChains, from: StudyPlace, to: StudyPlace): Promise<void> {
  for (const { id, cell } of await notesOf(trx, from.studyId))
    await writeNote(trx, id, await sealNote(chains, to, id, await openNote(chains, from, id, cell)));
}

export async function openNote(
  chains: KeyChains,
  place: StudyPlace,
  linkId: string,
  sealed: Uint8Array,
): Promise<string> {
  const key = await derive(await chains.study('identity', place), 'link');
  const plain = await openCell(nodePrimitives, key, sealed, where(place, linkId));
  return (JSON.parse(new TextDecoder().decode(plain)) as { note: string }).note;
}

const where = ({ accountId, studyId }: StudyPlace, linkId: string) => context('link', accountId, studyId, linkId);
