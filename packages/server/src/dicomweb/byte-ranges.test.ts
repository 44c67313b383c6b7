import { expect, test } from 'vitest';
import { byteRanges } from './byte-ranges.ts';

test.each([
  ['bytes=0-0', [[0, 1]]],
  ['bytes=2-', [[2, 10]]],
  ['bytes=-3', [[7, 10]]],
  ['bytes=-30', [[0, 10]]],
  ['bytes=8-99', [[8, 10]]],
  [
    'Bytes = 1-2 , 4-5',
    [
      [1, 3],
      [4, 6],
    ],
  ],
  // As they were asked for, as long as none of them comes twice.
  [
    'bytes=4-5,1-2',
    [
      [4, 6],
      [1, 3],
    ],
  ],
  ['bytes=4-6,1-4,0-0', [[0, 7]]],
  ['bytes=1-2,20-30', [[1, 3]]],
  ['bytes=10-', []],
  ['bytes=-0', []],
] as const)('%s of ten bytes is %j', (header, wanted) => {
  expect(byteRanges(header, 10)?.map(({ start, end }) => [start, end])).toEqual(wanted);
});

test.each([
  undefined,
  'items=0-1',
  'bytes=',
  'bytes=-',
  'bytes=2-1',
  'bytes=a-b',
  'bytes=1-2,x',
  `bytes=${Array.from({ length: 17 }, (_, at) => `${at}-${at}`)}`,
])('%s gets the whole', (header) => {
  expect(byteRanges(header, 10)).toBeUndefined();
});

test('a header of 60 kB costs no more than any other', () => {
  const before = process.threadCpuUsage().user;
  for (const text of [`${'9'.repeat(60_000)}-`, '1-2,'.repeat(15_000), `${' '.repeat(60_000)}x`])
    expect(byteRanges(`bytes=${text}`, 10)).toBeUndefined();
  expect(process.threadCpuUsage().user - before).toBeLessThan(100_000);
});
