import { jsonMatcher } from '@symbolon/dicom';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzyMarksOf } from './fuzzy-name-marks.ts';
import { marksOfName } from './name-marks.ts';

const isLike = (key: string, name: string): boolean =>
  jsonMatcher(
    { '00100010': { vr: 'PN', Value: [key] } },
    { fuzzyNames: true },
  )({
    '00100010': { vr: 'PN', Value: [{ Alphabetic: name }] },
  });
const carries = (name: string, key: string): boolean => {
  const marks = new Set(marksOfName(name));
  return fuzzyMarksOf(key).every((some) => some.some((mark) => marks.has(mark)));
};

const sign = fc.constantFrom(...'aaabcdeé ü山太カЖ-^');
const word = fc.string({ unit: fc.constantFrom(...'abcdeüñЖ'), minLength: 1, maxLength: 16 });

/** One mistake at a place of a word. */
const mistaken = fc.tuple(
  word,
  fc.nat(),
  fc.constantFrom('drop', 'add', 'change', 'swap'),
  fc.constantFrom(...'abxж山'),
);
function withMistake([right, where, how, other]: [string, number, string, string]): string {
  const signs = [...right];
  const at = where % signs.length;
  if (how === 'drop') signs.splice(at, 1);
  else if (how === 'add') signs.splice(at, 0, other);
  else if (how === 'change') signs[at] = other;
  else if (at + 1 < signs.length) [signs[at], signs[at + 1]] = [signs[at + 1]!, signs[at]!];
  return signs.join('');
}

test('a name that is one mistake away carries a mark of each list of its key', () => {
  let alike = 0;
  fc.assert(
    fc.property(mistaken, word, (mistake, other) => {
      const [key] = mistake;
      const name = `${other}^${withMistake(mistake)}`;
      if (!isLike(key, name)) return;
      alike += 1;
      expect(carries(name, key), `${key} for ${name}`).toBe(true);
    }),
    { numRuns: 3000 },
  );
  expect(alike).toBeGreaterThan(500);
});

test('whatever is like a key carries a mark of each list of it', () => {
  const text = fc.string({ unit: sign, maxLength: 14 });
  const key = fc.oneof(
    text,
    fc.tuple(text, fc.constantFrom('*', '?*', '* b*')).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(key, text, (asked, name) => {
      if (isLike(asked, name)) expect(carries(name, asked), `${asked} for ${name}`).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('a key of one long word asks for little that is of many names', () => {
  expect(fuzzyMarksOf('Smith')).toEqual([['begins sm', 'has ith', 'begins si']]);
  expect(fuzzyMarksOf('Schneider')).toHaveLength(3);
  expect(fuzzyMarksOf('Li')).toEqual([['begins li']]);
});
