import {
  type CompressedImage,
  chunkedVersion,
  ImageWriter,
  type ManifestInstance,
  maxIdentityInRow,
  type PackableInstance,
  type PackPlace,
  packVersion,
  type SealedPack,
  sealPack,
} from '../packs/index.ts';
import { ImageCompressor } from './compress-image.ts';
import { RewriteError } from './errors.ts';
import type { PackSource, RewriteDeps, Written } from './rewrite.ts';

/**
 * Writes the instances of packs into one new pack as a commit would write them today; whatever their versions were, its keys
 * all follow from its study's. What is compressed already is carried over as it is stored.
 *
 * Cost    memory: the identity halves of all, and some segments of an image half.
 *
 * @throws PacksError PACK_DAMAGED, BlobError
 */
export function writeAsToday(deps: RewriteDeps, place: PackPlace, sources: readonly PackSource[]): Promise<Written> {
  return write(deps, place, sources, undefined);
}

/** So much is tried before it is given up. */
const triedBytes = 8 * 1024 * 1024;

/** As `writeAsToday`, with the image halves compressed that become smaller by it. Cost: a chunk of them in memory. */
export function writeCompressed(deps: RewriteDeps, place: PackPlace, sources: readonly PackSource[]): Promise<Written> {
  return write(deps, place, sources, new ImageCompressor());
}

/** As `writeCompressed`, of what becomes smaller by that. @throws RewriteError REWRITE_NOT_SMALLER */
export async function writeSmaller(
  deps: RewriteDeps,
  place: PackPlace,
  sources: readonly PackSource[],
): Promise<Written> {
  const compressor = new ImageCompressor();
  const check = (bytes: number): void => {
    if (compressor.gainsNothing(bytes))
      throw new RewriteError('REWRITE_NOT_SMALLER', `pack ${place.packId} would be no smaller`);
  };
  const paced = (bytes: number): Promise<void> => {
    check(triedBytes);
    return deps.paced(bytes);
  };
  const written = await write({ ...deps, paced }, place, sources, compressor);
  check(0);
  return written;
}

async function write(
  deps: RewriteDeps,
  place: PackPlace,
  sources: readonly PackSource[],
  compressor: ImageCompressor | undefined,
): Promise<Written> {
  const { chains, stores } = deps;
  // Of a manifest some of whose instances are left out, only the instances tell.
  const anyImage = sources.some(({ manifest }) => manifest.instances.some(({ imageBytes }) => imageBytes > 0));
  const chunked = anyImage && (compressor !== undefined || sources.some(({ pack }) => pack.version === chunkedVersion));
  const version = chunked ? chunkedVersion : packVersion;
  const writer = anyImage ? await ImageWriter.ofPack(chains, stores.imageBlobs, place, version) : undefined;
  const instances: PackableInstance[] = [];
  let sealed: SealedPack;
  try {
    for (const source of sources) {
      for (const instance of source.manifest.instances) {
        const { cuts, imageBytes, identityAt, identityBytes, imageAt: _, ...facts } = instance;
        const identity = source.identities.subarray(identityAt, identityAt + identityBytes);
        const compressed = await writeImage(deps, source, instance, identity, writer, compressor);
        instances.push({ ...facts, compressed, halves: { identity, image: [], cuts, imageBytes } });
      }
    }
    const written = await writer?.finish();
    sealed = await sealPack(chains, place, instances, written && { version, sealedBytes: written.sealedBytes });
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

async function writeImage(
  { reader, paced }: RewriteDeps,
  { pack }: PackSource,
  instance: ManifestInstance,
  identity: Uint8Array,
  writer: ImageWriter | undefined,
  compressor: ImageCompressor | undefined,
): Promise<CompressedImage | undefined> {
  if (instance.imageBytes === 0 || writer === undefined) return undefined;
  if (compressor === undefined || instance.compressed !== undefined) {
    for await (const piece of reader.storedImage(pack, instance)) {
      await writer.push(piece);
      await paced(piece.length);
    }
    return instance.compressed;
  }
  const pieces = at(paced, reader.imageHalf(pack, instance));
  return compressor.compress(instance, identity, pieces, (stored) => writer.push(stored));
}

async function* at(paced: RewriteDeps['paced'], pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    await paced(piece.length);
    yield piece;
  }
}
