import { describe, expect, test } from 'vitest';
import { codeOf } from '../part10.fixture.ts';
import { workedMs } from '../worked.fixture.ts';
import { hex } from './charset.fixture.ts';
import { charsetOf, decodeValues } from './charset.ts';
import { canEncode, encodeText, encodeValues } from './encode-text.ts';

const refused = 'DICOM_TEXT_NOT_ENCODABLE';
const esc = '\u001b';
/** Bytes as Latin-1 shows them. */
const shown = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const bytesOf = (text: string): Uint8Array => hex(text.replaceAll(' ', ''));

describe('the examples of PS3.5 annexes H, I, J and K, byte for byte', () => {
  test.each([
    [
      'H.3.1',
      '\\ISO 2022 IR 87',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
      '59616d6164615e5461726f753d 1b2442 3b334544 1b2842 5e 1b2442 42404f3a 1b2842 3d 1b2442 2464245e2440 1b2842 5e 1b2442 243f246d2426 1b2842',
    ],
    [
      'H.3.2',
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
      'd4cfc0de5ec0dbb33d 1b2442 3b334544 1b284a 5e 1b2442 42404f3a 1b284a 3d 1b2442 2464245e2440 1b284a 5e 1b2442 243f246d2426 1b284a',
    ],
    [
      'I.2',
      '\\ISO 2022 IR 149',
      'Hong^Gildong=洪^吉洞=홍^길동',
      '486f6e675e47696c646f6e673d 1b242943 fbf3 5e 1b242943 d1ced4d7 3d 1b242943 c8ab 5e 1b242943 b1e6b5bf',
    ],
    ['J.1', 'ISO_IR 192', 'Wang^XiaoDong=王^小东=', '57616e675e5869616f446f6e673d e78e8b 5e e5b08fe4b89c 3d'],
    ['J.2', 'GB18030', 'Wang^XiaoDong=王^小东=', '57616e675e5869616f446f6e673d cdf5 5e d0a1b6ab 3d'],
    ['J.2 in GBK', 'GBK', 'Wang^XiaoDong=王^小东=', '57616e675e5869616f446f6e673d cdf5 5e d0a1b6ab 3d'],
  ])('%s', (_example, terms, name, bytes) => {
    expect(encodeText(name, terms.split('\\'), { personName: true })).toEqual(bytesOf(bytes));
  });

  test('I.3 Korean text announces its set in every line that needs it', () => {
    const text = 'The first line includes 길동.\r\nThe second line includes 길동, too.\r\nThe third line.';
    expect(shown(encodeText(text, ['', 'ISO 2022 IR 149']))).toBe(
      `The first line includes ${esc}$)C±æµ¿.\r\nThe second line includes ${esc}$)C±æµ¿, too.\r\nThe third line.`,
    );
  });

  test('K.2 reads the same, but goes back to ASCII explicitly, for DCMTK’s sake', () => {
    const bytes = encodeText('Zhang^XiaoDong=张^小东=', ['', 'ISO 2022 IR 58'], { personName: true });
    expect(shown(bytes)).toBe(`Zhang^XiaoDong=${esc}$)AÕÅ${esc}(B^${esc}$)AÐ¡¶«${esc}(B=`);
  });
});

describe('of the declared sets', () => {
  const greek = ['ISO 2022 IR 100', 'ISO 2022 IR 144', 'ISO 2022 IR 126'];

  test('the first needs no escape, and stays while it serves', () => {
    expect(shown(encodeText('Müller', greek))).toBe('Müller');
    expect(shown(encodeText('ä§Л§ä', greek))).toBe(`ä§${esc}-L»ý${esc}-Aä`);
  });

  test('G1 is what value 1 says before delimiters and at the end', () => {
    expect(shown(encodeText('Л\\ä^Л', greek, { multiple: true, personName: true }))).toBe(
      `${esc}-L»${esc}-A\\ä^${esc}-L»${esc}-A`,
    );
  });

  test('the one that reaches farthest is taken', () => {
    // § is in all of three, Л in one: Greek for § alone would mean two escapes more.
    expect(shown(encodeText('§Л§Л', ['', 'ISO 2022 IR 126', 'ISO 2022 IR 144']))).toBe(`${esc}-Lý»ý»`);
    expect(shown(encodeText('山 Л', ['', 'ISO 2022 IR 87', 'ISO 2022 IR 144']))).toBe(`${esc}$B;3${esc}(B${esc}-L »`);
    expect(shown(encodeText('山丂', ['', 'ISO 2022 IR 87', 'ISO 2022 IR 159']))).toBe(`${esc}$B;3${esc}$(D0!${esc}(B`);
  });

  test('a set that was not declared is never used', () => {
    expect(canEncode('Л', greek)).toBe(true);
    expect(canEncode('山', greek)).toBe(false);
    expect(canEncode('ä', [])).toBe(false);
    expect(canEncode('ä', ['KLINGON'])).toBe(false);
    expect(canEncode('Л', ['CP1251'])).toBe(false);
    expect(canEncode('plain', [])).toBe(true);
  });
});

test('GB18030 has four bytes for what has no two', () => {
  expect(encodeText('ä😀', ['GB18030'])).toEqual(bytesOf('81308a31 9439fc36'));
  expect(canEncode('😀', ['GBK'])).toBe(false);
});

describe('refused, without a word of the text', () => {
  test.each([
    ['an ESC', 'a\u001b[31m', ['ISO_IR 192'], {}],
    ['a backspace', 'a\b', ['ISO_IR 192'], {}],
    ['the one-byte CSI', 'a\u009b31m', ['ISO_IR 192'], {}],
    ['a control in GB18030', '王\u0085', ['GB18030'], {}],
    ['half a character', 'a\ud83d', ['ISO_IR 192'], {}],
    ['half a character in GB18030', 'a\ud83d', ['GB18030'], {}],
    ['a character of another set', 'Л', ['ISO_IR 100'], {}],
    ['the euro in Latin-1, though we read one there', '€', ['ISO_IR 100'], {}],
    ['the euro in the Greek set of 1987', '€', ['ISO_IR 126'], {}],
    ['what readers of GB18030 dispute', '︐', ['GB18030'], {}],
    ['what readers of GB 2312 dispute', '·', ['', 'ISO 2022 IR 58'], {}],
    ['the tilde of JIS X 0201', '~', ['ISO_IR 13'], {}],
    ['the yen sign of JIS X 0201', '¥', ['ISO_IR 13'], {}],
    ['a backslash in JIS X 0201', '\\', ['ISO_IR 13'], {}],
    ['a backslash in one name', 'a\\b', ['ISO_IR 192'], { personName: true }],
  ])('%s', (_what, text, terms, options) => {
    expect(codeOf(() => encodeText(text, terms, options))).toBe(refused);
    try {
      encodeText(text, terms, options);
    } catch (error) {
      expect((error as Error).message).toBe('the declared character sets cannot hold this text');
    }
  });

  test('a backslash in one of several values; in a single text it is a character', () => {
    expect(codeOf(() => encodeValues(['a\\b'], ['ISO_IR 100']))).toBe(refused);
    expect(codeOf(() => encodeValues(['a', 'b'], ['ISO_IR 100'], { singleValued: true }))).toBe(refused);
    expect(shown(encodeValues(['ä', 'b'], ['ISO_IR 100']))).toBe('ä\\b');
    expect(shown(encodeValues(['C:\\ä'], ['ISO_IR 100'], { singleValued: true }))).toBe('C:\\ä');
  });
});

describe('a byte within a character that others take for a delimiter', () => {
  const kanji = ['', 'ISO 2022 IR 87'];
  test.each([
    ['3D in a name', '五十嵐', kanji, { personName: true }],
    ['5C in a name', '棔', kanji, { personName: true }],
    ['5C in one of several values', '棔', kanji, { multiple: true }],
    ['5C as a second byte in GBK', '乗', ['GBK'], { personName: true }],
    ['5C as a second byte in GB18030', '乗', ['GB18030'], { multiple: true }],
  ])('%s is not written', (_what, text, terms, options) => {
    expect(codeOf(() => encodeText(text, terms, options))).toBe(refused);
    expect(canEncode(text, terms, options)).toBe(false);
    expect(canEncode(text, ['ISO_IR 192'], options)).toBe(true);
  });

  test('is written where nothing is delimited, and 5E, which the standard’s own example holds, everywhere', () => {
    expect(canEncode('五十嵐棔', kanji)).toBe(true);
    expect(canEncode('乗', ['GBK'])).toBe(true);
    expect(canEncode('五十嵐', kanji, { multiple: true })).toBe(true);
    expect(canEncode('やまだ', kanji, { personName: true, multiple: true })).toBe(true);
    expect(canEncode('乛', ['GBK'], { personName: true })).toBe(true);
  });

  test('of several sets the one that has none is taken', () => {
    const terms = ['', 'ISO 2022 IR 87', 'ISO 2022 IR 58'];
    expect(shown(encodeText('十', terms, { personName: true }))).toBe(`${esc}$)AÊ®${esc}(B`);
  });
});

test('a tilde after katakana goes by ASCII, where that is value 1', () => {
  const terms = ['', 'ISO 2022 IR 13'];
  const bytes = encodeText('ｱ~ｱ', terms);
  expect(shown(bytes)).toBe(`${esc})I±${esc}(B~${esc})I±`);
  expect(decodeValues(bytes, 0, bytes.length, charsetOf(terms), false, false)).toEqual(['ｱ~ｱ']);
});

test('a megabyte is written in linear time, however often sets change', () => {
  const terms = ['ISO 2022 IR 100', 'ISO 2022 IR 144', 'ISO 2022 IR 126', 'ISO 2022 IR 87', 'ISO 2022 IR 149'];
  for (const pattern of ['äЛ', '山洪a', '§', 'Л^ä\\']) {
    const text = pattern.repeat(2 ** 20 / pattern.length);
    encodeText(pattern, terms);
    const began = workedMs();
    encodeText(text, terms, { multiple: true, personName: true });
    expect(workedMs() - began).toBeLessThan(3000);
  }
});
