import {
  type EncodedFrame,
  type PixelFormat,
  PixelsError,
  type TranscodedFrame,
  type TranscodingTarget,
  type transcodeFrame,
} from '@symbolon/pixels';
import type { StudyReader } from '../access/index.ts';
import type { Holding } from '../platform/byte-budget.ts';
import { decodedBytes, maxFrameBytes } from './image-header.ts';
import { whoOf } from './render-frame.ts';
import type { RenderPool } from './render-pool.ts';
import type { RenderingMemory } from './rendering-memory.ts';

/** Decoded, encoded, decoded again, and what the compiled codecs hold meanwhile. */
const copies = 5;

/** One frame that is not in memory yet. `storedBytes`: what it takes there. */
export type FrameToCome = { readonly storedBytes: number; readonly read: () => Promise<EncodedFrame> };

type Deps = { readonly pool: RenderPool; readonly memory: RenderingMemory };

/**
 * Transcodes frames in the pool of workers, one after another, within the memory that all frames share. Nothing is held while a
 * slow receiver takes what was made.
 */
export function transcodingInWorkers(deps: Deps, actor: StudyReader, signal: AbortSignal): typeof transcodeFrame {
  return (format, frame, target) => {
    const come = { storedBytes: frame.bytes.length, read: async () => frame };
    return transcodedInWorker(deps, actor, signal)(format, come, target);
  };
}

/** The same of frames that are read when it is their turn: whoever waits for it holds none. */
export function transcodedInWorker(
  { pool, memory }: Deps,
  actor: StudyReader,
  signal: AbortSignal,
): (format: PixelFormat, frame: FrameToCome, target: TranscodingTarget) => Promise<TranscodedFrame> {
  return async (format, { storedBytes, read }, target) => {
    const bytes = decodedBytes({ format });
    if (bytes > maxFrameBytes || storedBytes > maxFrameBytes)
      throw new PixelsError(
        'PIXELS_TOO_LARGE',
        'A frame of so many bytes is not brought into another transfer syntax.',
      );
    let holding: Holding | undefined;
    const load = async () => {
      // Only now: as for pictures, whoever waits for a place holds nothing.
      const held = memory.frames.open();
      holding = held;
      await held.take(copies * bytes + storedBytes);
      return { target, format, frame: await read() };
    };
    try {
      return await pool.transcode(load, signal, whoOf(actor));
    } finally {
      holding?.release();
    }
  };
}
