import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasTypedWords, marksOfName, marksOfTypedWords, typedWords } from './name-marks.ts';

const numRuns = process.env.SYMBOLON_DRILL === '1' ? 100_000 : 5000;

const word = fc.oneof(
  fc.constantFrom(
    'Müller',
    'Mu\u0308ller',
    "O'Brien",
    'Straße',
    'ΣΊΣΥΦΟΣ',
    'Иванов',
    '山田',
    '太郎',
    '小东',
    '홍',
    '길동',
  ),
  fc.constantFrom('やまだ', 'ﾔﾏﾀﾞ', 'قباني', 'नमस्ते', '山田Taro', '𠮷野', '12', '３', 'ﬁ', '*', '½', 'İpek', 'ı'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
);
const name = fc
  .array(fc.tuple(word, fc.constantFrom('^', ' ', '=', ',', '-', '')), { minLength: 1, maxLength: 6 })
  .map((pieces) => pieces.flat().join(''));
const casings = [(text: string) => text, (text: string) => text.toUpperCase(), (text: string) => text.normalize('NFD')];
/** Pieces of a name in another order and another case, as somebody types who knows whom they look for. */
const nameAndTyped = name.chain((value) =>
  fc
    .array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 14 }), fc.constantFrom(...casings)), {
      minLength: 1,
      maxLength: 3,
    })
    .map((cuts) => {
      const signs = [...value];
      const typed = cuts.map(([at, length, casing]) =>
        casing(signs.slice(at % signs.length, (at % signs.length) + length).join('')),
      );
      return [value, typed.join(' ')] as const;
    }),
);

describe('words that a person types', () => {
  test('a name that has them carries every mark that they ask the index for', () => {
    let having = 0;
    fc.assert(
      fc.property(nameAndTyped, ([value, typed]) => {
        const words = typedWords(typed);
        if (!hasTypedWords([value], words)) return;
        having += 1;
        const carried = new Set(marksOfName(value));
        expect(marksOfTypedWords(words).filter((mark) => !carried.has(mark))).toEqual([]);
      }),
      { numRuns },
    );
    expect(having).toBeGreaterThan(numRuns / 10);
  });

  test.each([
    ['Müller^Änne', 'anne mul', true],
    ['Müller^Änne', 'MÜLLER', true],
    ['Müller^Änne', 'ller', false],
    ['Müller^Änne', 'muller anna', false],
    ['Müller-Lüdenscheidt^Änne', 'luden', true],
    ['Müller^Änne', 'mül*', true],
    ['Yamada^Tarou=山田^太郎=やまだ^たろう', '郎', true],
    ['Yamada^Tarou=山田^太郎=やまだ^たろう', '太郎 yam', true],
    ['Yamada^Tarou=山田^太郎=やまだ^たろう', '鈴木', false],
    ['Hong^Gildong=洪^吉洞=홍^길동', '동', true],
    ['Иванов^Иван', 'ива', true],
    ['Иванов^Иван', 'анов', false],
    ['', 'x', false],
    ['', ' ,^-= * ', true],
  ])('the name %j is found by %j: %j', (value, typed, found) => {
    expect(hasTypedWords([value], typedWords(typed))).toBe(found);
  });
});
