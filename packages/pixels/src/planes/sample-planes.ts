import { frameBits } from '../frames/frame-table.ts';
import type { PixelElement } from '../frames/pixel-element.ts';
import type { PixelFormat } from '../model/pixel-format.ts';

/**
 * How the samples of an image lie in its bytes, as far as it helps to compress them. `across`: samples from one to its
 * neighbour on the left; `row`: to the one above; 0 where there is none.
 */
export type SampleGrid = {
  readonly wordBytes: 1 | 2 | 4 | 8;
  readonly bigEndian: boolean;
  readonly across: number;
  readonly row: number;
};

/**
 * What each sample is foretold from. `average`: left and above, by halves. `gradient`: the same by three quarters, less half
 * of what stands between them. Of the predictors that were measured these two gain nearly as much as the median predictor of
 * JPEG-LS, and are undone twice as fast: bench/rewrite.results.md.
 */
export type Prediction = 'none' | 'average' | 'gradient';

/** How native samples lie; undefined where their header does not say enough: then bytes are just bytes. */
export function sampleGrid(format: PixelFormat, { kind, vr, encapsulated }: PixelElement): SampleGrid | undefined {
  const { bitsAllocated, littleEndian, samples, planar, columns, photometric } = format;
  if (encapsulated || bitsAllocated % 8 !== 0 || frameBits(format) % 8 !== 0) return undefined;
  // Bytes of one word stand in each other's place.
  if (!littleEndian && vr === 'OW' && bitsAllocated === 8) return undefined;
  const wordBytes = (bitsAllocated / 8) as 1 | 2 | 4 | 8;
  const bigEndian = !littleEndian && wordBytes > 1;
  if (kind !== 'integer' || wordBytes > 2) return { wordBytes, bigEndian, across: 0, row: 0 };
  if (photometric === 'YBR_FULL_422') return { wordBytes, bigEndian, across: 4, row: 2 * columns };
  return planar === 1
    ? { wordBytes, bigEndian, across: 1, row: columns }
    : { wordBytes, bigEndian, across: samples, row: columns * samples };
}

/**
 * Writes samples so that a general compressor finds what is alike in them: each less what its neighbours foretell, signs
 * folded in, first the low bytes of all, then the next ones.
 *
 * Law     `fromPlanes(toPlanes(bytes, …), …)` is `bytes`, whatever they are and however many; the length stays.
 * Cost    memory: some times the bytes.
 */
export function toPlanes(bytes: Uint8Array, grid: SampleGrid, prediction: Prediction): Uint8Array {
  const { wordBytes, bigEndian } = grid;
  const count = Math.floor(bytes.length / wordBytes);
  const planes = new Uint8Array(bytes.length);
  planes.set(bytes.subarray(count * wordBytes), count * wordBytes);
  if (foretells(grid, prediction)) {
    const highs = wordBytes === 2 ? planes.subarray(count, 2 * count) : new Uint8Array(count);
    foretell(wordsOf(bytes, count, grid), planes.subarray(0, count), highs, grid, prediction);
    return planes;
  }
  for (let byte = 0; byte < wordBytes; byte++) {
    const from = bigEndian ? wordBytes - 1 - byte : byte;
    const plane = byte * count;
    for (let i = 0, at = from; i < count; i++, at += wordBytes) planes[plane + i] = bytes[at] as number;
  }
  return planes;
}

/** Undoes `toPlanes`. */
export function fromPlanes(planes: Uint8Array, grid: SampleGrid, prediction: Prediction): Uint8Array {
  const { wordBytes, bigEndian } = grid;
  const count = Math.floor(planes.length / wordBytes);
  const bytes = new Uint8Array(planes.length + (planes.length % 2)).subarray(0, planes.length);
  bytes.set(planes.subarray(count * wordBytes), count * wordBytes);
  if (foretells(grid, prediction)) {
    const highs = wordBytes === 2 ? planes.subarray(count, 2 * count) : new Uint8Array(count);
    const samples = wordBytes === 2 ? new Uint16Array(bytes.buffer, 0, count) : new Uint16Array(count);
    restore(samples, planes.subarray(0, count), highs, grid, prediction);
    if (wordBytes === 1) bytes.set(samples);
    else if (bigEndian) swap(bytes, count);
    return bytes;
  }
  for (let byte = 0; byte < wordBytes; byte++) {
    const to = bigEndian ? wordBytes - 1 - byte : byte;
    const plane = byte * count;
    for (let i = 0, at = to; i < count; i++, at += wordBytes) bytes[at] = planes[plane + i] as number;
  }
  return bytes;
}

const foretells = ({ wordBytes, across, row }: SampleGrid, prediction: Prediction): boolean =>
  prediction !== 'none' && wordBytes <= 2 && across > 0 && row >= across;

/** Views where they can be: a copy of so much memory takes as long as the work. */
function wordsOf(bytes: Uint8Array, count: number, { wordBytes, bigEndian }: SampleGrid): Uint16Array {
  if (wordBytes === 1) return new Uint16Array(bytes);
  if (!bigEndian && bytes.byteOffset % 2 === 0) return new Uint16Array(bytes.buffer, bytes.byteOffset, count);
  const copy = new Uint8Array(2 * count);
  copy.set(bytes.subarray(0, 2 * count));
  if (bigEndian) swap(copy, count);
  return new Uint16Array(copy.buffer);
}

function swap(bytes: Uint8Array, count: number): void {
  for (let at = 0; at < 2 * count; at += 2) {
    const first = bytes[at] as number;
    bytes[at] = bytes[at + 1] as number;
    bytes[at + 1] = first;
  }
}

/*
 * A sample has no left neighbour where it is among the first `across`; none above in the first row, where the left one stands
 * for it; the corner is the one above the left one, or else that above. What is left is folded, 0, −1, 1, −2 … into 0, 1, 2, 3 …,
 * of as many bits as a sample has. A loop for each predictor, without a call for each sample: that is several times as fast.
 */

function foretell(
  samples: Uint16Array,
  lows: Uint8Array,
  highs: Uint8Array,
  { wordBytes, across, row }: SampleGrid,
  prediction: Prediction,
): void {
  const shift = wordBytes === 1 ? 24 : 16;
  const average = prediction === 'average';
  const start = Math.min(row + across, samples.length);
  for (let i = 0; i < samples.length; i++) {
    const inside = i >= start;
    const left = i >= across ? (samples[i - across] as number) : 0;
    const above = i >= row ? (samples[i - row] as number) : left;
    const corner = inside ? (samples[i - row - across] as number) : above;
    const foretold = average ? (left + above) >> 1 : (3 * (left + above) - 2 * corner) >> 2;
    const rest = (((samples[i] as number) - foretold) << shift) >> shift;
    const folded = (rest << 1) ^ (rest >> 31);
    lows[i] = folded;
    highs[i] = folded >>> 8;
  }
}

function restore(
  samples: Uint16Array,
  lows: Uint8Array,
  highs: Uint8Array,
  { wordBytes, across, row }: SampleGrid,
  prediction: Prediction,
): void {
  const mask = wordBytes === 1 ? 0xff : 0xffff;
  const start = Math.min(row + across, samples.length);
  for (let i = 0; i < start; i++) {
    const folded = (lows[i] as number) | ((highs[i] as number) << 8);
    const left = i >= across ? (samples[i - across] as number) : 0;
    const above = i >= row ? (samples[i - row] as number) : left;
    const foretold = prediction === 'average' ? (left + above) >> 1 : (3 * (left + above) - 2 * above) >> 2;
    samples[i] = (foretold + ((folded >>> 1) ^ -(folded & 1))) & mask;
  }
  if (prediction === 'average') restoreAverage(samples, lows, highs, across, row, mask);
  else restoreGradient(samples, lows, highs, across, row, mask);
}

// What was just restored is kept in `left`: to read it back from memory, sample after sample, would take twice as long.

function restoreAverage(
  samples: Uint16Array,
  lows: Uint8Array,
  highs: Uint8Array,
  across: number,
  row: number,
  mask: number,
): void {
  let left = samples[row] as number;
  for (let i = row + across; i < samples.length; i++) {
    const folded = (lows[i] as number) | ((highs[i] as number) << 8);
    const sample = (((left + (samples[i - row] as number)) >> 1) + ((folded >>> 1) ^ -(folded & 1))) & mask;
    samples[i] = sample;
    left = across === 1 ? sample : (samples[i + 1 - across] as number);
  }
}

function restoreGradient(
  samples: Uint16Array,
  lows: Uint8Array,
  highs: Uint8Array,
  across: number,
  row: number,
  mask: number,
): void {
  let left = samples[row] as number;
  for (let i = row + across; i < samples.length; i++) {
    const folded = (lows[i] as number) | ((highs[i] as number) << 8);
    const both = left + (samples[i - row] as number);
    const foretold = (3 * both - 2 * (samples[i - row - across] as number)) >> 2;
    const sample = (foretold + ((folded >>> 1) ^ -(folded & 1))) & mask;
    samples[i] = sample;
    left = across === 1 ? sample : (samples[i + 1 - across] as number);
  }
}
