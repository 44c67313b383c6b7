import type { DecodedFrame } from '@symbolon/pixels';
import { sharedIsSpent } from '../platform/spent-buffers.ts';

/** The same frame in memory that threads share: a copy, unless it is there already. */
export function shared(frame: DecodedFrame): DecodedFrame {
  const { words } = frame;
  if (words.buffer instanceof SharedArrayBuffer) return frame;
  const memory = new SharedArrayBuffer(words.byteLength);
  new Uint8Array(memory).set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  return { ...frame, words: new (words.constructor as SharedWords)(memory) as DecodedFrame['words'] };
}

type SharedWords = new (memory: SharedArrayBuffer) => DecodedFrame['words'];

/** Leaves nothing of its pixels, in whatever thread somebody still holds it. */
export function wipe({ words }: DecodedFrame): void {
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength).fill(0);
}

/** Tells that this thread holds a frame no longer: of memory that threads share nothing else does. */
export function sharedNoLonger({ words }: DecodedFrame): void {
  if (words.buffer instanceof SharedArrayBuffer) sharedIsSpent(words.buffer.byteLength);
}
