import { PixelsError, type transcodeFrame } from '@symbolon/pixels';
import type { StudyReader } from '../access/index.ts';
import type { Holding } from '../platform/byte-budget.ts';
import { decodedBytes, maxFrameBytes } from './image-header.ts';
import { whoOf } from './render-frame.ts';
import type { RenderPool } from './render-pool.ts';
import type { RenderingMemory } from './rendering-memory.ts';

/** Decoded, encoded, decoded again, and what the compiled codecs hold meanwhile. */
const copies = 5;

/**
 * Transcodes frames in the pool of workers, one after another, within the memory that all frames share. Nothing is held while a
 * slow receiver takes what was made.
 */
export function transcodingInWorkers(
  { pool, memory }: { readonly pool: RenderPool; readonly memory: RenderingMemory },
  actor: StudyReader,
  signal: AbortSignal,
): typeof transcodeFrame {
  return async (format, frame, target) => {
    const bytes = decodedBytes({ format });
    if (bytes > maxFrameBytes || frame.bytes.length > maxFrameBytes)
      throw new PixelsError(
        'PIXELS_TOO_LARGE',
        'A frame of so many bytes is not brought into another transfer syntax.',
      );
    let holding: Holding | undefined;
    const load = async () => {
      // Only now: as for pictures, whoever waits for a place holds nothing.
      const held = memory.frames.open();
      holding = held;
      await held.take(copies * bytes + frame.bytes.length);
      return { target, format, frame };
    };
    try {
      return await pool.transcode(load, signal, whoOf(actor));
    } finally {
      holding?.release();
    }
  };
}
