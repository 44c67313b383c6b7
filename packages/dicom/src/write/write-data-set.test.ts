import { describe, expect, test } from 'vitest';
import { tags } from '../dictionary/tags.ts';
import type { DicomJson } from '../json/dicom-json.ts';
import { toDicomJson } from '../json/dicom-json.ts';
import { parseFile } from '../parse/parse-file.ts';
import {
  codeOf,
  concat,
  delimitedItem,
  delimitedSequence,
  element,
  explicitBe,
  fragments,
  implicitLe,
  item,
  latin,
  part10,
  u16,
  uid,
} from '../part10.fixture.ts';
import { writeDataSet, writeElement } from './write-data-set.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const read = (bytes: Uint8Array, syntax: string = uid.explicit) =>
  toDicomJson(parseFile(part10(syntax, bytes)).dataset);
const explicit = { explicit: true, littleEndian: true };

/** A model → what it must become in explicit little endian, byte for byte. */
function writes(json: DicomJson, ...expected: Uint8Array[]): void {
  expect(hex(writeDataSet(json))).toBe(hex(concat(...expected)));
}

describe('PS3.5 §7.1: elements', () => {
  test('stand ascending by tag, whatever the order of keys', () => {
    writes(
      { '30060020': { vr: 'SQ' }, '00100020': { vr: 'LO', Value: ['x'] }, '00080050': { vr: 'SH' } },
      element(0x00080050, 'SH', ''),
      element(0x00100020, 'LO', 'x'),
      element(0x30060020, 'SQ', ''),
    );
  });

  test('have even lengths: a NUL behind UI, OB and UN, a space behind text', () => {
    writes(
      {
        '00080018': { vr: 'UI', Value: ['1.2'] },
        '00091001': { vr: 'OB', InlineBinary: 'YQ==' },
        '00091002': { vr: 'UN', InlineBinary: 'YQ==' },
        '00100020': { vr: 'LO', Value: ['abc'] },
        '00204000': { vr: 'LT', Value: ['a\\b'] },
      },
      element(0x00080018, 'UI', '1.2\0'),
      element(0x00091001, 'OB', latin('a\0')),
      element(0x00091002, 'UN', latin('a\0')),
      element(0x00100020, 'LO', 'abc '),
      element(0x00204000, 'LT', 'a\\b '),
    );
  });

  test('group 0002 and group lengths are not written, at any depth', () => {
    writes({
      '00020010': { vr: 'UI', Value: ['1.2.840.10008.1.2'] },
      '00080000': { vr: 'UL', Value: [8] },
    });
    writes(
      { '00081140': { vr: 'SQ', Value: [{ '00080000': { vr: 'UL', Value: [8] } }] } },
      element(0x00081140, 'SQ', item(new Uint8Array(0))),
    );
  });

  test('PS3.5 §6.2.2: a value too long for its VR has VR UN, little endian in big endian too', () => {
    const long = Array.from({ length: 32_768 }, (_, index) => index);
    const bytes = new Uint8Array(65_536);
    for (const value of long) new DataView(bytes.buffer).setUint16(value * 2, value, true);
    const model: DicomJson = { '00283006': { vr: 'US', Value: long } };
    writes(model, element(0x00283006, 'UN', bytes));
    expect(hex(writeDataSet(model, { transferSyntax: uid.bigEndian }))).toBe(
      hex(element(0x00283006, 'UN', bytes, explicitBe)),
    );
    expect(hex(writeDataSet(model, { transferSyntax: uid.implicit }))).toBe(
      hex(element(0x00283006, 'US', bytes, implicitLe)),
    );
    const text = { '00324000': { vr: 'LT', Value: ['x'.repeat(65_534)] } };
    writes(text, element(0x00324000, 'LT', 'x'.repeat(65_534)));
    expect(read(writeDataSet({ '00324000': { vr: 'LT', Value: ['x'.repeat(65_535)] } }))['00324000']).toEqual({
      vr: 'LT',
      Value: ['x'.repeat(65_535)],
    });
  });
});

describe('transfer syntaxes', () => {
  const model: DicomJson = {
    '00280009': { vr: 'AT', Value: ['00181063'] },
    '00280010': { vr: 'US', Value: [512] },
    '00281201': { vr: 'OW', InlineBinary: 'AQACAA==' },
    '00081140': { vr: 'SQ', Value: [{ '00100020': { vr: 'LO', Value: ['xy'] } }] },
  };
  test.each([
    ['explicit little endian', uid.explicit, undefined],
    ['implicit little endian', uid.implicit, implicitLe],
    ['explicit big endian', uid.bigEndian, explicitBe],
    ['an encapsulated one', uid.jpeg, undefined],
  ])('%s', (_, transferSyntax, syntax) => {
    expect(hex(writeDataSet(model, { transferSyntax }))).toBe(
      hex(
        concat(
          element(0x00081140, 'SQ', item(element(0x00100020, 'LO', 'xy', syntax), syntax), syntax),
          element(0x00280009, 'AT', concat(u16(0x18, syntax), u16(0x1063, syntax)), syntax),
          element(0x00280010, 'US', u16(512, syntax), syntax),
          element(0x00281201, 'OW', concat(u16(1, syntax), u16(2, syntax)), syntax),
        ),
      ),
    );
  });

  test('in implicit VR a sequence that its tag does not tell has undefined length, so that readers see it', () => {
    const json: DicomJson = { '00091001': { vr: 'SQ', Value: [{ '00100020': { vr: 'LO', Value: ['xy'] } }] } };
    const bytes = writeDataSet(json, { transferSyntax: uid.implicit });
    expect(read(bytes, uid.implicit)).toEqual(json);
  });
});

describe('sequences', () => {
  const model: DicomJson = { '00081140': { vr: 'SQ', Value: [{ '00100020': { vr: 'LO', Value: ['xy'] } }, {}] } };
  const inner = element(0x00100020, 'LO', 'xy');
  const none = new Uint8Array(0);

  test('lengths: explicit', () => {
    writes(model, element(0x00081140, 'SQ', concat(item(inner), item(none))));
  });

  test('lengths: undefined', () => {
    expect(hex(writeDataSet(model, { lengths: 'undefined' }))).toBe(
      hex(delimitedSequence(0x00081140, 'SQ', concat(delimitedItem(inner), delimitedItem(none)))),
    );
  });

  test('nested 20,000 deep are written iteratively, and their lengths are right', () => {
    let json: DicomJson = {};
    for (let at = 0; at < 20_000; at++) json = { '00081140': { vr: 'SQ', Value: [json] } };
    const bytes = writeDataSet(json, { maxDepth: 20_000 });
    expect(bytes.length).toBe(20_000 * 20);
    expect(new DataView(bytes.buffer).getUint32(8, true)).toBe(bytes.length - 12);
    expect(codeOf(() => writeDataSet(json))).toBe('DICOM_TOO_DEEP');
  });
});

describe('values', () => {
  test.each<[string, DicomJson[string], Uint8Array | string]>([
    ['IS and DS numbers', { vr: 'DS', Value: [1.5, -0, 1e21] }, '1.5\\-0\\1e+21'],
    ['IS and DS strings, as they stand', { vr: 'DS', Value: ['+01.50', '1,5', null] }, '+01.50\\1,5\\ '],
    ['an empty value among others', { vr: 'LO', Value: ['a', null, 'c'] }, 'a\\\\c'],
    [
      'PN with an empty group',
      { vr: 'PN', Value: [{ Ideographic: 'b' }, null, { Alphabetic: 'a', Phonetic: 'c' }] },
      '=b\\\\a==c',
    ],
    ['AT', { vr: 'AT', Value: ['7FE00010'] }, concat(u16(0x7fe0), u16(0x10))],
    ['no value', { vr: 'LO' }, ''],
  ])('%s', (_, attribute, value) => {
    writes({ '00091001': attribute }, element(0x00091001, attribute.vr, value));
  });

  test('floats: NaN, infinities, -0', () => {
    const bytes = writeDataSet({ '00189074': { vr: 'FD', Value: ['NaN', 'inf', '-inf', -0, 1.5] } });
    const view = new DataView(bytes.buffer, 8);
    const found = [0, 8, 16, 24, 32].map((at) => view.getFloat64(at, true));
    expect(found.every((value, index) => Object.is(value, [Number.NaN, Infinity, -Infinity, -0, 1.5][index]))).toBe(
      true,
    );
  });

  test('64-bit integers, exactly', () => {
    const json: DicomJson = {
      '00720082': { vr: 'SV', Value: [-5, '-9223372036854775808'] },
      '00720083': { vr: 'UV', Value: ['18446744073709551615'] },
    };
    expect(read(writeDataSet(json))).toEqual(json);
    expect(read(writeDataSet(json, { transferSyntax: uid.bigEndian }), uid.bigEndian)).toEqual(json);
  });
});

describe('bulk data', () => {
  const json: DicomJson = { '00880200': { vr: 'SQ', Value: [{}, { '7FE00010': { vr: 'OW', BulkDataURI: 'there' } }] } };

  test('is asked for by its address and its path, and turned where the transfer syntax is big endian', () => {
    const asked: unknown[] = [];
    const bulkData = (address: string, path: readonly number[]) => {
      asked.push([address, path]);
      return u16(1);
    };
    const bytes = writeDataSet(json, { bulkData, transferSyntax: uid.bigEndian });
    expect(asked).toEqual([['there', [0x00880200, 1, tags.PixelData]]]);
    expect(hex(bytes.subarray(-2))).toBe('0001');
  });

  test('of text is UTF-8, and written in the data set’s own character set', () => {
    const text: DicomJson = {
      '00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
      '00204000': { vr: 'LT', BulkDataURI: 'x' },
    };
    const bytes = writeDataSet(text, { bulkData: () => new TextEncoder().encode('é!') });
    expect(hex(bytes.subarray(-2))).toBe('e921');
    expect(codeOf(() => writeDataSet(text, { bulkData: () => Uint8Array.of(0xff) }))).toBe('DICOM_TEXT_NOT_ENCODABLE');
  });

  test('that nobody has is DICOM_BULK_DATA_MISSING, by its tags and not by its address', () => {
    for (const options of [{}, { bulkData: () => undefined }]) {
      expect(codeOf(() => writeDataSet(json, options))).toBe('DICOM_BULK_DATA_MISSING');
    }
    expect(() => writeDataSet(json)).toThrow('No bytes for the BulkDataURI of 00880200[1].7FE00010');
  });

  test('fragments are encapsulated, of even length, in a transfer syntax that has them', () => {
    const pixels: DicomJson = { '7FE00010': { vr: 'OB', BulkDataURI: 'x' } };
    const bulkData = () => [new Uint8Array(0), latin('abc', '').subarray(0, 3)];
    expect(hex(writeDataSet(pixels, { bulkData, transferSyntax: uid.jpeg }))).toBe(
      hex(fragments(tags.PixelData, [new Uint8Array(0), latin('abc', '\0')])),
    );
    for (const transferSyntax of [uid.explicit, uid.implicit, uid.bigEndian]) {
      expect(codeOf(() => writeDataSet(pixels, { bulkData, transferSyntax }))).toBe('DICOM_JSON_INVALID');
    }
  });

  test('longer than a few KiB is not copied before the end: 64 MiB take little more than 64 MiB', () => {
    const large = new Uint8Array(64 * 1024 * 1024).fill(7);
    const before = process.memoryUsage().arrayBuffers;
    const bytes = writeDataSet({ '7FE00010': { vr: 'OW', BulkDataURI: 'x' } }, { bulkData: () => large });
    expect(bytes.length).toBe(large.length + 12);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(large.length * 1.1);
  });
});

describe('Specific Character Set (PS3.18 §F.2.2: of the bytes, not of the JSON)', () => {
  const name = (terms: (string | null)[] | undefined, alphabetic: string): DicomJson => ({
    ...(terms === undefined ? {} : { '00080005': { vr: 'CS', Value: terms } }),
    '00100010': { vr: 'PN', Value: [{ Alphabetic: alphabetic }] },
  });

  test('text is written in the set that is declared', () => {
    writes(
      name(['ISO_IR 100'], 'Müller'),
      element(0x00080005, 'CS', 'ISO_IR 100'),
      element(0x00100010, 'PN', 'M\u00fcller'),
    );
  });

  test('items inherit it, and have their own', () => {
    const json: DicomJson = {
      '00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
      '00081140': { vr: 'SQ', Value: [name(undefined, 'ü'), name(['ISO_IR 192'], 'ü'), name(undefined, 'ü')] },
    };
    const text = Buffer.from(writeDataSet(json)).toString('latin1');
    expect([text.match(/PN\u0002\0\u00fc /g)?.length, text.match(/PN\u0002\0\u00c3\u00bc/g)?.length]).toEqual([2, 1]);
    expect(read(writeDataSet(json))).toEqual(json);
  });

  test('an item that declares no value has the default repertoire, and inherits none', () => {
    const json: DicomJson = {
      '00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
      '00081140': { vr: 'SQ', Value: [{ '00080005': { vr: 'CS' }, ...name(undefined, 'ü') }] },
    };
    expect(codeOf(() => writeDataSet(json))).toBe('DICOM_TEXT_NOT_ENCODABLE');
  });

  test('text beyond ASCII where nothing is declared makes the whole data set ISO_IR 192', () => {
    const json = name(undefined, '山田');
    const written = read(writeDataSet(json));
    expect(written).toEqual({ ...json, '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } });
    writes(name(undefined, 'Doe'), element(0x00100010, 'PN', 'Doe '));
    expect(codeOf(() => writeDataSet(json, { charset: 'as-declared' }))).toBe('DICOM_TEXT_NOT_ENCODABLE');
  });

  test('text that the declared set cannot hold is refused, unless the caller lets it become ISO_IR 192, items and all', () => {
    const json: DicomJson = {
      ...name(['ISO_IR 100'], '山田'),
      '00081140': { vr: 'SQ', Value: [name(['ISO_IR 100'], 'ü')] },
    };
    expect(codeOf(() => writeDataSet(json))).toBe('DICOM_TEXT_NOT_ENCODABLE');
    const written = read(writeDataSet(json, { charset: 'utf-8-if-needed' }));
    expect(written).toEqual({
      ...name(['ISO_IR 192'], '山田'),
      '00081140': { vr: 'SQ', Value: [name(['ISO_IR 192'], 'ü')] },
    });
  });

  test('the refusal says where, and not what', () => {
    const json: DicomJson = {
      '00080005': { vr: 'CS', Value: ['ISO_IR 100'] },
      '00081140': { vr: 'SQ', Value: [{}, name(undefined, '山田')] },
    };
    expect(() => writeDataSet(json)).toThrow(/^00081140\[1\]\.00100010: [^山田]*$/);
  });

  test('VRs that no character set governs are ASCII or refused', () => {
    const json: DicomJson = { '00080060': { vr: 'CS', Value: ['Ü'] } };
    expect(codeOf(() => writeDataSet(json, { charset: 'utf-8-if-needed' }))).toBe('DICOM_TEXT_NOT_ENCODABLE');
  });
});

describe('writeElement', () => {
  test('is one element, in the encoding and character set where it stands', () => {
    const attribute = { vr: 'LO', Value: ['é', 'x'] };
    expect(hex(writeElement(0x00100020, attribute, explicit, ['ISO_IR 100']))).toBe(
      hex(element(0x00100020, 'LO', 'é\\x ')),
    );
    expect(hex(writeElement(0x00100020, { vr: 'LO' }, { explicit: false, littleEndian: true }, []))).toBe(
      hex(element(0x00100020, 'LO', '', implicitLe)),
    );
    expect(codeOf(() => writeElement(0x00100020, attribute, explicit, []))).toBe('DICOM_TEXT_NOT_ENCODABLE');
  });

  test('takes sequences, and what a data set would leave out', () => {
    const sequence = { vr: 'SQ', Value: [{ '00100020': { vr: 'LO', Value: ['xy'] } }] };
    expect(hex(writeElement(0x00081140, sequence, explicit, []))).toBe(
      hex(element(0x00081140, 'SQ', item(element(0x00100020, 'LO', 'xy')))),
    );
    const lengths = { vr: 'SQ', Value: [{ '00080000': { vr: 'UL', Value: [1] } }] };
    expect(hex(writeElement(0x00081140, lengths, explicit, []))).toBe(
      hex(element(0x00081140, 'SQ', item(new Uint8Array(0)))),
    );
    expect(hex(writeElement(0x00020010, { vr: 'UI', Value: ['1.2'] }, explicit, []))).toBe(
      hex(element(0x00020010, 'UI', '1.2\0')),
    );
  });

  test('refuses what fromDicomJson refuses', () => {
    expect(codeOf(() => writeElement(0x00280010, { vr: 'US', Value: [65536] }, explicit, []))).toBe(
      'DICOM_JSON_INVALID',
    );
  });
});
