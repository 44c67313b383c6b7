import { createHash } from 'node:crypto';
import { context, type StreamKey } from '@symbolon/vault';
import type { KeyChains, StudyPlace } from '../keys/index.ts';

/** Where a pack belongs; every id of it is bound into what is sealed, so no half can be moved or swapped. */
export type PackPlace = StudyPlace & { readonly seriesId: string; readonly packId: string };

/** Of packs whose keys all follow from the study's. */
export const packVersion = 1;

/** The sealed parts of a pack; each has a context of its own. */
export type PackPart = 'manifest' | 'identity' | 'image';

/** The key and context of one part: the manifest and the identity half hang from the identity chain. */
export async function packKey(
  chains: KeyChains,
  place: PackPlace,
  part: PackPart,
  version: number,
): Promise<StreamKey> {
  const chain = part === 'image' ? 'image' : 'identity';
  return {
    key: await chains.pack(chain, place, place.seriesId, place.packId),
    keyId: createHash('sha256').update(`${chain}/study/${place.keyId}`).digest().subarray(0, 16),
    context: packContext(place, part, version),
  };
}

/** What binds a part to its place. The manifest and the identity half differ in this alone. */
export function packContext(place: PackPlace, part: PackPart, version: number): Uint8Array {
  return context('pack', part, place.accountId, place.studyId, place.seriesId, place.packId, version);
}
