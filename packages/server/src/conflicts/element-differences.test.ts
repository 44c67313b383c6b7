import { type DataSet, parseFile, writeFile } from '@symbolon/dicom';
import { expect, test } from 'vitest';
import { elementDifferences } from './element-differences.ts';

type Json = Record<string, { vr: string; Value?: unknown[]; InlineBinary?: string }>;

const own: Json = {
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
  '00080018': { vr: 'UI', Value: ['2.25.1'] },
};

function parsed(json: Json, transferSyntax = '1.2.840.10008.1.2.1'): DataSet {
  return parseFile(writeFile({ ...own, ...json } as never, { transferSyntax })).dataset;
}

const between = (held: Json, sent: Json) => elementDifferences(parsed(held), parsed(sent));
const name = (Alphabetic: string) => ({ vr: 'PN', Value: [{ Alphabetic }] });
const inItems = (...items: Json[]) => ({ vr: 'SQ', Value: items });

test('what is the same is not listed; what differs, is new or is gone has both values', () => {
  const found = between(
    { '00100010': name('Doe^Jane'), '00100020': { vr: 'LO', Value: ['1'] }, '00200013': { vr: 'IS', Value: [7] } },
    { '00100010': name('Roe^Jane'), '00104000': { vr: 'LT', Value: ['new'] }, '00200013': { vr: 'IS', Value: [7] } },
  );
  expect(found).toEqual({
    more: 0,
    differences: [
      { path: '00100010', name: 'Patient’s Name', vr: 'PN', held: 'Doe^Jane', sent: 'Roe^Jane' },
      { path: '00100020', name: 'Patient ID', vr: 'LO', held: '1', sent: null },
      { path: '00104000', name: 'Patient Comments', vr: 'LT', held: null, sent: 'new' },
    ].map((one) => ({ ...one, name: expect.stringMatching(one.name.replace('’', "['’]")) })),
  });
});

test('items are compared one by one, however they are written, and their number is told', () => {
  const found = between(
    { '00400275': inItems({ '00400007': { vr: 'LO', Value: ['head'] } }, { '00400009': { vr: 'SH', Value: ['a'] } }) },
    { '00400275': inItems({ '00400007': { vr: 'LO', Value: ['neck'] } }) },
  );
  expect(found.differences.map(({ path, held, sent }) => [path, held, sent])).toEqual([
    ['00400275', '2 items', '1 item'],
    ['00400275.1.00400007', 'head', 'neck'],
  ]);
});

test('private and binary values are told by length and SHA-256, never by what they hold', () => {
  const secret = Buffer.from('MUELLER!');
  const found = between(
    {
      '00090010': { vr: 'LO', Value: ['ACME'] },
      '00091001': { vr: 'LO', Value: ['MUELLER!'] },
      '00091002': { vr: 'SQ', Value: [{ '00100010': name('Mueller') }] },
      '00420011': { vr: 'OB', InlineBinary: secret.toString('base64') },
    },
    {
      '00090010': { vr: 'LO', Value: ['ACME'] },
      '00091001': { vr: 'LO', Value: ['MEIER'] },
      '00091002': { vr: 'SQ', Value: [{ '00100010': name('Meier') }] },
      '00420011': { vr: 'OB', InlineBinary: '' },
    },
  );
  expect(found.differences.map(({ path }) => path)).toEqual(['00091001', '00091002', '00420011']);
  expect(JSON.stringify(found)).not.toMatch(/mueller|meier/i);
  expect(found.differences[2]).toMatchObject({
    held: expect.stringMatching(/^8 bytes, SHA-256 [0-9a-f]{64}$/),
    sent: '',
  });
});

test('the same values in another transfer syntax are the same; other values under the same bytes are not', () => {
  const header: Json = { '00100010': name('Doe^Jane'), '00280010': { vr: 'US', Value: [512] } };
  for (const syntax of ['1.2.840.10008.1.2', '1.2.840.10008.1.2.2'])
    expect(elementDifferences(parsed(header), parsed(header, syntax))).toEqual({ differences: [], more: 0 });
  // 0xE4 is ä in Latin-1 and д in Cyrillic (ISO_IR 144): the bytes of the name stay.
  const latin = { '00080005': { vr: 'CS', Value: ['ISO_IR 100'] }, '00100010': name('B\u00e4r') };
  const cyrillic = { '00080005': { vr: 'CS', Value: ['ISO_IR 144'] }, '00100010': name('B\u0444r') };
  const found = between(latin, cyrillic).differences.map(({ path, held, sent }) => [path, held, sent]);
  expect(found).toEqual([
    ['00080005', 'ISO_IR 100', 'ISO_IR 144'],
    ['00100010', 'B\u00e4r', 'B\u0444r'],
  ]);
});

test('long values are cut with a note, text is one line that nothing turns around, and the list is bounded', () => {
  const long = between({}, { '00104000': { vr: 'LT', Value: ['x'.repeat(5000)] } }).differences[0]!;
  expect(long.sent).toBe(`${'x'.repeat(200)}… (5000 characters in all)`);
  const turned = between(
    {},
    { '00081030': { vr: 'LO', Value: ['a\u202eb'] }, '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } },
  );
  expect(turned.differences.map(({ sent }) => sent)).toEqual(['ISO_IR 192', 'a b']);
  const items = Array.from({ length: 500 }, (_, at) => ({ '00400007': { vr: 'LO', Value: [`was ${at}`] } }));
  const others = items.map((item) => ({ ...item, '00400007': { vr: 'LO', Value: ['is'] } }));
  const many = between({ '00400275': inItems(...items) }, { '00400275': inItems(...others) });
  expect([many.differences.length, many.more]).toEqual([100, 400]);
});
