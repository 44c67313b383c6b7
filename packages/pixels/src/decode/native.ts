import { PixelsError } from '../errors.ts';
import { frameBits, spreadFrameBits } from '../frames/frame-table.ts';
import type { SampleKind } from '../frames/pixel-element.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { type DecodedFrame, spaceOf, spreadSpaceOf } from './decoded-frame.ts';

/** How the bytes of a native frame lie. `wordsSwapped`: bytes of a big endian file inside words of 16 bits. */
export type NativeLayout = {
  readonly kind: SampleKind;
  readonly bitOffset: number;
  readonly littleEndian: boolean;
  readonly wordsSwapped: boolean;
};

/**
 * Samples that are not compressed, as they lie: little endian ones are not even copied. A frame that is said to share its chroma
 * and is long enough to have it for each pixel does not share it.
 * Source  PS3.5 §8.1.1, §8.2, Annex D (bits of one byte from the lowest on).
 *
 * @throws PixelsError PIXELS_TRUNCATED PIXELS_HEADER_INVALID
 */
export function decodeNative(format: PixelFormat, given: Uint8Array, layout: NativeLayout): DecodedFrame {
  const told = spaceOf[format.photometric];
  const spread = told.endsWith('-422') && given.length * 8 >= layout.bitOffset + spreadFrameBits(format);
  const [bits, space] = spread ? [spreadFrameBits(format), spreadSpaceOf(told)] : [frameBits(format), told];
  const bytesNeeded = Math.ceil((layout.bitOffset + bits) / 8);
  if (given.length < bytesNeeded)
    throw new PixelsError('PIXELS_TRUNCATED', 'The frame is shorter than its rows and columns.');
  const { rows, columns, samples, photometric, planar, signed, bitsAllocated } = format;
  const { bitsStored, highBit } = format;
  const bytes = layout.wordsSwapped ? new Uint8Array(swapped(given, 2)) : given;
  const shape = { rows, columns, samples, planar, signed, bitsStored, highBit, space };
  if (photometric === 'YBR_PARTIAL_420' || (shape.space.endsWith('-422') && columns % 2 !== 0))
    throw new PixelsError('PIXELS_HEADER_INVALID', 'Pixels share their colours, and do not come in pairs.');
  if (layout.kind !== 'integer' && samples !== 1)
    throw new PixelsError('PIXELS_HEADER_INVALID', 'Colours cannot be floating point numbers.');
  if (layout.kind === 'float') return { ...shape, words: new Float32Array(inOrder(bytes, 4, layout), 0, bits / 32) };
  if (layout.kind === 'double') return { ...shape, words: new Float64Array(inOrder(bytes, 8, layout), 0, bits / 64) };
  switch (bitsAllocated) {
    case 1:
      return { ...shape, bitsStored: 1, highBit: 0, signed: false, words: unpackBits(bytes, layout.bitOffset, bits) };
    case 8:
      return { ...shape, words: bytes.subarray(layout.bitOffset / 8, bytesNeeded) };
    case 12:
      return { ...shape, words: unpack12(bytes, layout.bitOffset, bits / 12) };
    case 16:
      return { ...shape, words: words16(bytes, layout, bits / 16) };
    case 32:
      return { ...shape, words: new Uint32Array(inOrder(bytes, 4, layout), 0, bits / 32) };
    case 64:
      throw new PixelsError('PIXELS_HEADER_INVALID', 'Whole numbers of 64 bits cannot be shown.');
  }
}

function words16(bytes: Uint8Array, layout: NativeLayout, count: number): Uint16Array {
  if (layout.littleEndian && bytes.byteOffset % 2 === 0) return new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  return new Uint16Array(inOrder(bytes, 2, layout), 0, count);
}

/** A copy, little endian, at the start of its buffer, which is as long as whole words are. */
function inOrder(bytes: Uint8Array, size: number, { littleEndian }: NativeLayout): ArrayBuffer {
  if (!littleEndian) return swapped(bytes, size);
  const copy = new Uint8Array(Math.ceil(bytes.length / size) * size);
  copy.set(bytes);
  return copy.buffer;
}

function swapped(bytes: Uint8Array, size: number): ArrayBuffer {
  const copy = new Uint8Array(Math.ceil(bytes.length / size) * size);
  for (let word = 0; word < bytes.length; word += size)
    for (let byte = 0; byte < size; byte++) copy[word + byte] = bytes[word + size - 1 - byte] ?? 0;
  return copy.buffer;
}

/** Values of 12 bits side by side, the lowest bits first: two of them in three bytes. Source: PS3.5 Annex D, as of ACR-NEMA. */
function unpack12(bytes: Uint8Array, bitOffset: number, count: number): Uint16Array {
  const samples = new Uint16Array(count);
  for (let at = 0, bit = bitOffset; at < count; at++, bit += 12) {
    const byte = bit >> 3;
    samples[at] = ((bytes[byte]! | (bytes[byte + 1]! << 8) | ((bytes[byte + 2] ?? 0) << 16)) >> (bit & 7)) & 0xfff;
  }
  return samples;
}

/** Single bits, the first of a byte its lowest. */
export function unpackBits(bytes: Uint8Array, bitOffset: number, bits: number): Uint8Array {
  const samples = new Uint8Array(bits);
  for (let at = 0, bit = bitOffset; at < bits; ) {
    const byte = bytes[bit >> 3]! >> (bit & 7);
    const left = Math.min(8 - (bit & 7), bits - at);
    for (let n = 0; n < left; n++) samples[at + n] = (byte >> n) & 1;
    at += left;
    bit += left;
  }
  return samples;
}
