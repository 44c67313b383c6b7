import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lookupTag } from '../dictionary/dictionary.ts';
import { tags, tagText } from '../dictionary/tags.ts';
import { numberBytes } from '../dictionary/vr.ts';
import { DicomError } from '../errors.ts';
import { toBase64 } from '../json/base64.ts';
import { numberOfText, textOfDecimal } from '../json/decimal-string.ts';
import type { DicomJson, DicomJsonAttribute, DicomJsonValue } from '../json/dicom-json.ts';
import { toDicomJson } from '../json/dicom-json.ts';
import { fromDicomJson } from '../json/from-dicom-json.ts';
import { stringifyDicomJson } from '../json/stringify.ts';
import { parseFile } from '../parse/parse-file.ts';
import { uid } from '../part10.fixture.ts';
import { writeDataSet } from './write-data-set.ts';
import { writeFile } from './write-file.ts';

/** Text as readers give it back: no padding, no delimiter, nothing that a name would be cut at. */
const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((text) => text.replace(/[\\=\p{C}]/gu, '.').trim())
  .filter((text) => text !== '' && text.isWellFormed());
const plain = fc.stringMatching(/^[A-Z0-9_]([A-Z0-9_ ]{0,13}[A-Z0-9_])?$/);

function valueArbitrary(vr: string): fc.Arbitrary<DicomJsonValue> {
  const limits: Record<string, [number, number]> = {
    US: [0, 0xffff],
    SS: [-0x8000, 0x7fff],
    UL: [0, 0xffffffff],
    SL: [-0x80000000, 0x7fffffff],
    IS: [-0x80000000, 0x7fffffff],
  };
  const odd = fc.constantFrom<DicomJsonValue>('NaN', 'inf', '-inf', -0);
  const safe = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value.toString());
  if (limits[vr] !== undefined) return fc.integer({ min: limits[vr][0], max: limits[vr][1] });
  if (vr === 'FL') return fc.oneof(odd, fc.float({ noNaN: true, noDefaultInfinity: true }));
  if (vr === 'FD') return fc.oneof(odd, fc.double({ noNaN: true, noDefaultInfinity: true }));
  if (vr === 'SV') return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(safe);
  if (vr === 'UV') return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(safe);
  if (vr === 'AT') return fc.integer({ min: 0, max: 0xffffffff }).map(tagText);
  if (vr === 'DS') {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    return fc.oneof(
      fc.constantFrom<DicomJsonValue>(-0, 'not a number'),
      number.map((n) => numberOfText('DS', textOfDecimal(n))),
    );
  }
  if (vr === 'UI') return fc.stringMatching(/^[1-9]\d{0,5}(\.[1-9]\d{0,5}){0,5}$/);
  if (vr === 'PN') {
    const group = fc.option(word, { nil: undefined });
    return fc.tuple(group, group, group).map(([Alphabetic, Ideographic, Phonetic]) => {
      const name = {
        ...(Alphabetic && { Alphabetic }),
        ...(Ideographic && { Ideographic }),
        ...(Phonetic && { Phonetic }),
      };
      return Object.keys(name).length === 0 ? null : name;
    });
  }
  return ['LO', 'SH', 'UC', 'LT', 'ST', 'UT'].includes(vr) ? word : plain;
}

function attributeArbitrary(vr: string): fc.Arbitrary<DicomJsonAttribute> {
  const empty = fc.constant<DicomJsonAttribute>({ vr });
  if (/^(O.|UN)$/.test(vr)) {
    const size = Math.max(2, numberBytes[vr] ?? 1);
    const bytes = fc.uint8Array({ maxLength: 40 }).map((all) => all.subarray(0, all.length - (all.length % size)));
    return bytes.map((value) => (value.length === 0 ? { vr } : { vr, InlineBinary: toBase64(value) }));
  }
  const value = valueArbitrary(vr);
  const nullable = numberBytes[vr] === undefined ? fc.option(value) : value;
  const single = ['LT', 'ST', 'UT', 'UR'].includes(vr);
  const values = fc.array(nullable, { minLength: 1, maxLength: single ? 1 : 4 });
  return fc.oneof(
    { weight: 5, arbitrary: values.map((Value) => (Value.length === 1 && Value[0] === null ? { vr } : { vr, Value })) },
    empty,
  );
}

/** What the writer or group 0002 has its own word on. */
const special = new Set<number>([tags.SpecificCharacterSet, tags.SOPClassUID, tags.SOPInstanceUID]);

/** Tags with one VR, a few of each, from PS3.6. */
const known: [number, string][] = [];
for (const group of [0x0008, 0x0010, 0x0018, 0x0028, 0x0040, 0x0066, 0x0072, 0x3006]) {
  const found = new Map<string, number>();
  for (let element = 1; element <= 0xffff; element++) {
    const tag = group * 0x10000 + element;
    const vr = lookupTag(tag)?.vr ?? '';
    if (vr.length !== 2 || vr === 'SQ' || special.has(tag) || (found.get(vr) ?? 0) >= 3) continue;
    found.set(vr, (found.get(vr) ?? 0) + 1);
    known.push([tag, vr]);
  }
}
const vrs = [...new Set(known.map(([, vr]) => vr))];
const knownEntry = fc
  .constantFrom(...known)
  .chain(([tag, vr]) => attributeArbitrary(vr).map((attribute) => [tagText(tag), attribute] as const));
const privateEntry = fc
  .tuple(fc.integer({ min: 0x1000, max: 0x10ff }), fc.constantFrom(...vrs))
  .chain(([element, vr]) =>
    attributeArbitrary(vr).map((attribute) => [tagText(0x00290000 + element), attribute] as const),
  );

/** A model with sequences, three deep at most; private elements only where a VR stands in the bytes. */
function modelArbitrary(withPrivate: boolean): fc.Arbitrary<DicomJson> {
  const entry = withPrivate ? fc.oneof(knownEntry, privateEntry) : knownEntry;
  return fc.letrec<{ model: DicomJson; sequence: readonly [string, DicomJsonAttribute] }>((tie) => ({
    model: fc
      .array(fc.oneof({ depthSize: 'small', maxDepth: 3 }, entry, tie('sequence')), { maxLength: 8 })
      .map((entries) => Object.assign(Object.create(null), Object.fromEntries(entries))),
    sequence: fc
      .tuple(fc.constantFrom('00081140', '30060020', '00400260'), fc.array(tie('model'), { maxLength: 3 }))
      .map(([tag, items]) => [tag, items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items }] as const),
  })).model;
}

const utf8: DicomJson = { '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } };
const identified = { mediaStorageSopClassUid: '1.2', mediaStorageSopInstanceUid: '1.3' };

describe.each(['explicit', 'undefined'] as const)('JSON → bytes → JSON, lengths %s', (lengths) => {
  test.each([
    ['explicit little endian', uid.explicit],
    ['explicit big endian', uid.bigEndian],
    ['implicit little endian', uid.implicit],
  ])('is the same model in %s (property)', (_, transferSyntax) => {
    fc.assert(
      fc.property(modelArbitrary(transferSyntax !== uid.implicit), (model) => {
        const json = { ...model, ...utf8 };
        const file = parseFile(writeFile(json, { lengths, transferSyntax, ...identified }));
        expect(file.warnings).toEqual([]);
        expect(stringifyDicomJson(toDicomJson(file.dataset))).toBe(stringifyDicomJson(json));
      }),
      { numRuns: 200 },
    );
  });
});

test('JSON → text → JSON is the same model, -0 and all (property)', () => {
  fc.assert(
    fc.property(modelArbitrary(true), (model) => {
      const text = stringifyDicomJson(model);
      const again = fromDicomJson(JSON.parse(text));
      expect(stringifyDicomJson(again)).toBe(text);
      expect(again).toEqual(fromDicomJson(model));
    }),
    { numRuns: 200 },
  );
});

test('what is written is the same whatever the order of the keys (property)', () => {
  fc.assert(
    fc.property(modelArbitrary(true), (model) => {
      const turned = Object.fromEntries(Object.entries(model).reverse());
      expect(writeDataSet(turned)).toEqual(writeDataSet(model));
    }),
    { numRuns: 50 },
  );
});

describe('hostile models', () => {
  const key = fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'vr',
    'Value',
    'InlineBinary',
    'BulkDataURI',
    'Alphabetic',
    '00080005',
    '00081140',
    '00100010',
    '00280010',
    '00280103',
    '7FE00010',
    '00020010',
    'FFFEE000',
  );
  const leaf = fc.oneof(
    fc.constantFrom(
      'SQ',
      'PN',
      'US',
      'DS',
      'OB',
      'AT',
      'FD',
      'UV',
      'LT',
      'ISO_IR 100',
      'NaN',
      '',
      'AAAA',
      'ü',
      '\u001b$B',
      '\ud800',
      null,
      -1,
      0.5,
      1e300,
    ),
    fc.integer(),
  );
  const hostile = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 6, depthSize: 'large' }, leaf, tie('object'), tie('array'), tie('attribute')),
    array: fc.array(tie('any'), { maxLength: 3 }),
    object: fc.array(fc.tuple(key, tie('any')), { maxLength: 5 }).map((entries) => {
      const made = {};
      // Own properties even for __proto__, as JSON.parse makes them.
      for (const [name, value] of entries)
        Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
      return made;
    }),
    attribute: fc.record({
      vr: fc.constantFrom('SQ', 'PN', 'US', 'DS', 'OB', 'AT', 'FD', 'UV', 'LT', 'LO', 'CS'),
      Value: fc.array(tie('any'), { maxLength: 3 }),
    }),
  })).object as fc.Arbitrary<object>;
  const expected = ['DICOM_JSON_INVALID', 'DICOM_TEXT_NOT_ENCODABLE', 'DICOM_BULK_DATA_MISSING'];

  test('are written or refused with a code, and change nothing for anybody else (property)', () => {
    let written = 0;
    fc.assert(
      fc.property(hostile, fc.constantFrom(uid.explicit, uid.implicit, uid.bigEndian), (model, transferSyntax) => {
        try {
          const bytes = writeDataSet(model as DicomJson, { transferSyntax, bulkData: () => undefined });
          expect(bytes.length % 2).toBe(0);
          if (bytes.length > 0) written++;
        } catch (error) {
          expect(error).toBeInstanceOf(DicomError);
          expect(expected).toContain((error as DicomError).code);
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    // Both ways out are taken.
    expect(written).toBeGreaterThan(5);
    expect(written).toBeLessThan(1900);
  });
});
