import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldText, matches } from '../index.ts';
import { matchesWildcard } from './wildcard.ts';

const yes = (vr: string, key: string, ...values: string[]): void =>
  expect(matches(vr, values, key), `${key} on ${values}`).toBe(true);
const no = (vr: string, key: string, ...values: string[]): void =>
  expect(matches(vr, values, key), `${key} on ${values}`).toBe(false);

test('universal matching takes everything, the absent too', () => {
  yes('LO', '');
  yes('PN', '*');
  yes('DA', '', '20200101');
  no('LO', 'x');
});

test('single values are case sensitive, except names', () => {
  yes('LO', 'Abc', 'Abc');
  no('LO', 'abc', 'Abc');
  yes('PN', 'abc', 'ABC');
});

test('wildcards, in the VRs that have them', () => {
  yes('LO', 'A*c?', 'Abbbcd');
  no('LO', 'A?c', 'Abbc');
  yes('LO', '*b*', 'abc');
  no('UI', '1.2*', '1.2.3');
  no('IS', '1*', '12');
  no('DA', '2020*', '20200101');
  yes('LO', '?', '😀');
  yes('LO', '.*', '.x');
  no('LO', '.*', 'x');
});

test('lists: UIDs by backslash and comma, other keys by backslash', () => {
  yes('UI', '1.2\\1.3', '1.3');
  yes('UI', '1.2,1.3', '1.3');
  no('UI', '1.2,1.3', '1.33');
  yes('CS', 'CT\\MR', 'MR');
  yes('CS', 'CT', 'SR', 'CT');
  no('LO', 'a,b', 'b');
});

describe('dates and times', () => {
  test('ranges, open and closed, ends included', () => {
    yes('DA', '20200101-20200131', '20200131');
    no('DA', '20200101-20200131', '20200201');
    yes('DA', '-20200131', '19991231');
    yes('DA', '20200131-', '20200131');
    no('DA', '20200131-', '20200130');
    no('DA', '-', '20200130');
    no('DA', '20200101-20201231', '');
  });

  test('a partial value covers all that begins with it', () => {
    yes('TM', '10', '101530.25');
    yes('TM', '1015-1016', '101659.999999');
    no('TM', '1015-1016', '101700');
    yes('TM', '-10', '105959');
    yes('DT', '2020', '20200731120000');
    yes('DT', '2019-2020', '20201231235959.999999');
    yes('DA', '2020', '20200731');
  });

  test('offsets from UTC count', () => {
    yes('DT', '20200101120000+0000', '20200101130000+0100');
    no('DT', '20200101120000+0000', '20200101120000+0100');
    yes('DT', '20200101000000-0500-20200102000000-0500', '20200101060000+0000');
    no('DT', '20200101000000-0500-20200102000000-0500', '20200101040000+0000');
  });

  test('the old writings with dots and colons', () => {
    yes('DA', '20200131', '2020.01.31');
    yes('TM', '101530', '10:15:30');
  });

  test('nonsense matches only itself', () => {
    yes('DA', 'soon', 'soon');
    no('DA', 'soon', '20200101');
    no('DA', '20200101-20200102', 'soon');
  });
});

test('numbers by value', () => {
  yes('IS', '1', '01');
  yes('DS', '1.50', '1.5');
  yes('US', '512', '512');
  no('IS', '1', '2');
  no('IS', '0', '');
});

describe('person names', () => {
  test('without case and diacritics', () => {
    yes('PN', 'müller^JÖRG', 'MULLER^Jorg');
    yes('PN', 'GROSS', 'Groß');
    yes('PN', 'papadopoulos^σωκρατησ', 'Papadopoulos^ΣΩΚΡΑΤΗΣ');
    yes('PN', 'ILGIN', 'ılgın');
  });

  test('whole, but for trailing empty components and padding', () => {
    yes('PN', 'SMITH^JOHN', 'Smith^John^^^');
    yes('PN', 'SMITH^JOHN^^', 'Smith ^ John');
    no('PN', 'SMITH', 'SMITH^JOHN');
    yes('PN', 'SMITH*', 'SMITH^JOHN');
    yes('PN', 'SMITH^*', 'SMITH');
    no('PN', 'SMITH^J*', 'SMITH');
  });

  test('any of the three groups, or group by group', () => {
    yes('PN', '山田^太郎', 'Yamada^Tarou=山田^太郎=やまだ^たろう');
    yes('PN', 'やまだ*', 'Yamada^Tarou=山田^太郎=やまだ^たろう');
    no('PN', '山田', 'Yamada^Tarou=山田^太郎');
    yes('PN', '=山田*', 'Yamada^Tarou=山田^太郎');
    no('PN', 'Tanaka*=山田*', 'Yamada^Tarou=山田^太郎');
  });
});

test('the wildcard agrees with the same pattern as a regular expression', () => {
  const chars = fc.string({ unit: fc.constantFrom('a', 'b', '^', '.', '😀'), maxLength: 8 });
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '^', '.', '😀', '*', '?'), maxLength: 6 });
  fc.assert(
    fc.property(chars, patterns, (value, pattern) => {
      const source = [...pattern]
        .map((char) => (char === '*' ? '.*' : char === '?' ? '.' : char.replace(/[\^.]/, '\\$&')))
        .join('');
      expect(matchesWildcard(value, pattern)).toBe(new RegExp(`^${source}$`, 'su').test(value));
    }),
    { numRuns: 1_000 },
  );
});

test('a pattern made to be slow is not', () => {
  const from = performance.now();
  expect(matches('PN', ['a'.repeat(2_000)], `${'*a'.repeat(500)}b`)).toBe(false);
  expect(performance.now() - from).toBeLessThan(500);
});

describe('foldText', () => {
  test.each([
    ['Straße', 'strasse'],
    ['ÉLAN', 'elan'],
    ['ﬁ', 'fi'],
    ['Ⅷ', 'viii'],
    ['ﾔﾏﾀﾞ', 'ヤマダ'],
    ['が', 'が'],
    ['Йод', 'иод'],
    ['ΣΆΣ', 'σασ'],
    ['नि', 'नि'],
    ['İI', 'ii'],
  ])('%s becomes %s', (written, folded) => {
    expect(foldText(written)).toBe(folded);
  });

  test('folding twice is folding once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const once = foldText(value);
        expect(foldText(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  test('equivalent writings fold alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        expect(foldText(value.normalize('NFD'))).toBe(foldText(value.normalize('NFC')));
      }),
    );
  });
});
