import { describe, expect, test } from 'vitest';
import type { DicomJson } from '../json/dicom-json.ts';
import { parseFile } from '../parse/parse-file.ts';
import { writeFile } from '../write/write-file.ts';
import { type JsonAttributes, jsonMatcher } from './json-matcher.ts';
import { isReadableKey, type MatchOptions } from './key.ts';
import { matchesDataSet } from './matches-data-set.ts';

const held: DicomJson = {
  '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
  '00080018': { vr: 'UI', Value: ['1.2.3.4'] },
  '00080020': { vr: 'DA', Value: ['20200131'] },
  '00080030': { vr: 'TM', Value: ['0915'] },
  '00080061': { vr: 'CS', Value: ['CT', 'MR'] },
  '00081030': { vr: 'LO' },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Änne Marie', Ideographic: '山田^太郎' }] },
  '00200013': { vr: 'IS', Value: [7] },
  '00400275': {
    vr: 'SQ',
    Value: [
      { '00400009': { vr: 'SH', Value: ['S1'] }, '00401001': { vr: 'SH', Value: ['P1'] } },
      { '00400009': { vr: 'SH', Value: ['S2'] }, '00401001': { vr: 'SH', Value: ['P2'] } },
    ],
  },
};
const { dataset } = parseFile(writeFile(held));

const cases: readonly [string, DicomJson, boolean, MatchOptions?][] = [
  ['nothing', {}, true],
  ['a name without case and accents', { '00100010': { vr: 'PN', Value: ['MULLER^*'] } }, true],
  ['one group of a name', { '00100010': { vr: 'PN', Value: ['山田*'] } }, true],
  ['another name', { '00100010': { vr: 'PN', Value: ['Miller'] } }, false],
  ['a range of dates', { '00080020': { vr: 'DA', Value: ['20200101-20200131'] } }, true],
  ['another range', { '00080020': { vr: 'DA', Value: ['20200201-'] } }, false],
  [
    'a date and a time, each within its own range',
    { '00080020': { vr: 'DA', Value: ['20200131-20200202'] }, '00080030': { vr: 'TM', Value: ['1000-0900'] } },
    false,
  ],
  [
    'a date and a time as one moment, before its range',
    { '00080020': { vr: 'DA', Value: ['20200131-20200202'] }, '00080030': { vr: 'TM', Value: ['1000-0900'] } },
    false,
    { combinedDateTime: true },
  ],
  [
    'a date and a time as one moment, within its range',
    { '00080020': { vr: 'DA', Value: ['20200130-20200202'] }, '00080030': { vr: 'TM', Value: ['1000-0900'] } },
    true,
    { combinedDateTime: true },
  ],
  ['any of several values', { '00080061': { vr: 'CS', Value: ['CT', 'US'] } }, true],
  ['each of several values', { '00080061': { vr: 'CS', Value: ['CT', 'US'] } }, false, { multipleValue: true }],
  ['each of the values it has', { '00080061': { vr: 'CS', Value: ['CT', 'MR'] } }, true, { multipleValue: true }],
  ['what is empty', { '00081030': { vr: 'LO', Value: ['""'] } }, true, { emptyValue: true }],
  ['what is absent', { '00200010': { vr: 'SH', Value: ['""'] } }, true, { emptyValue: true }],
  ['what is not empty', { '00100010': { vr: 'PN', Value: ['""'] } }, false, { emptyValue: true }],
  ['a number by its value', { '00200013': { vr: 'IS', Value: ['07'] } }, true],
  ['an item', { '00400275': { vr: 'SQ', Value: [{ '00400009': { vr: 'SH', Value: ['S2'] } }] } }, true],
  [
    'two keys of one item',
    {
      '00400275': {
        vr: 'SQ',
        Value: [{ '00400009': { vr: 'SH', Value: ['S2'] }, '00401001': { vr: 'SH', Value: ['P2'] } }],
      },
    },
    true,
  ],
  [
    'two keys that no one item has both of',
    {
      '00400275': {
        vr: 'SQ',
        Value: [{ '00400009': { vr: 'SH', Value: ['S1'] }, '00401001': { vr: 'SH', Value: ['P2'] } }],
      },
    },
    false,
  ],
  [
    'a sequence that is not there',
    { '00081110': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1'] } }] } },
    false,
  ],
  ['a sequence asked for as text', { '00400275': { vr: 'LO', Value: ['x'] } }, false],
  ['a key that is no key', { x: { vr: 'LO', Value: ['x'] } } as unknown as DicomJson, false],
];

test.each(cases)('%s: JSON and the data set it was read from answer alike', (_, query, expected, options = {}) => {
  expect(jsonMatcher(query, options)(held as JsonAttributes)).toBe(expected);
  expect(matchesDataSet(dataset, query, options)).toBe(expected);
});

test('JSON that is not as the standard has it matches nothing and throws nothing', () => {
  const odd = { '00100010': { vr: 'PN', Value: [null, 7, []] }, '00400275': { vr: 'SQ', Value: ['x', null] } };
  const name = { '00100010': { vr: 'PN', Value: ['A*'] } };
  const item = { '00400275': { vr: 'SQ', Value: [{ '00400009': { vr: 'SH', Value: ['S1'] } }] } };
  expect(jsonMatcher(name)(odd)).toBe(false);
  expect(jsonMatcher(item)(odd)).toBe(false);
});

describe('names that are alike', () => {
  const isAlike = (key: string, name: string): boolean =>
    jsonMatcher(
      { '00100010': { vr: 'PN', Value: [key] } },
      { fuzzyNames: true },
    )({
      '00100010': { vr: 'PN', Value: [{ Alphabetic: name }] },
    });

  test.each([
    ['John Smith', 'Smith^John'],
    ['smi jo', 'Smith^John'],
    ['SMITH^JOHN', 'Smith^John'],
    ['Muller', 'Müller^Änne'],
    ['Mueller', 'Müller^Änne'],
    ['Smtih', 'Smith^John'],
    ['Smitth', 'Smith^John'],
    ['Smit', 'Smith^John'],
    ['Smyth', 'Smith^John'],
    ['Schmdit', 'Schmidt^Eva'],
    ['Ivanow', 'Ivanov^Ivan'],
    ['Smi*', 'Smith^John'],
    ['*ith*', 'Smith^John'],
    ['O Brien', "O'Brien^Mary Lou".replace("'", ' ')],
    ['Lou Mary', 'Brien^Mary Lou'],
  ])('%s is like %s', (key, name) => expect(isAlike(key, name)).toBe(true));

  test.each([
    ['Smythe', 'Smith^John'],
    ['Jane Smith', 'Smith^John'],
    ['mith', 'Smith^John'],
    ['Jhon', 'Smith^John'],
    ['*ith^Jane', 'Smith^John'],
    ['^', ''],
  ])('%s is not like %s', (key, name) => expect(isAlike(key, name)).toBe(name === ''));

  test('every literal match of a name stays one', () => {
    for (const key of ['Smith^John', 'smith^*', 'Sm?th^J*', '*^John'])
      expect(isAlike(key, 'Smith^John'), key).toBe(true);
  });
});

test('a key for dates, times or numbers that is none is told from one that is', () => {
  for (const key of ['20200131', '202001', '20200101-', '-2020', '20200101-20200131', '2020.01.31', '', '2019\\2020'])
    expect(isReadableKey('DA', key), key).toBe(true);
  for (const key of ['2020-01-31', 'yesterday', '*', '31.01.2020', '2020013'])
    expect(isReadableKey('DA', key), key).toBe(false);
  for (const key of ['09', '0915', '0915-', '09:15']) expect(isReadableKey('TM', key), key).toBe(true);
  for (const key of ['9', 'noon']) expect(isReadableKey('TM', key), key).toBe(false);
  for (const key of ['7', '07', '-1', '1.5', '1e3']) expect(isReadableKey('IS', key), key).toBe(true);
  for (const key of ['seven', '1-2', '9'.repeat(40)]) expect(isReadableKey('US', key), key).toBe(false);
  expect(isReadableKey('LO', 'anything')).toBe(true);
});
