import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DicomJson, type DicomJsonAttribute, parseFile, toDicomJson } from '../index.ts';
import { part10, uid } from '../part10.fixture.ts';
import { writeDataSet } from '../write/write-data-set.ts';
import { fromNativeXml } from './from-native-xml.ts';
import { toNativeXml } from './native-xml.ts';

/** Everything but what separates or pads values; line ends, marks and surrogate pairs included. */
const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .map((text) => text.replace(/[\\^=\0-\x08\x0b-\x1f\x7f-\x9f]/g, '').trim())
  .filter((text) => text !== '');
const ascii = fc.stringMatching(/^[!-<>-[\]_-~]{1,8}$/);
const decimal = fc.oneof(
  fc.integer().map(String),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toPrecision(8)),
);
const values = (value: fc.Arbitrary<string>) => fc.array(value, { minLength: 1, maxLength: 4 });
const name = fc
  .array(fc.array(fc.oneof(word, fc.constant('')), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 })
  .map((groups) => groups.map((components) => components.join('^')))
  .map(([Alphabetic = '', Ideographic = '', Phonetic = '']) => ({
    ...(Alphabetic === '' ? {} : { Alphabetic }),
    ...(Ideographic === '' ? {} : { Ideographic }),
    ...(Phonetic === '' ? {} : { Phonetic }),
  }))
  .filter((groups) => Object.keys(groups).length > 0);
const notFinite = fc.constantFrom('NaN', 'inf', '-inf');

/** Tag → VR and values; tags of PS3.6, so that implicit VR finds the same VRs. */
const standard = fc.record(
  {
    '00080060': values(ascii).map((Value): DicomJsonAttribute => ({ vr: 'CS', Value })),
    '00081030': word.map((text): DicomJsonAttribute => ({ vr: 'LO', Value: [text] })),
    '00100010': fc
      .array(name, { minLength: 1, maxLength: 2 })
      .map((Value): DicomJsonAttribute => ({ vr: 'PN', Value })),
    '00101000': values(word).map((Value): DicomJsonAttribute => ({ vr: 'LO', Value: ['a', null, ...Value] })),
    '00104000': word.map((text): DicomJsonAttribute => ({ vr: 'LT', Value: [`\t${text}\r\n\\${text}`] })),
    '00181164': values(decimal).map((Value): DicomJsonAttribute => ({ vr: 'DS', Value })),
    '00189074': fc.constant<DicomJsonAttribute>({ vr: 'DT' }),
    '00200013': fc.integer().map((value): DicomJsonAttribute => ({ vr: 'IS', Value: [String(value)] })),
    '00280009': fc.constant<DicomJsonAttribute>({ vr: 'AT', Value: ['00181063', 'FFFFFFFF'] }),
    '00280010': fc.nat(0xffff).map((value): DicomJsonAttribute => ({ vr: 'US', Value: [value] })),
    '00720076': fc
      .array(fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), notFinite), { minLength: 1 })
      .map((Value): DicomJsonAttribute => ({ vr: 'FL', Value })),
    '00720074': fc
      .array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), notFinite), { minLength: 1 })
      .map((Value): DicomJsonAttribute => ({ vr: 'FD', Value })),
    '00720082': fc
      .bigInt(-(2n ** 63n), 2n ** 63n - 1n)
      .map((value): DicomJsonAttribute => ({ vr: 'SV', Value: [String(value)] })),
    '00420011': fc
      .uint8Array({ minLength: 1, maxLength: 9 })
      .map((bytes): DicomJsonAttribute => ({ vr: 'OB', InlineBinary: Buffer.from(bytes).toString('base64') })),
    '00281201': fc.array(fc.nat(0xffff), { minLength: 1 }).map(
      (words): DicomJsonAttribute => ({
        vr: 'OW',
        InlineBinary: Buffer.from(Uint16Array.from(words).buffer).toString('base64'),
      }),
    ),
  },
  { requiredKeys: [] },
);
const creator = fc.constantFrom('ACME 1', 'ACME 2', 'a"<&\'');
/** Blocks of a few creators, some of them of the same. */
const privates = fc
  .array(fc.tuple(creator, fc.uniqueArray(fc.nat(0xff), { maxLength: 4 })), { maxLength: 4 })
  .map((blocks) => {
    const json: Record<string, DicomJsonAttribute> = {};
    blocks.forEach(([owner, lows], index) => {
      json[`000900${(0x10 + index).toString(16)}`] = { vr: 'LO', Value: [owner] };
      for (const low of lows)
        json[`0009${(0x10 + index).toString(16)}${low.toString(16).toUpperCase().padStart(2, '0')}`] = {
          vr: 'UN',
          InlineBinary: 'YWI=',
        };
    });
    return json;
  });
const flat = fc.tuple(standard, privates).map(([one, other]) => ({ ...one, ...other }) as DicomJson);
const model = fc
  .tuple(flat, fc.array(flat, { maxLength: 2 }), fc.array(flat, { maxLength: 2 }))
  .map(([outer, items, inner]): DicomJson => {
    const nested = inner.length === 0 ? {} : { '00081199': { vr: 'SQ', Value: inner } };
    const Value = items.map((item, index) => (index === 0 ? { ...item, ...nested } : item) as DicomJson);
    const sequence: DicomJsonAttribute = Value.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value };
    return { '00080005': { vr: 'CS', Value: ['ISO_IR 192'] }, ...outer, '00081140': sequence } as DicomJson;
  });

const dataSet = (json: DicomJson, transferSyntax: string) =>
  parseFile(part10(transferSyntax, writeDataSet(json, { transferSyntax }))).dataset;

test.each([
  ['implicit little endian', uid.implicit],
  ['explicit little endian', uid.explicit],
  ['explicit big endian', uid.bigEndian],
])('XML → bytes → XML is the same text, in %s', (_, transferSyntax) => {
  fc.assert(
    fc.property(model, (json) => {
      const xml = toNativeXml(dataSet(json, transferSyntax));
      expect(toNativeXml(dataSet(fromNativeXml(new TextEncoder().encode(xml)), transferSyntax))).toBe(xml);
    }),
    { numRuns: 60 },
  );
});

test('the document is the same whatever the bytes were encoded in', () => {
  fc.assert(
    fc.property(model, (json) => {
      const [first, ...others] = [uid.explicit, uid.implicit, uid.bigEndian].map((syntax) =>
        toNativeXml(dataSet(json, syntax)),
      );
      for (const other of others) expect(other).toBe(first);
    }),
    { numRuns: 40 },
  );
});

test('any text is carried, but for what XML excludes, which reads U+FFFD', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (written) => {
      const raw = written.replace(/[\x01-\x08\x0b\x0e-\x1f\x80-\x9f]/g, 'x');
      const json = { '00104000': { vr: 'LT', Value: [raw] } } as unknown as DicomJson;
      const parsed = dataSet({ '00080005': { vr: 'CS', Value: ['ISO_IR 192'] }, ...json }, uid.explicit);
      const told = (toDicomJson(parsed)['00104000']?.Value?.[0] ?? null) as string | null;
      const found = fromNativeXml(toNativeXml(parsed))['00104000']?.Value?.[0] ?? null;
      expect(found).toBe(told?.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/gu, '\ufffd') ?? null);
    }),
    { numRuns: 200 },
  );
});
