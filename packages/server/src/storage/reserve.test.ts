import { expect, test } from 'vitest';
import { readReserve, reserveOf, standardReserve } from './reserve.ts';

const [mib, gib] = [1024 ** 2, 1024 ** 3];

test.each([
  ['10GiB', { bytes: 10 * gib, share: 0 }],
  ['500 MiB', { bytes: 500 * mib, share: 0 }],
  ['1.5TiB', { bytes: 1.5 * 1024 * gib, share: 0 }],
  [' 5% ', { bytes: 0, share: 0.05 }],
  ['0MiB', { bytes: 0, share: 0 }],
])('%j is a reserve', (text, reserve) => expect(readReserve(text)).toEqual(reserve));

test.each(['', '10', 'GiB', '-1GiB', '10GB', '100%', '1e3MiB', '5%GiB', `${'9'.repeat(40)}GiB`])('%j is none', (text) =>
  expect(readReserve(text)).toBeUndefined(),
);

test('where nothing is set it is 2 GiB or two hundredths of the disk, whichever is more', () => {
  expect(reserveOf(standardReserve, 10 * gib)).toBe(2 * gib);
  expect(reserveOf(standardReserve, 1000 * gib)).toBe(20 * gib);
});
