import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDay, formatDuration, formatMoment } from './amounts.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [1_540_000, '1.5 MB'],
  [999_960, '1 MB'],
  [2_000_000_000, '2 GB'],
  [5e15, '5,000 TB'],
])('%d bytes are written as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [59_499, '59 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [7_200_000, '2 h'],
])('%d milliseconds are written as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('a count goes with its word', () => {
  expect([formatCount(1, 'study', 'studies'), formatCount(1200, 'study', 'studies')]).toEqual([
    '1 study',
    '1,200 studies',
  ]);
  expect([formatCount(1, 'image'), formatCount(0, 'image'), formatCount(12)]).toEqual(['1 image', '0 images', '12']);
});

test('a day is the day that stands in the file, wherever one looks from; what is no day is shown as it came', () => {
  expect(formatDay('2026-03-01')).toMatch(/Mar.* 1, 2026|1 Mar.* 2026/);
  expect([formatDay(null), formatDay(''), formatDay('2026-13-45'), formatDay('soon')]).toEqual([
    '–',
    '–',
    '2026-13-45',
    'soon',
  ]);
});

test('a moment that is none is a dash', () => {
  expect([formatMoment(null), formatMoment('x'), formatMoment(new Date(Number.NaN))]).toEqual(['–', '–', '–']);
  expect(formatMoment('2026-03-01T12:00:00Z')).toContain('2026');
});
