import { context, openCell, sealCell } from '@symbolon/vault';
import { derive, type KeyChains, nodePrimitives, type StudyPlace } from '../keys/index.ts';

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
