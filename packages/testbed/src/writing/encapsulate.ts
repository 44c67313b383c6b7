import type { Fragments, Row } from './element.ts';
import { numbersToBytes } from './values.ts';

const even = (bytes: Uint8Array): Uint8Array => {
  if (bytes.length % 2 === 0) return bytes;
  const padded = new Uint8Array(bytes.length + 1);
  padded.set(bytes);
  return padded;
};

/** Cuts a frame in fragments of at most so many bytes, each of even length: PS3.5 §A.4. */
const cut = (frame: Uint8Array, bytes: number): Uint8Array[] => {
  const padded = even(frame);
  return Array.from({ length: Math.ceil(padded.length / bytes) }, (_, n) =>
    padded.subarray(n * bytes, (n + 1) * bytes),
  );
};

export type Encapsulation = {
  readonly table: 'basic' | 'empty' | 'extended';
  /** Cut every frame in fragments of this many bytes; an extended table does not allow it (PS3.5 §A.4). */
  readonly fragmentBytes?: number;
};

/** Pixel Data of compressed frames, with the table that says where each begins. */
export function encapsulatedPixels(frames: readonly Uint8Array[], options: Encapsulation): readonly Row[] {
  const cuts = frames.map((frame) => cut(frame, options.fragmentBytes ?? Number.MAX_SAFE_INTEGER));
  let offset = 0;
  const offsets = cuts.map((fragments) => {
    const start = offset;
    offset += fragments.reduce((sum, fragment) => sum + 8 + fragment.length, 0);
    return start;
  });
  const value: Fragments = { offsets: options.table === 'basic' ? offsets : [], fragments: cuts.flat() };
  const pixelData: Row = ['7FE0,0010 OB PixelData', value];
  if (options.table !== 'extended') return [pixelData];
  return [
    ['7FE0,0001 OV ExtendedOffsetTable', numbersToBytes('OV', offsets, false)],
    [
      '7FE0,0002 OV ExtendedOffsetTableLengths',
      numbersToBytes(
        'OV',
        frames.map((frame) => frame.length),
        false,
      ),
    ],
    pixelData,
  ];
}
