import { createHash } from 'node:crypto';
import type { DecodedFrame } from '@symbolon/pixels';

/** Stored values pixel by pixel, sample by sample, as the other decoders' are told. */
export type Values = Int32Array | Float64Array;

export function valuesOf(frame: DecodedFrame): Values {
  const { words, bitsStored, highBit, signed, space } = frame;
  const samples = byPixel(words, frame);
  if (space.endsWith('-422')) return spread(samples);
  if (samples instanceof Float32Array || samples instanceof Float64Array) return Float64Array.from(samples);
  const [below, range] = [2 ** (highBit + 1 - bitsStored), 2 ** bitsStored];
  const values = bitsStored < 32 || signed ? new Int32Array(samples.length) : new Float64Array(samples.length);
  for (let at = 0; at < samples.length; at++) {
    const bits = Math.floor(samples[at]! / below) % range;
    values[at] = signed && bits >= range / 2 ? bits - range : bits;
  }
  return values;
}

export function sha1(values: Values): string {
  return createHash('sha1')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}

function byPixel(
  words: DecodedFrame['words'],
  { planar, samples, rows, columns }: DecodedFrame,
): DecodedFrame['words'] {
  if (planar === 0 || samples === 1) return words;
  const pixels = rows * columns;
  const out = words.slice();
  for (let at = 0; at < out.length; at++) out[at] = words[(at % samples) * pixels + Math.floor(at / samples)]!;
  return out;
}

/** Two lumas, then the chroma that both share. */
function spread(words: DecodedFrame['words']): Int32Array {
  const values = new Int32Array((words.length / 4) * 6);
  for (let from = 0, to = 0; from < words.length; from += 4, to += 6) {
    const [first, second, blue, red] = [words[from]!, words[from + 1]!, words[from + 2]!, words[from + 3]!];
    values.set([first, blue, red, second, blue, red], to);
  }
  return values;
}
