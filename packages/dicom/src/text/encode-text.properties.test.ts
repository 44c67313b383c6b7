import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFile, tags, text } from '../index.ts';
import { concat, element, item, joined, part10, uid } from '../part10.fixture.ts';
import { absent, askPython, dcmconv, iconv, pydicomData, python, repertoire } from './charset.fixture.ts';
import { charsetOf, decodeValues } from './charset.ts';
import { encodeText } from './encode-text.ts';

type Set = Parameters<typeof repertoire>[0];
const singleByte = [100, 101, 109, 110, 144, 127, 126, 138, 148, 203, 13, 166];
const doubleByte = [87, 159, 149, 58];

/** Declarations, and the sets that they allow. */
const declarations: readonly (readonly [terms: readonly string[], sets: readonly Set[]])[] = [
  ...singleByte.map((number) => [[`ISO_IR ${number}`], [number]] as const),
  ...[...singleByte, ...doubleByte].map((number) => [['', `ISO 2022 IR ${number}`], [number]] as const),
  [
    ['ISO 2022 IR 100', 'ISO 2022 IR 144', 'ISO 2022 IR 126'],
    [100, 144, 126],
  ],
  [
    ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
    [13, 87],
  ],
  [
    ['ISO 2022 IR 6', 'ISO 2022 IR 87', 'ISO 2022 IR 159'],
    [87, 159],
  ],
  [
    ['ISO 2022 IR 100', 'ISO 2022 IR 149', 'ISO 2022 IR 166'],
    [100, 149, 166],
  ],
  [
    ['ISO 2022 IR 101', 'ISO 2022 IR 87', 'ISO 2022 IR 149', 'ISO 2022 IR 58', 'ISO 2022 IR 144'],
    [101, 87, 149, 58, 144],
  ],
  [['GBK'], ['GBK']],
  [['GB18030'], ['GB18030']],
  [['ISO_IR 192'], ['UTF-8']],
];

/** Runs from the declared sets and ASCII, with delimiters between. */
function textsIn(terms: readonly string[], sets: readonly Set[], delimiters: readonly string[]): fc.Arbitrary<string> {
  const unsaid = terms[0]?.endsWith(' 13') === true ? /[\\^=~]/ : /[\\^=]/;
  const ascii = Array.from({ length: 0x5f }, (_, i) => String.fromCharCode(0x20 + i)).filter((c) => !unsaid.test(c));
  const runOf = (chars: readonly string[]): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...chars), { minLength: 1, maxLength: 6 }).map((run) => run.join(''));
  const runs = [ascii, ...sets.map(repertoire), delimiters].filter((chars) => chars.length > 0).map(runOf);
  return fc.array(fc.oneof(...runs), { maxLength: 12 }).map((parts) => parts.join(''));
}

const personDelimiters = ['^', '='];
const textDelimiters = ['\r\n', '\t', '\f'];

describe.each(declarations)('%j', (terms, sets) => {
  const decoded = (bytes: Uint8Array, multiple: boolean, personName: boolean): string =>
    decodeValues(bytes, 0, bytes.length, charsetOf(terms), multiple, personName).join('\\');

  test('every character of its repertoire comes back', () => {
    const chars = sets.flatMap(repertoire);
    expect(chars.length).toBeGreaterThan(10);
    const wrong = chars.filter((char) => decoded(encodeText(char, terms), false, false) !== char);
    expect(wrong).toEqual([]);
  });

  test('texts and names of several values come back, and every value by itself', () => {
    const cases = fc.record({
      personName: fc.boolean(),
      text: textsIn(terms, sets, [...personDelimiters, ...textDelimiters, '\\']),
    });
    fc.assert(
      fc.property(cases, ({ personName, text }) => {
        const bytes = encodeText(text, terms, { personName, multiple: true });
        expect(decoded(bytes, true, personName)).toBe(text);
        const parts = text.split('\\').map((value) => encodeText(value, terms, { personName }));
        const separated = joined(parts.flatMap((part, at) => (at === 0 ? [part] : [Uint8Array.of(0x5c), part])));
        expect(bytes).toEqual(separated);
      }),
      { numRuns: 60 },
    );
  });
});

/** The same thousands of texts for every peer, the same in every run. */
const samples = declarations.flatMap(([terms, sets]) =>
  [false, true].flatMap((personName) =>
    fc
      .sample(textsIn(terms, sets, personName ? personDelimiters : textDelimiters), { numRuns: 60, seed: 1 })
      .map((text) => ({ terms, personName, text, bytes: encodeText(text, terms, { personName }) })),
  ),
);

describe.skipIf(absent(python, pydicomData))('pydicom 2.3 decodes what we encode to the same text', () => {
  const script = `
import json, sys
from pydicom.charset import convert_encodings, decode_bytes
def text(terms, value, is_name):
    return decode_bytes(bytes.fromhex(value), convert_encodings(list(terms)), {0x5e, 0x3d} if is_name else {9, 10, 12, 13})
json.dump([text(*row) for row in json.load(sys.stdin)], sys.stdout)`;

  test('ISO 8859-15 apart, which it does not know; its faults in GB 2312 counted in', () => {
    const known = samples.filter(({ terms }) => !terms.some((term) => term.endsWith(' 203')));
    const rows = known.map(({ terms, bytes, personName }) => [terms, Buffer.from(bytes).toString('hex'), personName]);
    const answers = askPython(script, rows) as string[];
    expect(answers).toHaveLength(known.length);
    expect(known.length).toBeGreaterThan(3000);
    // It leaves the designation of GB 2312 in the text, and hands delimiters in such a run to the codec, harmlessly.
    expect(answers.map((answer) => answer.replaceAll('\u001b$)A', ''))).toEqual(known.map(({ text }) => text));
  });
});

describe.skipIf(absent(dcmconv))('dcmconv +U8 converts what we encode to the same text', () => {
  // Built with glibc's iconv, DCMTK has no JIS X 0208 and 0212; 3.6.7 has no ISO 8859-15 either.
  const known = declarations.filter(([, sets]) => !sets.some((set) => set === 87 || set === 159 || set === 203));

  test.each(known)('%j', (declared) => {
    const cases = samples.filter(({ terms }) => terms === declared);
    const items = cases.map(({ personName, bytes }) => {
      const even = bytes.length % 2 === 0 ? bytes : concat(bytes, Uint8Array.of(0x20));
      return item(element(personName ? tags.PatientName : tags.PatientComments, personName ? 'PN' : 'LT', even));
    });
    const folder = mkdtempSync(join(tmpdir(), 'symbolon-charset-'));
    try {
      const charset = element(tags.SpecificCharacterSet, 'CS', declared.join('\\'));
      const [from, to] = [join(folder, 'in.dcm'), join(folder, 'out.dcm')];
      writeFileSync(from, part10(uid.explicit, charset, element(0x00081140, 'SQ', joined(items))));
      execFileSync(dcmconv, ['+U8', from, to], { timeout: 30_000, stdio: 'ignore' });
      const { dataset } = parseFile(new Uint8Array(readFileSync(to)));
      expect(text(dataset, tags.SpecificCharacterSet)).toBe('ISO_IR 192');
      const answers = dataset.elements
        .get(0x00081140)!
        .items!.map((it) => text(it, tags.PatientName) ?? text(it, tags.PatientComments) ?? '');
      const padded = (value: string, isName: boolean): string => value.replace(isName ? /^ +| +$/g : / +$/, '');
      expect(answers).toEqual(cases.map(({ text: own, personName }) => padded(own, personName)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(absent(iconv))('iconv decodes what we encode to the same text', () => {
  const throughIconv = (encoding: string, bytes: Uint8Array): string =>
    execFileSync(iconv, ['-f', encoding, '-t', 'UTF-8'], { input: bytes, timeout: 30_000 }).toString('utf8');

  test.each([
    [100, 'ISO-8859-1'],
    [101, 'ISO-8859-2'],
    [109, 'ISO-8859-3'],
    [110, 'ISO-8859-4'],
    [144, 'ISO-8859-5'],
    [127, 'ISO-8859-6'],
    [126, 'ISO-8859-7'],
    [138, 'ISO-8859-8'],
    [148, 'ISO-8859-9'],
    [203, 'ISO-8859-15'],
    [166, 'TIS-620'],
    [13, 'SHIFT_JIS'],
  ])('ISO_IR %i as %s, all of it', (number, encoding) => {
    const all = repertoire(number).join('');
    expect(throughIconv(encoding, encodeText(all, [`ISO_IR ${number}`]))).toBe(all);
  });

  test.each([
    [87, 'ISO-2022-JP'],
    [159, 'ISO-2022-JP-2'],
  ])('ISO 2022 IR %i as %s, all of it', (number, encoding) => {
    const all = repertoire(number).join('');
    expect(throughIconv(encoding, encodeText(all, ['', `ISO 2022 IR ${number}`]))).toBe(all);
  });

  test.each([
    ['GBK', 'GBK'],
    ['GB18030', 'GB18030'],
  ] as const)('%s, all of it', (term, encoding) => {
    const all = repertoire(term).join('');
    expect(throughIconv(encoding, encodeText(all, [term]))).toBe(all);
  });
});
