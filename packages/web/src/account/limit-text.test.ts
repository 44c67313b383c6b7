import { expect, test } from 'vitest';
import { bytesIn, gigabytesText, imagesIn, imagesText } from './limit-text.ts';

test.each([
  ['', null, null],
  [' 500 ', 500, 500_000_000_000],
  ['1,000', 1000, 1_000_000_000_000],
  ['0', 0, 0],
  ['2.5', undefined, 2_500_000_000],
  ['-1', undefined, undefined],
  ['1e3', undefined, undefined],
  ['many', undefined, undefined],
  ['99999999999999999999', undefined, undefined],
])('%j as a limit', (text, images, bytes) => {
  expect([imagesIn(text), bytesIn(text)]).toEqual([images, bytes]);
});

test('a limit that is shown is the one that was set', () => {
  for (const limit of [null, 0, 1, 123_456_789, 2_000_000_000_000])
    expect([imagesIn(imagesText(limit)), bytesIn(gigabytesText(limit))]).toEqual([limit, limit]);
});
