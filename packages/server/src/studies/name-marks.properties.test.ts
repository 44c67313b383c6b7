import { matches } from '@symbolon/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marksOfName, marksOfNameKey } from './name-marks.ts';

const numRuns = process.env.SYMBOLON_DRILL === '1' ? 200_000 : 5000;

/** The marks that a key asks for and a name does not carry; the index loses the name when there is one. */
function lost(name: string, key: string): string[] {
  const carried = new Set(marksOfName(name));
  return marksOfNameKey(key).filter((mark) => !carried.has(mark));
}

const letters = [...'abcdeéüßñłøžIiıİſ'];
const fragments = fc.constantFrom(
  ...letters,
  'Smith',
  "O'Brien",
  'O`Brien',
  'Müller',
  'Mu\u0308ller',
  'Straße',
  'ΣΊΣΥΦΟΣ',
  'Иванов',
  'Й',
  '山田',
  '太郎',
  'やまだ',
  'ﾔﾏﾀﾞ',
  'ー',
  '王',
  '小东',
  '김',
  '희중',
  '\u1112\u1174',
  '홍',
  'مريم',
  'नमस्ते',
  'ก้',
  '𠮷野',
  '🙂',
  '12',
  '３',
  'ﬁ',
  '＊',
  '½',
  '\u0338',
  '+',
  '_',
);
const delimiters = fc.constantFrom('^', '^', ' ', ',', '-', '^^', ' ^ ', '\u3000', '\u00a0', '*', '?');
const group = fc
  .array(fc.oneof({ weight: 4, arbitrary: fragments }, { weight: 1, arbitrary: delimiters }), { maxLength: 9 })
  .map((pieces) => pieces.join(''));
const name = fc.array(group, { minLength: 1, maxLength: 3 }).map((groups) => groups.join('='));

/** A key made from a name that it has good prospects of matching: cut, put into another case, sprinkled with wildcards. */
const nameAndKey = name.chain((value) => {
  const groups = value.split('=');
  const edit = fc.record({
    at: fc.nat(40),
    length: fc.nat(4),
    by: fc.constantFrom('*', '*', '*', '?', '??', '**', '*?'),
  });
  return fc
    .record({
      which: fc.constantFrom(value, ...groups),
      edits: fc.array(edit, { maxLength: 3 }),
      ends: fc.constantFrom('', '*', '^', '^*', ' '),
      start: fc.constantFrom('', '', '*', ' '),
      casing: fc.constantFrom('as is', 'upper', 'lower', 'NFD'),
      beside: fc.option(fc.constantFrom('NOBODY', '*zzz*', '太*'), { nil: undefined, freq: 8 }),
    })
    .map(({ which, edits, ends, start, casing, beside }) => {
      const signs = [...which];
      for (const { at, length, by } of edits) signs.splice(at % (signs.length + 1), length, by);
      let key = `${start}${signs.join('')}${ends}`;
      if (casing === 'upper') key = key.toUpperCase();
      if (casing === 'lower') key = key.toLowerCase();
      if (casing === 'NFD') key = key.normalize('NFD');
      return { name: value, key: beside === undefined ? key : `${key}\\${beside}` };
    });
});

describe('the index of names', () => {
  test('a name that matches a key carries every mark of that key', () => {
    let matching = 0;
    fc.assert(
      fc.property(nameAndKey, ({ name, key }) => {
        if (!matches('PN', [name], key)) return;
        matching += 1;
        expect(lost(name, key)).toEqual([]);
      }),
      { numRuns },
    );
    // A property whose premise hardly ever holds would prove nothing.
    expect(matching).toBeGreaterThan(numRuns / 10);
  });

  test.each([
    ['a piece of Latin letters beside Chinese signs', '山田Taro', '*aro*'],
    ['digits beside a word of another script', '患者123', '*123*'],
    ['a sign that is no letter inside a name', 'O`Brien^Ann', '*brien*'],
    ['a word of more than 64 letters', `${'ab'.repeat(40)}xyz^Jo`, `${'ab'.repeat(40)}xyz^Jo`],
    ['the end of a word of more than 64 letters', `${'ab'.repeat(40)}xyz`, '*xyz'],
    ['one key of a list', 'SMITH^JOHN', 'MILLER*\\SMITH*'],
    ['the ideographic group alone', 'Yamada^Tarou=山田^太郎=やまだ^たろう', '山田^太郎'],
    ['the phonetic group by a wildcard', 'Hong^Gildong=洪^吉洞=홍^길동', '홍*'],
    ['one sign of a Chinese name', 'Wang^XiaoDong=王^小东', '*东*'],
    ['a name without its accents', 'Buc^Jérôme', 'buc^jerome'],
    ['half-width kana by full-width', 'ﾔﾏﾀﾞ^ﾀﾛｳ', 'ヤマダ*'],
  ])('loses no name by %s', (_, name, key) => {
    expect(matches('PN', [name], key)).toBe(true);
    expect(lost(name, key)).toEqual([]);
  });

  test('a key tells other names apart: a name without its marks is not even looked at', () => {
    expect(lost('SMITH^JOHN', 'SMYTHE*')).toEqual(['begins smythe']);
    expect(lost('Wang^XiaoDong=王^小东', '王^大*')).toEqual(['begins 大']);
    expect(lost('MILLER^ANN', '*ell*')).toEqual(['has ell']);
  });

  test('universal matching asks for no mark at all', () => {
    for (const key of ['*', '**', '?', ' ', '^', '\\SMITH']) expect(marksOfNameKey(key)).toEqual([]);
  });
});
