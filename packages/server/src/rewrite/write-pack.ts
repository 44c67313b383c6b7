import {
  ImageWriter,
  maxIdentityInRow,
  type PackableInstance,
  type PackPlace,
  type SealedPack,
  sealPack,
} from '../packs/index.ts';
import type { PackSource, RewriteDeps, Written } from './rewrite.ts';

/**
 * Writes the instances of packs into one new pack as a commit would write them today; whatever their versions were, it is a
 * pack of version 1, whose keys all follow from its study's.
 *
 * Cost    memory: the identity halves of all, and some segments of an image half.
 *
 * @throws PacksError PACK_DAMAGED, BlobError
 */
export async function writeAsToday(
  deps: RewriteDeps,
  place: PackPlace,
  sources: readonly PackSource[],
): Promise<Written> {
  const { chains, stores } = deps;
  const anyImage = sources.some(({ manifest }) => manifest.imageBytes > 0);
  const writer = anyImage ? await ImageWriter.ofPack(chains, stores.imageBlobs, place) : undefined;
  const instances: PackableInstance[] = [];
  let sealed: SealedPack;
  try {
    for (const { pack, manifest, identities } of sources) {
      for (const instance of manifest.instances) {
        const { cuts, imageBytes, identityAt, identityBytes, imageAt: _, ...facts } = instance;
        for await (const piece of deps.reader.imageHalf(pack, instance)) {
          await writer?.push(piece);
          await deps.paced(piece.length);
        }
        const identity = identities.subarray(identityAt, identityAt + identityBytes);
        instances.push({ ...facts, halves: { identity, image: [], cuts, imageBytes } });
      }
    }
    sealed = await sealPack(chains, place, instances, await writer?.finish());
  } catch (error) {
    await writer?.abort();
    throw error;
  }
  const inRow = sealed.identitySealedBytes <= maxIdentityInRow;
  if (!inRow) await stores.identityBlobs.put(place.packId, sealed.identity);
  return {
    version: sealed.version,
    imageKey: sealed.imageKey,
    manifest: sealed.manifest,
    identity: inRow ? Buffer.concat(sealed.identity) : null,
    identitySealedBytes: sealed.identitySealedBytes,
    imageSealedBytes: sealed.imageSealedBytes,
  };
}
