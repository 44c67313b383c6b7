import { setImmediate } from 'node:timers/promises';
import type { SampleGrid } from '@symbolon/pixels';
import {
  type CompressedImage,
  compressChunk,
  type ManifestInstance,
  type Method,
  methodNumber,
  Taker,
} from '../packs/index.ts';
import { cutImage } from './cut-image.ts';

/** A chunk that does not become a twentieth smaller stays as it is: it would cost each reader more than it saves. */
const worthwhile = 0.95;
/** What was best for one chunk is taken for so many, before all are tried again. */
const chunksBetweenTrials = 16;
const headBytes = 12;

type Attempt = { readonly method: Method; readonly stored: Uint8Array };
type Habit = { method: Method; chunks: number };

/** Compresses the image halves of a pack, chunk by chunk. What was best for one is tried first for the next of its kind. */
export class ImageCompressor {
  readonly #habits = new Map<string, Habit>();
  #bytes = 0;
  #storedBytes = 0;

  /** Whether what was compressed so far has not become smaller by as much as is worth it, once it is `bytes` or more. */
  gainsNothing(bytes: number): boolean {
    return this.#bytes >= bytes && this.#storedBytes >= worthwhile * this.#bytes;
  }

  /**
   * Compresses one image half as it comes.
   *
   * Law     what was pushed, opened chunk by chunk as the result says, is what came in.
   * Cost    memory: a chunk and what becomes of it.
   *
   * @returns  undefined where nothing of it became smaller: then it was pushed as it came
   */
  async compress(
    instance: ManifestInstance,
    identityHalf: Uint8Array,
    pieces: AsyncGenerator<Uint8Array>,
    push: (stored: Uint8Array) => Promise<void>,
  ): Promise<CompressedImage | undefined> {
    const taker = new Taker(pieces);
    try {
      const head = await taker.take(Math.min(headBytes, instance.imageBytes));
      const { grid, native, sizes } = cutImage(instance, identityHalf, head);
      const chunks: number[] = [];
      let ahead: Uint8Array = head;
      for (const size of sizes()) {
        const plain = ahead.length === 0 ? await taker.take(size) : await completed(ahead, size, taker);
        const { method, stored } = this.#best(plain, grid, native ? JSON.stringify(grid) : instance.transferSyntax);
        this.#bytes += plain.length;
        this.#storedBytes += stored.length;
        await push(stored);
        // Whoever reads meanwhile waits for one chunk at most: to read and to write may both go on without a pause.
        await setImmediate();
        note(chunks, plain.length, stored.length, methodNumber(method));
        ahead = ahead.subarray(Math.min(size, ahead.length));
      }
      return chunks.length === 3 && chunks[2] === 0 ? undefined : { ...grid, chunks };
    } finally {
      await taker.close();
    }
  }

  #best(plain: Uint8Array, grid: SampleGrid, kind: string): Attempt {
    const asItIs = { method: 'as it is', stored: plain } as const;
    // Not worth a trial, nor a place in anybody's habits.
    if (plain.length < 512) return asItIs;
    const habit = this.#habits.get(kind);
    const again = habit === undefined || habit.chunks >= chunksBetweenTrials;
    const tried = again ? methodsFor(grid) : [habit.method];
    let best: Attempt = asItIs;
    for (const method of tried) {
      if (method === 'as it is') continue;
      const stored = compressChunk(plain, grid, method);
      if (stored.length < best.stored.length * (best === asItIs ? worthwhile : 1)) best = { method, stored };
    }
    if (again) this.#habits.set(kind, { method: best.method, chunks: 1 });
    else habit.chunks += 1;
    return best;
  }
}

/** What was read ahead, with what is missing. */
async function completed(ahead: Uint8Array, size: number, taker: Taker): Promise<Uint8Array> {
  if (size <= ahead.length) return ahead.subarray(0, size);
  return Buffer.concat([ahead, await taker.take(size - ahead.length)]);
}

function methodsFor({ wordBytes, row }: SampleGrid): Method[] {
  if (row > 0) return ['none', 'average', 'gradient'];
  return wordBytes > 1 ? ['none', 'zstd'] : ['zstd'];
}

/** Neighbours that stay as they are are one chunk: any part of it can be read. */
function note(chunks: number[], bytes: number, storedBytes: number, method: number): void {
  const last = chunks.length - 3;
  if (method === 0 && chunks[last + 2] === 0) {
    chunks[last] = (chunks[last] as number) + bytes;
    chunks[last + 1] = (chunks[last + 1] as number) + storedBytes;
  } else chunks.push(bytes, storedBytes, method);
}
