import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenFile } from '../../packages/pixels/src/open-file.fixture.ts';
import type { Outcome, Tool } from './other-decoders.ts';
import { sha1, type Values, valuesOf } from './our-values.ts';

/** One file of which another toolkit makes other values. `apart`: the most that one value is from the other. */
export type ValueDifference = {
  readonly file: string;
  readonly tool: Tool;
  readonly transferSyntax: string;
  readonly photometric: string;
  readonly theirPhotometric: string;
  /** Whether their values are ours when they are taken as YCbCr and turned to RGB. */
  readonly sameAsRgb: boolean;
  readonly apart: number | 'other values' | 'another number of values' | 'another number of frames';
};
export type Comparison =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'equal' | 'near'; readonly frames: number }
  | { readonly kind: 'different'; readonly difference: ValueDifference };

/** Of lossy streams the inverse transforms round in ways of their own. Units: stored values. */
const mostApart = 2;

/** First, middle and last frame of one file: ours against what one other toolkit told of them. */
export async function compareValues(
  name: string,
  tool: Tool,
  ours: OpenFile,
  theirs: Outcome,
  folder: string,
): Promise<Comparison> {
  if ('refused' in theirs) return { kind: 'refused', why: theirs.refused };
  const { transferSyntax, model } = ours;
  const differ = (apart: ValueDifference['apart'], apartAsRgb = Number.POSITIVE_INFINITY): Comparison => ({
    kind: 'different',
    difference: {
      ...{ file: name, tool, transferSyntax, apart, sameAsRgb: apartAsRgb <= mostApart },
      photometric: model.format.photometric,
      theirPhotometric: theirs.photometric,
    },
  });
  if (theirs.frames !== ours.frames) return differ('another number of frames');
  let [most, mostAsRgb] = [0, 0];
  for (const { frame, sha1: theirSha1, file } of theirs.values) {
    const decoded = await ours.frame(frame);
    const values = valuesOf(decoded);
    if (sha1(values) === theirSha1) continue;
    if (file === null) return differ('other values');
    const told = new Uint8Array(readFileSync(join(folder, file))).buffer;
    const other = values instanceof Int32Array ? new Int32Array(told) : new Float64Array(told);
    if (other.length !== values.length) return differ('another number of values');
    if (decoded.space === 'rgb' && theirs.photometric.startsWith('YBR_FULL')) toRgb(other);
    most = Math.max(most, farthest(values, other));
    if (most > mostApart && decoded.space === 'rgb') {
      toRgb(other);
      mostAsRgb = Math.max(mostAsRgb, farthest(values, other));
    } else mostAsRgb = Number.POSITIVE_INFINITY;
  }
  if (most > mostApart) return differ(most, mostAsRgb);
  return { kind: most > 0 ? 'near' : 'equal', frames: theirs.values.length };
}

function farthest(a: Values, b: Values): number {
  let most = 0;
  for (let at = 0; at < a.length; at++) most = Math.max(most, Math.abs(a[at]! - b[at]!));
  return most;
}

/** In place, eight bits. Source: PS3.3 §C.7.6.3.1.2. */
function toRgb(values: Values): void {
  const level = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));
  for (let at = 0; at < values.length; at += 3) {
    const [y, blue, red] = [values[at]!, values[at + 1]! - 128, values[at + 2]! - 128];
    values[at] = level(y + 1.402 * red);
    values[at + 1] = level(y - 0.344136 * blue - 0.714136 * red);
    values[at + 2] = level(y + 1.772 * blue);
  }
}
