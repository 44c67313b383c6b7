import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { DecodedFrame } from './index.ts';
import { openFile, storedValues } from './open-file.fixture.ts';
import { type Reference, referencesOf } from './peers.fixture.ts';

export type Agreement = {
  readonly equal: number;
  readonly differing: readonly string[];
  readonly unread: readonly string[];
};

/** Files whose reference is wrong, with what shows it. */
const referenceIsWrong: Readonly<Record<string, string>> = {
  'SC_rgb_small_odd_big_endian.dcm':
    'pydicom 2.3 leaves the bytes of words in their places; the little endian twin is as ours',
  'GH195.dcm': 'JFIF, so YCbCr, under a header that says RGB: DCMTK believes the header, and the teeth are blue',
  'example.dcm': 'JFIF under a header that says RGB',
  'example2.dcm': 'JFIF under a header that says RGB',
  'example-mg.dcm': 'JFIF under a header that says RGB',
};

/** Decodes the first and the last frame of each file and compares them with what others made of them. */
export async function agreementOn(python: string, paths: readonly string[]): Promise<Agreement> {
  let equal = 0;
  const differing: string[] = [];
  const unread: string[] = [];
  for (const reference of referencesOf(python, paths)) {
    const name = reference.path.split('/').at(-1) as string;
    if (reference.refused !== null || name in referenceIsWrong) continue;
    try {
      const file = await openFile(readFileSync(reference.path));
      const last = reference.frames - 1;
      const same =
        agrees(await file.frame(0), reference, reference.first, file.transferSyntax) &&
        agrees(await file.frame(last), reference, reference.last, file.transferSyntax);
      if (same) equal += 1;
      else differing.push(`${name} (${file.transferSyntax}, ${file.model.format.photometric})`);
    } catch (error) {
      unread.push(`${name}: ${(error as { code?: string }).code ?? error}`);
    }
  }
  return { equal, differing, unread };
}

/** Values must be the same; those of lossy JPEG may be two apart, since inverse transforms round. */
function agrees(
  frame: DecodedFrame,
  { photometric }: Reference & { refused: null },
  expected: Float64Array,
  transferSyntax: string,
): boolean {
  const values = interleaved(frame);
  if (values.length !== expected.length) return false;
  // DCMTK gives RGB for JPEG's YCbCr, and so does our decoder.
  const lossy = /\.4\.5[0135]$/.test(transferSyntax);
  const most = lossy || (frame.samples === 3 && photometric === 'RGB') ? 2 : 0;
  return values.every((value, at) => Object.is(value, expected[at]) || Math.abs(value - expected[at]!) <= most);
}

function interleaved(frame: DecodedFrame): number[] {
  const values = storedValues(frame);
  // Two lumas, then the chroma that both share.
  if (frame.space === 'ybr-full-422')
    return values.flatMap((_, at) => {
      if (at % 4 !== 0) return [];
      const [first, second, blue, red] = values.slice(at, at + 4) as [number, number, number, number];
      return [first, blue, red, second, blue, red];
    });
  if (frame.planar === 0 || frame.samples === 1) return values;
  const pixels = frame.rows * frame.columns;
  return values.map((_, at) => values[(at % 3) * pixels + Math.floor(at / 3)] as number);
}

/** Two files of one picture, each compressed in its own way, without loss. */
export async function expectTwins(one: string, other: string): Promise<void> {
  const [a, b] = [await openFile(readFileSync(one)), await openFile(readFileSync(other))];
  expect(a.frames).toBe(b.frames);
  for (const at of [0, a.frames - 1])
    expect(Buffer.compare((await a.show(at)).pixels, (await b.show(at)).pixels)).toBe(0);
  if (a.model.format.samples === 1)
    for (const at of [0, a.frames - 1])
      expect(storedValues(await a.frame(at))).toEqual(storedValues(await b.frame(at)));
}
