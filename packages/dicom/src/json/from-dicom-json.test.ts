import { describe, expect, test } from 'vitest';
import { codeOf } from '../part10.fixture.ts';
import { fromDicomJson } from './from-dicom-json.ts';

const read = (text: string) => fromDicomJson(JSON.parse(text));

function messageOf(value: unknown): string {
  try {
    fromDicomJson(value);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing thrown';
}

describe('what is accepted', () => {
  test('a model comes back as it is, data sets without prototype and ascending by tag', () => {
    const model = {
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A^B', Phonetic: 'C' }, null] },
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00081110': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1.2'] } }, {}] },
      '7FE00010': { vr: 'OW', BulkDataURI: 'bulk/1' },
      '00091001': { vr: 'UN', InlineBinary: 'YWI=' },
      '00080050': { vr: 'SH' },
    };
    const read = fromDicomJson(model);
    expect(read).toEqual(model);
    expect(Object.getPrototypeOf(read)).toBeNull();
    expect(Object.getPrototypeOf(read['00081110']!.Value![0])).toBeNull();
    expect(Object.keys(read)).toEqual([...Object.keys(model)].sort());
  });

  test('a vr may be absent where PS3.6 knows it', () => {
    expect(
      fromDicomJson({
        '00100020': { Value: ['x'] },
        '00281101': { Value: [1, 2, 3] },
        '00090010': { Value: ['ACME'] },
        '7FE00010': { BulkDataURI: 'bulk' },
        '00283006': { Value: [1] },
      }),
    ).toEqual({
      '00100020': { vr: 'LO', Value: ['x'] },
      '00281101': { vr: 'US', Value: [1, 2, 3] },
      '00090010': { vr: 'LO', Value: ['ACME'] },
      '7FE00010': { vr: 'OW', BulkDataURI: 'bulk' },
      '00283006': { vr: 'US', Value: [1] },
    });
    expect(fromDicomJson({ '00280103': { vr: 'US', Value: [1] }, '00280120': { Value: [-5] } })['00280120']!.vr).toBe(
      'SS',
    );
  });

  test('empty values are told one way, however they come', () => {
    for (const attribute of [{ vr: 'LO' }, { vr: 'LO', Value: [] }, { vr: 'LO', Value: [null] }]) {
      expect(fromDicomJson({ '00100020': attribute })['00100020']).toEqual({ vr: 'LO' });
    }
    expect(fromDicomJson({ '00101000': { vr: 'LO', Value: ['', 'x'] } })['00101000']!.Value).toEqual([null, 'x']);
    expect(fromDicomJson({ '00100010': { vr: 'PN', Value: [{}, { Alphabetic: '' }] } })['00100010']!.Value).toEqual([
      null,
      null,
    ]);
    expect(fromDicomJson({ '00081110': { vr: 'SQ', Value: [] } })['00081110']).toEqual({ vr: 'SQ' });
  });

  test('NaN and infinities are read as people write them', () => {
    const values = ['NaN', 'inf', '-inf', 'Infinity', '-Infinity'];
    expect(fromDicomJson({ '00189074': { vr: 'FD', Value: values } })['00189074']!.Value).toEqual([
      'NaN',
      'inf',
      '-inf',
      'inf',
      '-inf',
    ]);
  });

  test('text of the file that was invalid there may be so here: IS and DS are strings of any kind', () => {
    expect(fromDicomJson({ '00281050': { vr: 'DS', Value: ['1,5', '+01'] } })['00281050']!.Value).toEqual([
      '1,5',
      '+01',
    ]);
  });
});

describe('what is refused, with DICOM_JSON_INVALID', () => {
  test.each<[string, unknown]>([
    ['a data set that is an array', []],
    ['a data set that is null', null],
    ['a keyword for a tag', { PatientName: { vr: 'PN' } }],
    ['lower-case hexadecimal', { '0020000d': { vr: 'UI' } }],
    ['seven digits', { '0010001': { vr: 'UI' } }],
    ['an item tag', { FFFEE000: { vr: 'UN' } }],
    ['an attribute that is a string', { '00100020': 'x' }],
    ['an attribute that is an array', { '00100020': [] }],
    ['an unknown vr', { '00100020': { vr: 'XX', Value: ['x'] } }],
    ['a vr that is no string', { '00100020': { vr: ['LO'] } }],
    ['the vr "constructor"', { '00100020': { vr: 'constructor', Value: ['x'] } }],
    ['no vr and no entry in PS3.6', { '00091001': { Value: ['x'] } }],
    ['a misspelt member', { '00100020': { vr: 'LO', value: ['x'] } }],
    ['Value and InlineBinary', { '00091001': { vr: 'OB', Value: [1], InlineBinary: 'YWI=' } }],
    ['InlineBinary and BulkDataURI', { '00091001': { vr: 'OB', BulkDataURI: 'x', InlineBinary: 'YWI=' } }],
    ['a Value that is no array', { '00100020': { vr: 'LO', Value: 'x' } }],
    ['a Value of a binary vr', { '00091001': { vr: 'OB', Value: [1] } }],
    ['InlineBinary of text', { '00100020': { vr: 'LO', InlineBinary: 'YWI=' } }],
    ['base64 with a line break', { '00091001': { vr: 'OB', InlineBinary: 'YWI\n' } }],
    ['base64 of the URL alphabet', { '00091001': { vr: 'OB', InlineBinary: '-_-_' } }],
    ['base64 without its padding', { '00091001': { vr: 'OB', InlineBinary: 'YWI' } }],
    ['base64 with bits behind its end', { '00091001': { vr: 'OB', InlineBinary: 'YWJ=' } }],
    ['base64 that is a number', { '00091001': { vr: 'OB', InlineBinary: 1 } }],
    ['a BulkDataURI that is no string', { '00091001': { vr: 'OB', BulkDataURI: 1 } }],
    ['a sequence behind an address', { '00081110': { vr: 'SQ', BulkDataURI: 'x' } }],
    ['an item that is null', { '00081110': { vr: 'SQ', Value: [null] } }],
    ['an item that is an array', { '00081110': { vr: 'SQ', Value: [[]] } }],
    ['a text that is a number', { '00100020': { vr: 'LO', Value: [1] } }],
    ['a text with a backslash', { '00100020': { vr: 'LO', Value: ['a\\b'] } }],
    ['two values of a vr that has one', { '00204000': { vr: 'LT', Value: ['a', 'b'] } }],
    ['a US of 65536', { '00280010': { vr: 'US', Value: [65536] } }],
    ['a US of -1', { '00280010': { vr: 'US', Value: [-1] } }],
    ['a US of 1.5', { '00280010': { vr: 'US', Value: [1.5] } }],
    ['a US that is a string', { '00280010': { vr: 'US', Value: ['1'] } }],
    ['a US that is null among others', { '00281101': { vr: 'US', Value: [1, null, 3] } }],
    ['an SS of 32768', { '00280120': { vr: 'SS', Value: [32768] } }],
    ['an SL of 2^31', { '00186020': { vr: 'SL', Value: [2 ** 31] } }],
    ['a UL of 2^32', { '00186020': { vr: 'UL', Value: [2 ** 32] } }],
    ['an SV of 2^63', { '00720082': { vr: 'SV', Value: ['9223372036854775808'] } }],
    ['an SV that lost digits', { '00720082': { vr: 'SV', Value: [2 ** 60] } }],
    ['a UV below 0', { '00720083': { vr: 'UV', Value: [-1] } }],
    ['a UV of 10,000 digits', { '00720083': { vr: 'UV', Value: ['1'.repeat(10_000)] } }],
    ['an FL beyond its range', { '00189074': { vr: 'FL', Value: [1e39] } }],
    ['an FD that is a string', { '00189074': { vr: 'FD', Value: ['1.5'] } }],
    ['the FD "constructor"', { '00189074': { vr: 'FD', Value: ['constructor'] } }],
    ['an FD that is null among others', { '00189074': { vr: 'FD', Value: [1, null] } }],
    ['an IS of 2^31', { '00200013': { vr: 'IS', Value: [2 ** 31] } }],
    ['an IS of 1.5', { '00200013': { vr: 'IS', Value: [1.5] } }],
    ['an AT in lower case', { '00280009': { vr: 'AT', Value: ['0018106a'] } }],
    ['an AT that is a number', { '00280009': { vr: 'AT', Value: [1] } }],
    ['a PN that is a plain string', { '00100010': { vr: 'PN', Value: ['A^B'] } }],
    ['a PN with an unknown group', { '00100010': { vr: 'PN', Value: [{ alphabetic: 'A' }] } }],
    ['a PN with groups in one', { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A=B' }] } }],
    ['a PN group that is no string', { '00100010': { vr: 'PN', Value: [{ Alphabetic: 1 }] } }],
  ])('%s', (_, model) => {
    expect(codeOf(() => fromDicomJson(model))).toBe('DICOM_JSON_INVALID');
  });

  test('the message leads there by tags and items, and holds no value and no key of the input', () => {
    const model = { '00081140': { vr: 'SQ', Value: [{}, { '00100010': { vr: 'PN', Value: ['Secret^Name'] } }] } };
    expect(messageOf(model)).toBe('00081140[1].00100010 is no object');
    expect(messageOf({ '00081140': { vr: 'SQ', Value: [{ SecretName: {} }] } })).toBe(
      '00081140[0] has a key that is not eight digits of 0-9 and A-F',
    );
  });
});

describe('no __proto__ surprises', () => {
  test.each([
    '{"__proto__":{"vr":"LO"}}',
    '{"00100020":{"vr":"LO","__proto__":{"Value":["x"]}}}',
    '{"00100020":{"__proto__":{"vr":"LO"}}}',
    '{"constructor":{"prototype":{"vr":"LO"}}}',
    '{"00100010":{"vr":"PN","Value":[{"__proto__":{"Alphabetic":"x"}}]}}',
    '{"00081140":{"vr":"SQ","Value":[{"__proto__":{}}]}}',
    '{"toString":{"vr":"LO"}}',
  ])('%s is refused and changes nothing', (text) => {
    expect(codeOf(() => read(text))).toBe('DICOM_JSON_INVALID');
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { Value?: unknown }).Value).toBeUndefined();
  });

  test('what is inherited is not read', () => {
    const inherited = Object.create({ '00100020': { vr: 'LO' } });
    expect(Object.keys(fromDicomJson(inherited))).toEqual([]);
    expect(codeOf(() => fromDicomJson({ '00091001': Object.create({ vr: 'LO', Value: ['x'] }) }))).toBe(
      'DICOM_JSON_INVALID',
    );
  });
});

describe('budgets', () => {
  const nested = (depth: number): unknown => {
    let item: unknown = {};
    for (let at = 0; at < depth; at++) item = { '00081140': { vr: 'SQ', Value: [item] } };
    return item;
  };

  test('sequences nested deeper than allowed are refused; where allowed, 50,000 are read iteratively', () => {
    expect(codeOf(() => fromDicomJson(nested(101)))).toBe('DICOM_TOO_DEEP');
    expect(codeOf(() => fromDicomJson(nested(100)))).toBe('nothing thrown');
    expect(codeOf(() => fromDicomJson(nested(50_000), { maxDepth: 50_000 }))).toBe('nothing thrown');
  });

  test('attributes and items count, at every depth', () => {
    const model = { '00081140': { vr: 'SQ', Value: [{ '00100020': { vr: 'LO' } }, {}] } };
    expect(codeOf(() => fromDicomJson(model, { maxElements: 4 }))).toBe('nothing thrown');
    expect(codeOf(() => fromDicomJson(model, { maxElements: 3 }))).toBe('DICOM_TOO_MANY_ELEMENTS');
  });
});
