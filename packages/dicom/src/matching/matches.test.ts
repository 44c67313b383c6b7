import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldText, matches } from '../index.ts';

const yes = (vr: string, key: string, ...values: string[]): void =>
  expect(matches(vr, values, key), `${key} on ${values}`).toBe(true);
const no = (vr: string, key: string, ...values: string[]): void =>
  expect(matches(vr, values, key), `${key} on ${values}`).toBe(false);

test('C.2.2.2.3 universal matching takes everything, the absent too', () => {
  yes('LO', '');
  yes('LO', '  ', 'x');
  yes('CS', '\\', 'x');
  yes('PN', '*');
  yes('PN', '^^=^');
  yes('LT', '**');
  yes('DA', '', '20200101');
  no('LO', 'x');
  no('DA', '*', '20200101');
});

test('C.2.2.2.1 padding means nothing, but before texts', () => {
  yes('LO', ' abc ', 'abc');
  yes('LO', 'abc', '  abc \0');
  yes('UI', '1.2\0', '1.2');
  yes('LT', 'abc ', 'abc');
  no('LT', ' abc', 'abc');
});

test('C.2.2.2.1 single values are case sensitive, except names', () => {
  yes('LO', 'Abc', 'Abc');
  no('LO', 'abc', 'Abc');
  yes('PN', 'abc', 'ABC');
});

test('C.2.2.2.4 wildcards, in the VRs that have them', () => {
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

test('C.2.2.2.2 lists: UIDs by backslash and comma, other keys by backslash', () => {
  yes('UI', '1.2\\1.3', '1.3');
  yes('UI', '1.2,1.3', '1.3');
  no('UI', '1.2,1.3', '1.33');
  yes('CS', 'CT\\MR', 'MR');
  yes('CS', 'CT', 'SR', 'CT');
  no('LO', 'a,b', 'b');
  yes('LT', 'a\\b', 'a\\b');
  no('LT', 'a\\b', 'b');
  yes('DA', '20200101\\20200201-20200229', '20200215');
  no('SH', 'a\\', '');
});

test('C.2.2.2.7 two quotation marks match what is absent or empty, where that is agreed on', () => {
  const agreed = { emptyValue: true };
  expect(matches('LO', [], '""', agreed)).toBe(true);
  expect(matches('LO', [''], '""', agreed)).toBe(true);
  expect(matches('LO', ['', ' '], '"" ', agreed)).toBe(true);
  expect(matches('DA', [], '""', agreed)).toBe(true);
  expect(matches('PN', ['^^'], '""', agreed)).toBe(true);
  expect(matches('LO', ['x'], '""', agreed)).toBe(false);
  expect(matches('LO', ['', 'x'], '""', agreed)).toBe(false);
  expect(matches('LO', ['""'], '""', agreed)).toBe(false);
  no('LO', '""');
  yes('LO', '""', '""');
});

test('C.2.2.2.8 several values want each of them where that is agreed on, else any', () => {
  const agreed = { multipleValue: true };
  expect(matches('CS', ['CT', 'PT', 'SR'], 'PT\\CT', agreed)).toBe(true);
  expect(matches('CS', ['CT', 'SR'], 'PT\\CT', agreed)).toBe(false);
  expect(matches('CS', [], 'PT\\CT', agreed)).toBe(false);
  expect(matches('CS', ['CT'], 'CT\\', agreed)).toBe(true);
  expect(matches('PN', ['A^B', 'C^D'], 'c^d\\a^*', agreed)).toBe(true);
  expect(matches('PN', ['A^B'], 'c^d\\a^*', agreed)).toBe(false);
  expect(matches('LO', ['x'], '*\\x', agreed)).toBe(true);
  expect(matches('LO', ['x'], '*\\y', agreed)).toBe(false);
  expect(matches('UI', ['1.2'], '1.2\\1.3', agreed)).toBe(true);
  yes('CS', 'PT\\CT', 'CT');
});

describe('C.2.2.2.5 dates and times', () => {
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
    yes('TM', '22:30', '223000');
    yes('DA', '2020.01.01 - 2020.01.31', '20200131');
    yes('TM', '10:15:30.5-', '101530.500001');
    no('DA', '20.200131', '20200131');
  });

  test('a range that ends before it begins matches nothing, midnight is not crossed', () => {
    no('DA', '20200201-20200101', '20200115');
    no('DA', '20200201-20200101', '20200201');
    no('DA', '20200201-20200101', '20200201-20200101');
    no('TM', '2200-0200', '2300');
    no('TM', '2200-0200', '0100');
  });

  test('a hyphen of a DT is a range, an offset, or both where it can be either', () => {
    yes('DT', '20200101120000-0500', '20200101170000+0000');
    no('DT', '20200101120000-0500', '20200101120000+0000');
    yes('DT', '2019-2020', '20200601');
    yes('DT', '2019-1200-2020', '20200601');
    yes('DT', '-20200101-0500', '20200102045959+0000');
    no('DT', '-20200101000000-0500', '20200101050001+0000');
    yes('DT', '20200101-0500-', '20200101050000+0000');
    no('DT', '20200101-0500-', '20200101045959+0000');
    yes('DT', '20200101-20200102-0500', '20200103045959+0000');
    yes('DT', '1000-1200', '11000101');
    yes('DT', '1000-1200', '1000-1200');
    no('DT', '2020-1300', '20200101');
    no('DT', '2020+1401', '2020');
    no('DT', '1-2-3-4-5', '2020');
  });

  test('offsets that neither names are those of the data set and of the query', () => {
    const on = (vr: string, key: string, value: string, values?: string, asked?: string): boolean =>
      matches(vr, [value], key, { timezone: { values, key: asked } });
    expect(on('DT', '20200101120000', '20200101130000', '+0100', '+0000')).toBe(true);
    expect(on('DT', '20200101120000', '20200101120000', '+0100', '+0000')).toBe(false);
    expect(on('DT', '20200101120000', '20200101120000', '+0100')).toBe(true);
    expect(on('DT', '20200101120000+0000', '20200101130000', '+0100')).toBe(true);
    expect(on('DT', '20200101120000', '20200101110000+0000', undefined, '+0100')).toBe(true);
    expect(on('TM', '0000-0100', '233000', '-0100', '+0000')).toBe(true);
    expect(on('TM', '2300', '000000.5', '+0100', '+0000')).toBe(true);
    expect(on('TM', '23', '233000', '+0100')).toBe(true);
    expect(on('TM', '23', '233000', 'nonsense', '+0000')).toBe(true);
  });

  test('a leap second is in its minute and in its day', () => {
    yes('TM', '235960', '235960');
    yes('TM', '235960', '235960.25');
    yes('TM', '2359', '235960');
    yes('TM', '-235959', '235960');
    no('TM', '0000', '235960');
    yes('DT', '20161231', '20161231235960');
    no('DT', '20170101-', '20161231235960');
    yes('DT', '20161231235960+0000', '20161231185960-0500');
  });

  test('a fraction belongs to seconds, and six digits are the most', () => {
    yes('TM', '101530.25', '101530.250000');
    no('TM', '10.5', '100000.5');
    yes('TM', '10.5', '10.5');
    no('TM', '101530.1234567', '101530.123456');
  });

  test('nonsense matches only itself', () => {
    yes('DA', 'soon', 'soon');
    no('DA', 'soon', '20200101');
    no('DA', '20200101-20200102', 'soon');
    yes('DT', '2020010', '2020010');
    no('DT', '2020010', '202001');
  });
});

test('numbers by value', () => {
  yes('IS', '1', '01');
  yes('DS', '1.50', '1.5');
  yes('US', '512', '512');
  yes('DS', '1e3', '+1000.0');
  yes('FL', '0.1', '0.10000000149011612');
  yes('FD', '-inf', '-Infinity');
  yes('SV', '9007199254740993', '9007199254740993');
  no('SV', '9007199254740993', '9007199254740992');
  yes('UV', '018446744073709551615', '18446744073709551615');
  yes('SL', '-0', '0');
  yes('AT', '(0020,000d)', '0020000D');
  no('IS', '1', '2');
  no('IS', '0', '');
  no('IS', '0x10', '16');
});

describe('C.2.2.2.1.1 person names', () => {
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
    yes('PN', '*=*', 'Yamada^Tarou');
    yes('PN', '==やまだ*', 'Yamada^Tarou=山田^太郎=やまだ^たろう');
    no('PN', '山田*=', 'Yamada^Tarou=山田^太郎');
  });

  test('wildcards within components', () => {
    yes('PN', 'SM?TH^J*N', 'Smyth^John');
    yes('PN', '*^JOHN', 'Smith^John');
    yes('PN', 'S*^*^Q*', 'Smith^John^Quincy');
    no('PN', 'S*^*^Q*', 'Smith^John^Adam');
    no('PN', 'SM?TH^*', 'Smiith^John');
  });

  test.each([
    ['Japanese', 'ヤマダ^タロウ', 'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう'],
    ['Japanese, full-width space', '山田^太郎', 'Yamada^Tarou=山田^太郎\u3000'],
    ['Korean, in jamo', '\u1112\u1169\u11bc^길동', 'Hong^Gildong=洪^吉洞=홍^길동'],
    ['Chinese, one sign', '*东', 'Wang^XiaoDong=王^小东'],
    ['German ß', 'STRASSER^OTTO', 'Straßer^Otto'],
    ['German umlaut', 'Mu\u0308ller^JURGEN', 'Müller^Jürgen'],
    ['Turkish dotless i', 'ışık^ISIL', 'Isik^Işıl'],
    ['Turkish dotted I', 'istanbullu*', 'İSTANBULLU^Ali'],
    ['Greek final sigma and tonos', 'ΔΙΟΝΥΣΙΟΣ', 'Διονύσιος'],
    ['Russian ё', 'ПЕТР^СЕМЕНОВ', 'Пётр^Семёнов'],
    ['Arabic', 'قباني^لنزار', 'Qabbani^Nizar=قباني^لنزار'],
    ['French', 'buc^jerome', 'Buc^Jérôme'],
  ])('%s', (_, key, name) => {
    yes('PN', key, name);
  });

  test('other letters are other names', () => {
    no('PN', 'MUELLER', 'Müller');
    no('PN', 'か*', 'が');
    no('PN', '小*', '王^小东');
  });
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
