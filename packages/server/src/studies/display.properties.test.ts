import { worklistAnswer } from '@symbolon/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayForPeople, lineForPeople, nameForPeople, timeForPeople, wholeNumber } from './display.ts';

const numRuns = process.env.SYMBOLON_DRILL === '1' ? 100_000 : 5000;

/** What has no place in a line for people: controls, direction marks, separators, halves of surrogate pairs. */
const forbidden = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
const nasty = fc.constantFrom(
  '\u0000',
  '\u001b[31m',
  '\u0085',
  '\u202e',
  '\u2066',
  '\ud800',
  '\ufeff',
  '\n',
  '\t',
  '^',
  '=',
  '\\',
);
const text = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ unit: 'grapheme', maxLength: 6 })))
  .map((pieces) => pieces.join(''));

describe('text of a header, shown to people', () => {
  test('never holds a control character or a mark that turns the writing around, whatever the header says', () => {
    fc.assert(
      fc.property(text, (value) => {
        for (const shown of [lineForPeople(value), nameForPeople(value)]) {
          expect(shown).not.toMatch(forbidden);
          expect(shown).toBe(shown.trim());
        }
      }),
      { numRuns },
    );
  });

  test('is a line that stays as it is when it is shown again', () => {
    fc.assert(
      fc.property(text, (value) => {
        const shown = lineForPeople(value);
        expect(lineForPeople(shown)).toBe(shown);
      }),
      { numRuns },
    );
  });

  test('a day, a time and a number are of their form or absent', () => {
    const { date, time } = worklistAnswer.shape.studies.element.shape;
    const like = fc.oneof(text, fc.stringMatching(/^[0-9.: +-]{0,14}$/));
    fc.assert(
      fc.property(like, (value) => {
        expect(date.safeParse(dayForPeople(value)).success).toBe(true);
        expect(time.safeParse(timeForPeople(value)).success).toBe(true);
        const minute = timeForPeople(value);
        if (minute !== null) expect(minute).toMatch(/^([01]\d|2[0-3]):[0-5]\d$/);
        const number = wholeNumber(value);
        if (number !== null) expect(Number.isSafeInteger(number)).toBe(true);
      }),
      { numRuns },
    );
  });

  test.each([
    ['Müller^Änne', 'Müller, Änne'],
    ['Müller^Änne^C', 'Müller, Änne C'],
    ['Adams^John Robert Quincy^^Rev.^B.A. M.Div.', 'Adams, Rev. John Robert Quincy, B.A. M.Div.'],
    ['Yamada^Tarou=山田^太郎=やまだ^たろう', 'Yamada, Tarou (山田 太郎)'],
    ['=山田^太郎', '山田 太郎'],
    ['==やまだ^たろう', 'やまだ たろう'],
    ['^Änne', 'Änne'],
    ['Müller', 'Müller'],
    ['  Müller ^ Änne ^^^', 'Müller, Änne'],
    ['', ''],
    ['^^^^', ''],
    ['A\u202eB\u0007C^\u200fD', 'A B C, D'],
    ['<img src=x onerror=alert(1)>', '<img src (x onerror)'],
  ])('the name %j is shown as %j', (value, shown) => {
    expect(nameForPeople(value)).toBe(shown);
  });

  test.each([
    ['20240229', '2024-02-29'],
    ['2024.02.29', '2024-02-29'],
    ['20230229', null],
    ['202402', null],
    ['20240229-20240301', null],
    ['', null],
  ])('the date %j is shown as %j', (value, shown) => {
    expect(dayForPeople(value)).toBe(shown);
  });

  test.each([
    ['101523.120000', '10:15'],
    ['10:15:23', '10:15'],
    ['1015', '10:15'],
    ['10', null],
    ['2560', null],
    ['', null],
  ])('the time %j is shown as %j', (value, shown) => {
    expect(timeForPeople(value)).toBe(shown);
  });
});
