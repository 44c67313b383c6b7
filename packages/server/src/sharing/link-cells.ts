import { context, openCell, sealCell, VaultError } from '@symbolon/vault';
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

/**
 * The notes of all links to a study, sealed under its new keys instead of the old. One that is damaged stays as it is: it must not
 * keep the study from getting new keys. Gives the ids of these.
 */
export async function resealNotes(trx: Trx, chains: KeyChains, from: StudyPlace, to: StudyPlace): Promise<string[]> {
  const damaged: string[] = [];
  for (const { id, cell } of await notesOf(trx, from.studyId)) {
    const note = await openNote(chains, from, id, cell).catch(unlessDamaged);
    if (note === undefined) damaged.push(id);
    else await writeNote(trx, id, await sealNote(chains, to, id, note));
  }
  return damaged;
}

function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof VaultError)) throw error;
}

/** The same for a list: one that does not open must not hide the others. */
export async function noteOrNone(...[chains, place, linkId, sealed]: Parameters<typeof openNote>): Promise<string> {
  return (await openNote(chains, place, linkId, sealed).catch(unlessDamaged)) ?? '';
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
