import type { KeptInstance } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { alike, pictureWords, ranges, someAlone, whichImages } from './alike.ts';

const image = (number: number | null, more: Partial<KeptInstance> = {}): KeptInstance => ({
  id: `00000000-0000-4000-8000-000000000000.${number ?? 0}`,
  state: 'open',
  seriesNumber: 2,
  seriesDescription: 'Thorax',
  instanceNumber: number,
  sentBy: 'Ada',
  sentAt: '2026-11-22T10:00:00.000Z',
  sent: { sha256: 'a'.repeat(64), bytes: 1 },
  held: { id: '00000000-0000-4000-8000-000000000001.0', sha256: 'b'.repeat(64), bytes: 1 },
  differences: [],
  moreDifferences: 0,
  unreadable: false,
  pixels: 'same',
  frames: 1,
  framesDifferent: 0,
  ...more,
});
const named = (held: string) => ({ differences: [{ path: '00100010', name: 'Name', vr: 'PN', held, sent: 'Roe' }] });

test('images that differ in the same way are one group, whatever their numbers', () => {
  const groups = alike([image(1, named('Doe')), image(2), image(3, named('Doe')), image(4, named('Poe'))]);
  expect(groups.map(({ instances }) => instances.map(({ instanceNumber }) => instanceNumber))).toEqual([
    [1, 3],
    [2],
    [4],
  ]);
});

test('what nothing is held beside stands apart, and keeps the new content from being chosen for all', () => {
  expect(someAlone(alike([image(1), image(2)]))).toBe(false);
  const groups = alike([image(1), image(2, { held: null })]);
  expect(groups).toHaveLength(2);
  expect(someAlone(groups)).toBe(true);
});

test('what is decided stands apart from what is open', () => {
  expect(alike([image(1), image(2, { state: 'current' }), image(3)]).map(({ state }) => state)).toEqual([
    'open',
    'current',
  ]);
});

test('images are told as people count them', () => {
  expect(whichImages([3, 1, 2, 7].map((number) => image(number)))).toEqual(['Series 2 “Thorax”: images 1–3, 7']);
  expect(whichImages([image(5)])).toEqual(['Series 2 “Thorax”: image 5']);
  expect(whichImages([image(1), image(null)])).toEqual(['Series 2 “Thorax”: 2 images']);
  expect(whichImages([image(1, { seriesNumber: null, seriesDescription: '' })])).toEqual([
    'A series without a number: image 1',
  ]);
  expect(ranges([])).toBe('');
});

test('of a cine the number of frames is told, where it is known', () => {
  const cine = { pixels: 'different', frames: 12 } as const;
  expect(pictureWords(image(1, { ...cine, framesDifferent: 3 })).text).toBe(
    'The picture is different, in 3 of 12 frames.',
  );
  expect(pictureWords(image(1, { ...cine, framesDifferent: null })).text).toBe('The picture is different.');
  expect(pictureWords(image(1))).toEqual({ text: 'The picture is the same.', loud: false });
});
