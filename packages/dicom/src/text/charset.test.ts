import { describe, expect, test } from 'vitest';
import { parseFile, personName, tags, text, texts } from '../index.ts';
import { concat, element, item, latin, part10, uid } from '../part10.fixture.ts';

const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));

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

test.each([
  'ISO IR 100',
  'ISO_IR_100',
  'ISO-IR 100',
  'iso_ir 100',
  'latin1',
  'ISO 8859-1',
  'ISO2022 IR 100',
  'ISO8859_1',
])('the misspelling %s means Latin-1', (charset) => {
  expect(decoded(charset, hex('4de46e20'))).toEqual(['Män']);
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
