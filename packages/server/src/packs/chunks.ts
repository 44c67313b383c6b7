import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { fromPlanes, type Prediction, type SampleGrid, toPlanes } from '@symbolon/pixels';
import { type ManifestInstance, PacksError } from './manifest.ts';

/** Of packs whose image halves may lie in chunks that are compressed alone; their keys all follow from the study's. */
export const chunkedVersion = 3;
/** A compressed chunk opens into at most so many bytes. */
export const maxChunkBytes = 1024 * 1024;

/**
 * How the image half of one instance is compressed. `chunks`: three numbers each, how many bytes it is, how many are stored,
 * and the method; in order, without gaps. The grid is that of all of them.
 */
export type CompressedImage = SampleGrid & { readonly chunks: readonly number[] };

/** Positions are numbers of the format. */
const methods = ['as it is', 'zstd', 'none', 'average', 'gradient'] as const;
export type Method = (typeof methods)[number];
export const methodNumber = (method: Method): number => methods.indexOf(method);

/** `at` in the image half, `storedAt` in the pack's opened image halves. Units: bytes. */
export type Chunk = {
  readonly at: number;
  readonly bytes: number;
  readonly storedAt: number;
  readonly storedBytes: number;
  readonly method: Method;
};

const isLength = (value: number | undefined): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** The chunks of an image half, in order. @throws PacksError PACK_DAMAGED  they are not what a writer writes */
export function* chunksOf(packId: string, instance: ManifestInstance): Generator<Chunk> {
  const { chunks } = instance.compressed as CompressedImage;
  let at = 0;
  let storedAt = instance.imageAt;
  for (let of = 0; of < chunks.length; of += 3) {
    const [bytes, storedBytes, number] = [chunks[of], chunks[of + 1], chunks[of + 2]];
    const method = methods[number ?? -1];
    if (!isLength(bytes) || !isLength(storedBytes) || method === undefined) throw wrong(packId);
    if (method === 'as it is' ? storedBytes !== bytes : storedBytes >= bytes || bytes > maxChunkBytes)
      throw wrong(packId);
    yield { at, bytes, storedAt, storedBytes, method };
    at += bytes;
    storedAt += storedBytes;
  }
  if (at !== instance.imageBytes) throw wrong(packId);
}

/** What the image half of an instance takes of the pack's image halves. Bytes. */
export function storedBytesOf({ imageBytes, compressed }: Pick<ManifestInstance, 'imageBytes' | 'compressed'>): number {
  if (compressed === undefined) return imageBytes;
  let bytes = 0;
  for (let of = 1; of < compressed.chunks.length; of += 3) bytes += compressed.chunks[of] as number;
  return bytes;
}

const level = { [constants.ZSTD_c_compressionLevel]: 1 };

export function compressChunk(plain: Uint8Array, grid: SampleGrid, method: Exclude<Method, 'as it is'>): Uint8Array {
  const bytes = method === 'zstd' ? plain : toPlanes(plain, grid, method satisfies Prediction);
  // One piece of output: the standard is to join many of 16 KiB.
  return zstdCompressSync(bytes, { params: level, chunkSize: Math.max(4096, plain.length) });
}

/** @throws PacksError PACK_DAMAGED  it does not open into as many bytes as it should */
export function openChunk(packId: string, grid: SampleGrid, chunk: Chunk, stored: Uint8Array): Uint8Array {
  if (chunk.method === 'as it is') return stored;
  const plain = inflated(packId, chunk, stored);
  if (plain.length !== chunk.bytes) throw wrong(packId);
  return chunk.method === 'zstd' ? plain : fromPlanes(plain, grid, chunk.method);
}

/** Nothing larger is made of it than its table says, whatever it says of itself. */
function inflated(packId: string, { bytes }: Chunk, stored: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(stored, { maxOutputLength: bytes, chunkSize: Math.max(64, bytes) });
  } catch (cause) {
    throw wrong(packId, { cause });
  }
}

const wrong = (packId: string, options?: ErrorOptions): PacksError =>
  new PacksError('PACK_DAMAGED', `pack ${packId}: a chunk of an image half is not what it should be`, options);
