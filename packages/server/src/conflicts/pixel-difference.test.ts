import { ctStudy, multiframeStudy } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConflictSite, conflictSite } from './conflict-site.testing.ts';
import { PixelComparison } from './pixel-difference.ts';
import { showConflict } from './show-conflict.ts';

let site: ConflictSite;
beforeAll(async () => {
  site = await conflictSite();
});
afterAll(() => site?.stop());

/** Sends a file, then another, and tells how their pixels compare. */
async function compared(first: Uint8Array, second: Uint8Array, comparison = new PixelComparison()) {
  await site.send([first as Uint8Array<ArrayBuffer>]);
  await site.send([second as Uint8Array<ArrayBuffer>]);
  const { id } = (await site.studies()).at(-1)!;
  const { instances } = await showConflict(site.deps, comparison, site.actor, id, undefined);
  const { pixels, frames, framesDifferent, differences } = instances.at(-1)!;
  return { pixels, frames, framesDifferent, differences: differences.map(({ name }) => name) };
}

const bent = (bytes: Uint8Array, ...places: number[]): Uint8Array => {
  const other = bytes.slice();
  for (const place of places) other[place]! ^= 0xff;
  return other;
};

test('other pixels under the same header are told, and that no element differs', async () => {
  const [file] = ctStudy({ seed: 31, slices: 1, rows: 32, columns: 32 });
  expect(await compared(file!.bytes, bent(file!.bytes, file!.bytes.length - 1))).toEqual({
    pixels: 'different',
    frames: 1,
    framesDifferent: 1,
    differences: [],
  });
});

test('the same pixels under another header are the same', async () => {
  const one = { seed: 32, slices: 1, rows: 32, columns: 32 };
  const [first] = ctStudy(one);
  const [second] = ctStudy({ ...one, person: { patientName: 'Other^One' } });
  expect(await compared(first!.bytes, second!.bytes)).toMatchObject({
    pixels: 'same',
    framesDifferent: 0,
    differences: [expect.stringMatching(/^Patient.s Name$/)],
  });
});

test('of a cine it is told how many frames differ, whatever pieces they are read in', async () => {
  const [cine] = multiframeStudy({ seed: 33, frames: 12, rows: 240, columns: 320 });
  const frame = 240 * 320 * 3;
  const end = cine!.bytes.length;
  // The last byte of frame 12, the first of frame 11, and two within frame 3.
  const other = bent(cine!.bytes, end - 1, end - 2 * frame, end - 10 * frame + 7, end - 10 * frame + 900);
  expect(await compared(cine!.bytes, other)).toMatchObject({ pixels: 'different', frames: 12, framesDifferent: 3 });
});

test('what would take too much reading is not compared, and said so', async () => {
  const [file] = ctStudy({ seed: 34, slices: 1, rows: 32, columns: 32 });
  const comparison = new PixelComparison(1000);
  expect(await compared(file!.bytes, bent(file!.bytes, file!.bytes.length - 1), comparison)).toMatchObject({
    pixels: 'not compared',
  });
});
