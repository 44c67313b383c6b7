import { describe, expect, test } from 'vitest';
import { parseFile, personName, tags, text, texts } from '../index.ts';
import { concat, element, item, latin, part10, uid } from '../part10.fixture.ts';
import { hex } from './charset.fixture.ts';
import { charsetOf, decodeValues } from './charset.ts';

/** What a value of that VR decodes to under that Specific Character Set. */
function decoded(
  charset: string | undefined,
  value: Uint8Array | string,
  tag: number = tags.PatientName,
  vr = 'PN',
): string[] {
  const declared = charset === undefined ? [] : [element(tags.SpecificCharacterSet, 'CS', charset)];
  return texts(parseFile(part10(uid.explicit, ...declared, element(tag, vr, value))).dataset, tag);
}

describe('the examples of PS3.5 annexes H, I, J and K', () => {
  test.each([
    [
      'H.3.1',
      '\\ISO 2022 IR 87',
      '59616d6164615e5461726f753d1b2442 3b3345441b2842 5e1b2442 4240 4f3a 1b2842 3d1b2442 2464 245e 2440 1b2842 5e1b2442 243f 246d 2426 1b2842',
      'Yamada^Tarou',
    ],
    [
      'H.3.2',
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      'd4cfc0de5ec0dbb33d1b2442 3b33 4544 1b284a 5e1b2442 4240 4f3a 1b284a 3d1b2442 2464 245e 2440 1b284a 5e1b2442 243f 246d 2426 1b284a',
      'ﾔﾏﾀﾞ^ﾀﾛｳ',
    ],
    [
      'I.2',
      '\\ISO 2022 IR 149',
      '486f6e675e47696c646f6e673d1b242943fbf3 5e1b242943d1ced4d73d1b242943c8ab5e1b242943b1e6b5bf',
      'Hong^Gildong',
    ],
    ['J.1', 'ISO_IR 192', '57616e675e5869616f446f6e673de78e8b5ee5b08fe69db13d', 'Wang^XiaoDong'],
    ['J.2', 'GB18030', '57616e675e5869616f446f6e673dcdf55ed0a1b6ab3d', 'Wang^XiaoDong'],
    ['K.2', '\\ISO 2022 IR 58', '5a68616e675e5869616f446f6e673d1b242941d5c5 5e1b242941d0a1b6ab 3d', 'Zhang^XiaoDong'],
  ])('%s', (_example, charset, bytes, alphabetic) => {
    const value = hex(bytes.replaceAll(' ', ''));
    const [name = ''] = decoded(charset, value.length % 2 === 0 ? value : concat(value, latin(' ').slice(0, 1)));
    expect(personName(name).alphabetic).toBe(alphabetic);
    expect(name).not.toContain('\ufffd');
    expect(name).not.toContain('\u001b');
  });

  test('their ideographic and phonetic groups', () => {
    const yamada = hex(
      '59616d6164615e5461726f753d1b24423b3345441b28425e1b244242404f3a1b28423d1b24422464245e24401b28425e1b2442243f246d24261b2842',
    );
    expect(decoded('\\ISO 2022 IR 87', yamada)).toEqual(['Yamada^Tarou=山田^太郎=やまだ^たろう']);
    const hong = hex('486f6e675e47696c646f6e673d1b242943fbf35e1b242943d1ced4d73d1b242943c8ab5e1b242943b1e6b5bf');
    expect(decoded('\\ISO 2022 IR 149', hong)).toEqual(['Hong^Gildong=洪^吉洞=홍^길동']);
  });
});

test.each([
  ['ISO_IR 100', 'e4', 'ä'],
  ['ISO_IR 101', 'b1', 'ą'],
  ['ISO_IR 109', 'b1', 'ħ'],
  ['ISO_IR 110', 'a1', 'Ą'],
  ['ISO_IR 144', 'bb', 'Л'],
  ['ISO_IR 127', 'c2', 'آ'],
  ['ISO_IR 126', 'c4', 'Δ'],
  ['ISO_IR 138', 'f9', 'ש'],
  ['ISO_IR 148', 'f0', 'ğ'],
  ['ISO_IR 203', 'a4', '€'],
  ['ISO_IR 13', 'd4', 'ﾔ'],
  ['ISO_IR 166', 'a1', 'ก'],
  ['ISO_IR 192', 'c3a4', 'ä'],
  ['GBK', 'cdf5', '王'],
  ['ISO 2022 IR 6\\ISO 2022 IR 100', '1b2d41e4', 'ä'],
  ['ISO 2022 IR 6\\ISO 2022 IR 203', '1b2d62a4', '€'],
  ['\\ISO 2022 IR 159', '1b242844 3021', '丂'],
  ['ISO 2022 IR 100\\ISO 2022 IR 144', '1b2d4cbb', 'Л'],
])('%s reads %s as %s', (charset, bytes, expected) => {
  const value = hex(bytes.replaceAll(' ', ''));
  expect(decoded(charset, value.length % 2 === 0 ? value : concat(value, Uint8Array.of(0x20)))).toEqual([expected]);
});

/** Terms as they are written by those who do not look them up, and bytes that show how they are taken. */
test.each([
  ['ISO IR 100', 'e4', 'ä'],
  ['ISO_IR_100', 'e4', 'ä'],
  ['ISO-IR 100', 'e4', 'ä'],
  ['ISO_IR100', 'e4', 'ä'],
  ['iso_ir 100', 'e4', 'ä'],
  ['ISO2022 IR 100', 'e4', 'ä'],
  ['ISO 2022 100', 'e4', 'ä'],
  ['IR 100', 'e4', 'ä'],
  ['latin1', 'e4', 'ä'],
  ['ISO 8859-1', 'e4', 'ä'],
  ['ISO8859_1', 'e4', 'ä'],
  ['8859/1', 'e4', 'ä'],
  ['ISO/IEC 8859-1', 'e4', 'ä'],
  ['windows-1252', 'e4', 'ä'],
  ['ISO8859-2', 'b1', 'ą'],
  ['ISO-8859-5', 'bb', 'Л'],
  ['ISO 8859-15', 'a4', '€'],
  ['CP1251', 'cb', 'Л'],
  ['TIS-620', 'a1', 'ก'],
  ['ISO_IR 14', 'd4', 'ﾔ'],
  ['Shift_JIS', '8ec0', '実'],
  ['iso 2022 ir 87', '1b24423b331b2842', '山'],
  ['ISO_IR 87', '1b24423b331b2842', '山'],
  ['ISO-2022-JP', '1b24423b331b2842', '山'],
  ['ISO_IR 149', '1b242943fbf3', '洪'],
  ['EUC-KR', 'fbf3', '洪'],
  ['ISO 2022 58', 'd5c5', '张'],
  ['GB2312', 'cdf5', '王'],
  ['ISO 2022 GBK', 'cdf5', '王'],
  ['ISO 2022 GB18030', 'cdf5', '王'],
  ['GB 18030', 'cdf5', '王'],
  ['UTF-8', 'c3a4', 'ä'],
  ['utf8', 'c3a4', 'ä'],
  ['ISO_IR192', 'c3a4', 'ä'],
  ['ISO 2022 IR 192', 'c3a4', 'ä'],
  ['UNICODE UTF-8', 'c3a4', 'ä'],
  ['ISO_IR 6\\ISO_IR 192', 'c3a4', 'ä'],
  ['\\ISO_IR 192', 'c3a4', 'ä'],
  ['ISO_IR 192\\ISO 2022 IR 100', 'c3a4', 'ä'],
])('the misspelling %s reads %s as %s', (charset, bytes, expected) => {
  const value = hex(bytes);
  expect(decodeValues(value, 0, value.length, charsetOf(charset.split('\\')), true, false)).toEqual([expected]);
});

/** [terms, bytes, values]: with backslashes between values, and ^ and = as in names. */
const names = (terms: string, bytes: string): string[] => {
  const value = hex(bytes.replaceAll(' ', ''));
  return decodeValues(value, 0, value.length, charsetOf(terms.split('\\')), true, true);
};

describe('bytes that no standard table holds', () => {
  test.each([
    ['80 to 9F are the Windows code page in Latin-1', 'ISO_IR 100', '8093 9b 9d', ['€“›\ufffd']],
    ['and in Latin-5 and Thai', 'ISO_IR 148', '80', ['€']],
    ['a hole in a table', 'ISO_IR 127', 'a1c2', ['\ufffdآ']],
    ['a hole in JIS X 0201', 'ISO_IR 13', 'a0 b1 ff', ['\ufffdｱ\ufffd']],
    ['backslash and tilde of JIS X 0201, as Windows reads them', 'ISO_IR 13', '41 7e b1', ['A~ｱ']],
    ['control characters of JIS X 0201', 'ISO_IR 13', 'b1 7f 1c 1a', ['ｱ\u007f\ufffd\ufffd']],
    ['syllables that only Windows has', '\\ISO 2022 IR 149', '8141 8c63 c652', ['갂똠힣']],
    ['the euro and the registered sign in KS X 1001', '\\ISO 2022 IR 149', 'a2e6 a2e7', ['€®']],
    ['GBK where GB 2312 is declared', '\\ISO 2022 IR 58', '1b242941 8140 d5c5', ['丂张']],
    ['the middle dot of names in GB 2312', '\\ISO 2022 IR 58', '1b242941 a1a4', ['·']],
    ['GB18030 where GBK is declared', 'GBK', '81308a31', ['ä']],
    ['the wave dash of JIS X 0208', '\\ISO 2022 IR 87', '1b2442 2141 215d 1b2842', ['〜−']],
    ['JIS C 6226', '\\ISO 2022 IR 87', '1b2440 3b33 1b284a', ['山']],
  ])('%s', (_what, terms, bytes, expected) => {
    expect(names(terms, bytes)).toEqual(expected);
  });
});

describe('characters cut in half leave delimiters alone', () => {
  test.each([
    ['GB18030', '81', ['\ufffd']],
    ['GB18030', 'cdf5 5c ff 5c 41', ['王', '\ufffd', 'A']],
    ['GB18030', '8130 81', ['\ufffd']],
    ['ISO_IR 192', 'e78e 5c 41', ['\ufffd', 'A']],
    ['ISO_IR 13', '83', ['\ufffd']],
    ['\\ISO 2022 IR 149', '1b242943 fb 5e fbf3 5c fb', ['\ufffd^洪', '\ufffd']],
    ['\\ISO 2022 IR 58', '1b242941 d5 5c 1b242941 d5 3d 41', ['\ufffd', '\ufffd=A']],
    ['\\ISO 2022 IR 87', '1b2442 3b', ['\ufffd']],
    ['\\ISO 2022 IR 87', '1b2442 3b 1b2842 5c41', ['\ufffd', 'A']],
    ['\\ISO 2022 IR 87', '1b2442 3b33 3b 0d0a 41', ['山\ufffd\r\nA']],
  ])('%s %s', (terms, bytes, expected) => {
    expect(names(terms, bytes)).toEqual(expected);
  });
});

describe('escape sequences that designate nothing lose their ESC, whatever the character set', () => {
  test.each([
    ['', '1b5b33316d41', '\ufffd[31mA'],
    ['ISO_IR 192', '1b5b33316dc3a4', '\ufffd[31mä'],
    ['GB18030', '1b5b33316dcdf5', '\ufffd[31m王'],
    ['\\ISO 2022 IR 87', '1b', '\ufffd'],
    ['\\ISO 2022 IR 87', '411b24', 'A\ufffd$'],
    ['\\ISO 2022 IR 87', '1b1b2442 3b33', '\ufffd山'],
    ['\\ISO 2022 IR 87', '1b242850', '\ufffd$(P'],
  ])('%s %s', (terms, bytes, expected) => {
    expect(names(terms, bytes)).toEqual([expected]);
  });
});

describe('controls that move a terminal come out as U+FFFD, those that lay out text stay', () => {
  test.each([
    ['', '41 08 42', 'A\ufffdB'],
    ['', '41 07 0b 0e 1f 42', 'A\ufffd\ufffd\ufffd\ufffdB'],
    ['', '41 09 0a 0c 0d 00', 'A\t\n\f\r\0'],
    ['', '9d', '\ufffd'],
    ['ISO_IR 101', '9b 33 31 6d b1 08', '\ufffd31mą\ufffd'],
    ['ISO_IR 192', 'c29b 33316d c3a4 08', '\ufffd31mä\ufffd'],
    ['ISO_IR 192', 'c285 c3a4 090a0c0d00', '\ufffdä\t\n\f\r\0'],
    ['GB18030', '81308335 33316d cdf5 08', '\ufffd31m王\ufffd'],
    ['GBK', 'cdf5 08', '王\ufffd'],
    ['\\ISO 2022 IR 87', '1b2442 3b33 08 1b2842', '山\ufffd'],
    ['\\ISO 2022 IR 149', '1b242943 fbf3 9b 08', '洪\ufffd\ufffd'],
  ])('%s %s', (terms, bytes, expected) => {
    expect(names(terms, bytes)).toEqual([expected]);
  });
});

test('UTF-8: a byte order mark is none of the text; overlong forms and surrogates are no characters', () => {
  expect(names('ISO_IR 192', 'efbbbf c3a4 5c efbbbf c3b6')).toEqual(['ä', 'ö']);
  expect(names('ISO_IR 192', 'c0af')[0]).toMatch(/^\ufffd+$/);
  expect(names('ISO_IR 192', 'e080af')[0]).toMatch(/^\ufffd+$/);
  expect(names('ISO_IR 192', 'eda080')[0]).toMatch(/^\ufffd+$/);
  expect(names('ISO_IR 192', 'c15c')).toEqual(['\ufffd', '']);
});

test('four-byte characters of GB18030 hold digits only', () => {
  expect(names('GB18030', '81398139 5c 95328236 5c 9439da33')).toEqual([expect.any(String), '𠀀', '💩']);
});

test('a designation of G1 outlives one of G0, and ends with the value', () => {
  expect(names('ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 87', '1b2d4c bb 1b2442 3b33 1b2842 bb 5c e4')).toEqual([
    'Л山Л',
    'ä',
  ]);
});

test('tabs, form feeds and new lines put the code elements back, = does so in names alone', () => {
  const terms = ['ISO 2022 IR 100', 'ISO 2022 IR 144'];
  const bytes = hex('1b2d4cbb09e4 1b2d4cbb0ce4 1b2d4cbb3dbb'.replaceAll(' ', ''));
  expect(decodeValues(bytes, 0, bytes.length, charsetOf(terms), false, false)).toEqual(['Л\täЛ\fäЛ=Л']);
  expect(decodeValues(bytes, 0, bytes.length, charsetOf(terms), false, true)).toEqual(['Л\täЛ\fäЛ=»']);
});

test('no declaration, and one that nobody knows, read high bytes as Latin-1', () => {
  expect(decoded(undefined, hex('4de46e20'))).toEqual(['Män']);
  expect(decoded('KLINGON', hex('4de46e20'))).toEqual(['Män']);
  expect(decoded('__proto__', hex('4de46e20'))).toEqual(['Män']);
});

test('a Korean extension whose escapes are missing is read as Korean', () => {
  expect(decoded('\\ISO 2022 IR 149', hex('c8ab5eb1e6b5bf20'))).toEqual(['홍^길동']);
});

describe('the backslash byte inside a character is no separator', () => {
  const lo = tags.StudyDescription;
  test.each([
    ['GB18030', '815c5c41', ['乗', 'A']],
    ['GBK', '815c5c41', ['乗', 'A']],
    ['ISO_IR 13', '835c5c41', ['ソ', 'A']],
    ['\\ISO 2022 IR 87', '1b2442 5c21 1b2842 5c41', ['棔', 'A']],
  ])('%s', (charset, bytes, expected) => {
    const value = hex(bytes.replaceAll(' ', ''));
    const even = value.length % 2 === 0 ? value : concat(value, Uint8Array.of(0x20));
    expect(decoded(charset, even, lo, 'LO')).toEqual(expected);
    expect(decoded(charset, even, tags.PatientComments, 'LT')).toHaveLength(1);
  });
});

test('a delimiter in a name, and a new line in a text, put the code elements back', () => {
  expect(decoded('ISO_IR 100\\ISO 2022 IR 144', hex('1b2d4cbb5ee4'))).toEqual(['Л^ä']);
  expect(decoded('ISO_IR 100\\ISO 2022 IR 144', hex('1b2d4cbb0d0ae420'), tags.PatientComments, 'LT')).toEqual([
    'Л\r\nä',
  ]);
});

test('an item inherits the character set, and may have its own', () => {
  const name = element(tags.PatientName, 'PN', hex('bb20'));
  const own = concat(element(tags.SpecificCharacterSet, 'CS', 'ISO_IR 100'), name);
  const file = parseFile(
    part10(
      uid.explicit,
      element(tags.SpecificCharacterSet, 'CS', 'ISO_IR 144'),
      element(0x00081140, 'SQ', concat(item(name), item(own))),
    ),
  );
  const [inheriting, owning] = file.dataset.elements.get(0x00081140)!.items!;
  expect(text(inheriting!, tags.PatientName)).toBe('Л');
  expect(text(owning!, tags.PatientName)).toBe('»');
});

test('a code string is never read by the character set', () => {
  expect(decoded('ISO_IR 192', hex('43e45420'), tags.Modality, 'CS')).toEqual(['CäT']);
});
