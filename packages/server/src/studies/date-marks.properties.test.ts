import { matches } from '@symbolon/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marksOfDate, marksOfDateKey } from './date-marks.ts';

const numRuns = process.env.SYMBOLON_DRILL === '1' ? 100_000 : 3000;

const two = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'));
const year = fc
  .oneof(fc.integer({ min: 1995, max: 2005 }), fc.constantFrom(0, 1, 99, 1799, 1800, 2200, 2201, 9999))
  .map((number) => String(number).padStart(4, '0'));
const month = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 12 }).map((n) => String(n).padStart(2, '0')) },
  { weight: 1, arbitrary: two },
);
/** Dates as devices write them: whole, partial, dotted, padded, and days that no calendar has. */
const date = fc
  .tuple(year, month, month, fc.constantFrom('whole', 'whole', 'whole', 'month', 'year', 'dotted', 'padded'))
  .map(([yyyy, mm, dd, form]) => {
    if (form === 'year') return yyyy;
    if (form === 'month') return `${yyyy}${mm}`;
    if (form === 'dotted') return `${yyyy}.${mm}.${dd}`;
    return form === 'padded' ? `${yyyy}${mm}${dd} ` : `${yyyy}${mm}${dd}`;
  });
const key = fc.oneof(
  date,
  date.map((from) => `${from}-`),
  date.map((to) => `-${to}`),
  fc.tuple(date, date).map(([a, b]) => (a < b ? `${a}-${b}` : `${b}-${a}`)),
  fc.tuple(date, date).map(([a, b]) => `${a} - ${b}`),
  fc.constantFrom('-', '', 'abc', '20200101-x', '*', '2020-01-01'),
);

describe('the index of dates', () => {
  test('a date that matches a key carries one of the marks of that key', () => {
    let matching = 0;
    fc.assert(
      fc.property(date, key, (value, asked) => {
        if (!matches('DA', [value], asked)) return;
        matching += 1;
        const marks = marksOfDateKey(asked);
        if (marks !== undefined) expect(marks.filter((mark) => marksOfDate(value).includes(mark))).not.toEqual([]);
      }),
      { numRuns },
    );
    expect(matching).toBeGreaterThan(numRuns / 20);
  });

  test('no key asks for more than 1,000 marks, whatever its range', () => {
    fc.assert(
      fc.property(key, (asked) => {
        expect(marksOfDateKey(asked)?.length ?? 0).toBeLessThan(1000);
      }),
      { numRuns },
    );
  });

  test.each([
    ['20240229', ['20240229']],
    ['20231231-20240101', ['20231231', '20240101']],
    ['20240201-20240131', []],
    ['20100101-20111231', Array.from({ length: 24 }, (_, m) => String(201001 + m + (m >= 12 ? 88 : 0)))],
    ['21980601-', ['2198', '2199', '2200']],
    ['-18010101', ['1800', '1801']],
  ])('%s is looked for by days, months or years', (asked, marks) => {
    expect(marksOfDateKey(asked)).toEqual(marks);
  });

  test('what is no date is left to the comparison', () => {
    for (const asked of ['', '-', 'abc', '20200101-x', '2020-01-01', '*'])
      expect(marksOfDateKey(asked)).toBeUndefined();
  });
});
