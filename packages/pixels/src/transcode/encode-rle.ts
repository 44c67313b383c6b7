import { PixelsError } from '../errors.ts';

const headerBytes = 64;
const maxSegments = 15;

/**
 * Packs one frame as RLE Lossless: a segment for each byte of a sample, the highest first; no run goes past the end of a row.
 *
 * Shape   `bytes`: words pixel by pixel, little endian, `sampleBytes` each.
 * Cost    O(input); the output is never more than 65/64 of it and the header.
 * Source  PS3.5 Annex G.
 *
 * @throws PixelsError PIXELS_NOT_REPRESENTABLE  more segments than the header has room for
 */
export function encodeRle(bytes: Uint8Array, columns: number, samples: number, sampleBytes: number): Uint8Array {
  const segments = samples * sampleBytes;
  if (segments > maxSegments)
    throw new PixelsError('PIXELS_NOT_REPRESENTABLE', `RLE has no room for pixels of ${segments} bytes.`);
  const rows = bytes.length / segments / columns;
  const worstRow = columns + Math.ceil(columns / 128);
  const out = new Uint8Array(headerBytes + segments * (rows * worstRow + 1));
  const header = new DataView(out.buffer);
  header.setUint32(0, segments, true);
  const row = new Uint8Array(columns);
  let to = headerBytes;
  for (let segment = 0; segment < segments; segment++) {
    header.setUint32(4 + 4 * segment, to, true);
    const sample = Math.floor(segment / sampleBytes);
    let from = sample * sampleBytes + sampleBytes - 1 - (segment % sampleBytes);
    for (let line = 0; line < rows; line++) {
      for (let column = 0; column < columns; column++, from += segments) row[column] = bytes[from]!;
      to = packRow(row, out, to);
    }
    if (to % 2 === 1) to += 1;
  }
  return out.subarray(0, to);
}

/** PS3.5 §G.3.1. A run of two ends no literal: that would cost a byte more than it saves. */
function packRow(row: Uint8Array, out: Uint8Array, start: number): number {
  const end = row.length;
  let to = start;
  let literal = 0;
  let at = 0;
  while (at < end) {
    const value = row[at]!;
    let stop = at + 1;
    while (stop < end && stop - at < 128 && row[stop] === value) stop += 1;
    const run = stop - at;
    if (run >= 3 || (run === 2 && literal === at)) {
      to = putLiteral(row, literal, at, out, to);
      out[to++] = 257 - run;
      out[to++] = value;
      literal = stop;
    }
    at = stop;
  }
  return putLiteral(row, literal, end, out, to);
}

function putLiteral(row: Uint8Array, from: number, end: number, out: Uint8Array, start: number): number {
  let to = start;
  for (let at = from; at < end; ) {
    const stop = Math.min(at + 128, end);
    out[to++] = stop - at - 1;
    while (at < stop) out[to++] = row[at++]!;
  }
  return to;
}
