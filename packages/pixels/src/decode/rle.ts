import { PixelsError } from '../errors.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { type DecodedFrame, spaceOf, spreadSpaceOf } from './decoded-frame.ts';
import { unpackBits } from './native.ts';

const headerBytes = 64;

/**
 * One frame of RLE Lossless: a segment for each byte of a sample, the highest first, each packed by itself.
 *
 * Cost    O(input and output); nothing is allocated that the input is too short to fill.
 * Source  PS3.5 Annex G.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID PIXELS_CODE_STREAM_CONTRADICTS_HEADER
 */
export function decodeRle(format: PixelFormat, bytes: Uint8Array): DecodedFrame {
  const { rows, columns, samples, bitsAllocated, bitsStored, highBit, signed, photometric } = format;
  if (bitsAllocated === 64 || bitsAllocated === 12)
    throw new PixelsError('PIXELS_HEADER_INVALID', `RLE cannot hold pixels of ${bitsAllocated} bits.`);
  if (bytes.length < headerBytes) throw invalid();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // Single bits are packed as they are natively, each frame from a byte of its own on (PS3.5 §8.2.2).
  const packed = bitsAllocated === 1;
  const bytesPerSample = packed ? 1 : bitsAllocated / 8;
  const segments = samples * bytesPerSample;
  if (view.getUint32(0, true) !== segments)
    throw new PixelsError(
      'PIXELS_CODE_STREAM_CONTRADICTS_HEADER',
      'The number of RLE segments is not what the header asks for.',
    );
  const pixels = packed ? Math.ceil((rows * columns) / 8) : rows * columns;
  // Two bytes unpack to 128 at most.
  if (pixels * segments > bytes.length * 64) throw invalid();
  const out = new Uint8Array(pixels * segments);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const next = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : bytes.length;
    if (start < headerBytes || next < start || next > bytes.length) throw invalid();
    const sample = Math.floor(segment / bytesPerSample);
    const significance = bytesPerSample - 1 - (segment % bytesPerSample);
    unpack(bytes, start, next, out, sample * bytesPerSample + significance, segments);
  }
  const shape = { rows, columns, samples, space: spreadSpaceOf(spaceOf[photometric]), planar: 0 } as const;
  if (packed) return { ...shape, bitsStored: 1, highBit: 0, signed: false, words: unpackBits(out, 0, rows * columns) };
  const words =
    bitsAllocated === 8 ? out : bitsAllocated === 16 ? new Uint16Array(out.buffer) : new Uint32Array(out.buffer);
  return { ...shape, bitsStored, highBit, signed, words };
}

/** PackBits (PS3.5 §G.3.2) into every `stride`-th byte from `first` on, until those are full. */
function unpack(bytes: Uint8Array, start: number, end: number, out: Uint8Array, first: number, stride: number): void {
  let to = first;
  for (let at = start; at < end && to < out.length; ) {
    const control = bytes[at++]!;
    if (control < 128) {
      const stop = Math.min(at + control + 1, end);
      for (; at < stop && to < out.length; to += stride) out[to] = bytes[at++]!;
    } else if (control > 128) {
      if (at >= end) break;
      const value = bytes[at++]!;
      for (let left = 257 - control; left > 0 && to < out.length; left--, to += stride) out[to] = value;
    }
  }
  if (to < out.length) throw invalid();
}

const invalid = (): PixelsError =>
  new PixelsError('PIXELS_CODE_STREAM_INVALID', 'The RLE data of the frame is damaged or cut short.');
