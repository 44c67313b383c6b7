import { type Chunk, type CompressedImage, chunksOf, openChunk } from './chunks.ts';
import { type ManifestInstance, PacksError } from './manifest.ts';
import { Taker } from './take-exactly.ts';

/** Opens a range of the pack's image halves as they are stored. */
type Open = (start: number, end: number) => AsyncGenerator<Uint8Array>;

/** A chunk, or of one that is not compressed the part that is wanted. */
type Part = Chunk & { readonly from: number; readonly to: number };

/**
 * Reads a range of a compressed image half, in pieces, end exclusive.
 *
 * Law   the pieces are those bytes of the image half as it was sent.
 * Cost  the chunks that the range touches are read and opened, in one read; memory of one chunk.
 *
 * @throws PacksError PACK_DAMAGED
 */
export async function* readChunks(
  packId: string,
  instance: ManifestInstance,
  open: Open,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const parts = partsOf(packId, instance, start, end);
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return;
  const taker = new Taker(open(first.storedAt, last.storedAt + last.storedBytes));
  try {
    for (const part of parts) {
      if (part.method === 'as it is') yield* asItIs(packId, taker, part);
      else {
        const stored = await taker.take(part.storedBytes);
        const plain = openChunk(packId, instance.compressed as CompressedImage, part, stored);
        yield plain.subarray(part.from, part.to);
      }
    }
  } finally {
    await taker.close();
  }
}

async function* asItIs(packId: string, taker: Taker, { storedBytes }: Part): AsyncGenerator<Uint8Array> {
  for (let missing = storedBytes; missing > 0; ) {
    const piece = await taker.some(missing);
    if (piece.length === 0) throw new PacksError('PACK_DAMAGED', `pack ${packId}: its image half ends too soon`);
    missing -= piece.length;
    yield piece;
  }
}

function partsOf(packId: string, instance: ManifestInstance, start: number, end: number): Part[] {
  const parts: Part[] = [];
  for (const chunk of chunksOf(packId, instance)) {
    const from = Math.max(0, start - chunk.at);
    const to = Math.min(chunk.bytes, end - chunk.at);
    if (from >= to) continue;
    if (chunk.method !== 'as it is') parts.push({ ...chunk, from, to });
    else parts.push({ ...chunk, storedAt: chunk.storedAt + from, storedBytes: to - from, from, to });
  }
  return parts;
}
