import { expect, test } from 'vitest';
import { attributePath } from './attribute-path.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { wantedOf, within } from './included.ts';
import { parseSearch } from './query.ts';
import { termsOf } from './search-record.ts';
import { nextPage, warningHeader } from './search-send.ts';

test('an attribute is named by keyword or tag, alone or in its sequences, and in no other way', () => {
  expect(attributePath('PatientName')).toEqual(['00100010']);
  expect(attributePath('patientname')).toEqual(['00100010']);
  expect(attributePath('0020000d')).toEqual(['0020000D']);
  expect(attributePath('00091001')).toEqual(['00091001']);
  expect(attributePath('RequestAttributesSequence.00401001')).toEqual(['00400275', '00401001']);
  for (const name of [
    '',
    '.',
    'PatientName.',
    '.PatientName',
    'PatientName.PatientID',
    '001000',
    '0010001G',
    'x'.repeat(9999),
  ])
    expect(attributePath(name), name.slice(0, 20)).toBeUndefined();
  expect(attributePath(Array(9).fill('00400275').join('.'))).toBeUndefined();
});

test('a cursor that was given out is read again, and nothing else is', () => {
  const place = { study: { arrivedUs: '1763888888123456', id: '0a3d62c1-4f7e-4b8e-9d5f-0f6c7a1b2c3d' }, given: 7 };
  expect(readCursor(writeCursor(place))).toEqual(place);
  expect(readCursor(writeCursor({ given: 3 }))).toEqual({ given: 3 });
  const id = place.study.id;
  for (const text of [
    '',
    '1',
    '2.3',
    '1.x',
    '1.-1',
    `1.1..${id}`,
    `1.1.5.${id}x`,
    `1.1.5'.${id}`,
    `1.1.5.${id}.6`,
    '1.1.5.',
  ])
    expect(() => readCursor(Buffer.from(text).toString('base64url')), text).toThrow(/cursor/);
});

test('keys are read with their paths; what matches everything is none', () => {
  const { keys, warnings, include } = parseSearch(
    'PatientName=A*&StudyDate=&PatientID=*&00400275.00401001=x+y&ModalitiesInStudy=CT,MR&includefield=all,00080080&&x',
    'series',
  );
  expect(keys).toEqual([
    { path: ['00100010'], vr: 'PN', value: 'A*' },
    { path: ['00400275', '00401001'], vr: 'SH', value: 'x y' },
    { path: ['00080061'], vr: 'CS', value: 'CT\\MR' },
  ]);
  expect(include).toEqual([['00080080']]);
  expect(warnings).toEqual(['a parameter is not known and was ignored']);
});

test('UIDs that come as several parameters are one list', () => {
  expect(parseSearch('StudyInstanceUID=1.2,1.3&0020000D=1.4', 'study').keys).toEqual([
    { path: ['0020000D'], vr: 'UI', value: '1.2,1.3\\1.4' },
  ]);
});

test('a long key with wildcards says that they are none', () => {
  expect(parseSearch(`PatientName=${'a*'.repeat(1000)}`, 'study').warnings).toEqual([
    'a key of more than 1024 characters was compared without wildcards',
  ]);
});

test('of what is included each attribute is looked for where it is', () => {
  const wanted = wantedOf(
    [['00100010'], ['00080080'], ['00080060'], ['00201200'], ['00080062'], ['7FE00010']],
    'study',
  );
  expect([...wanted.kept.keys()]).toEqual(['00100010']);
  expect(wanted.inFiles).toEqual([['00080080']]);
  expect([wanted.patientCounts, wanted.sopClasses]).toEqual([true, true]);
  expect(wanted.warnings).toHaveLength(2);
});

test('of a sequence only what is asked for is given, whole where it is asked for whole', () => {
  const item = { '00400009': { vr: 'SH', Value: ['S'] }, '00401001': { vr: 'SH', Value: ['P'] } };
  const sequence = { vr: 'SQ', Value: [item, {}] };
  expect(within(sequence, [['00400275', '00401001']])).toEqual({
    vr: 'SQ',
    Value: [{ '00401001': item['00401001'] }, {}],
  });
  expect(within(sequence, [['00400275', '00401001'], ['00400275']])).toBe(sequence);
  expect(sequence.Value[0]).toBe(item);
});

test('however much was asked that cannot be done, its warnings fit into a head', () => {
  const asked = Array.from({ length: 500 }, (_, at) => `0010${(0x2000 + at).toString(16).toUpperCase()}=x`);
  const { warnings } = parseSearch(asked.join('&'), 'study');
  expect(new Set(warnings).size).toBeGreaterThan(400);
  const header = warningHeader(warnings);
  expect(header.length).toBeLessThan(2000);
  expect(header).toMatch(/"and \d+ more of what was asked was not done"$/);
  expect(warningHeader(['a', 'b', 'a'])).toBe('299 symbolon "a", 299 symbolon "b"');
});

test('a key that is asked twice is recorded twice: the second hides nothing', () => {
  const { keys } = parseSearch('PatientName=DOE*&PatientName=?*&StudyDate=20240101', 'study');
  expect(termsOf(keys)).toEqual([
    ['00100010', 'DOE*'],
    ['00100010 (2)', '?*'],
    ['00080020', '20240101'],
  ]);
});

test('the address of the next page asks the same again, from its place and with what is left of an offset', () => {
  const study = { arrivedUs: '1763888888123456', id: '0a3d62c1-4f7e-4b8e-9d5f-0f6c7a1b2c3d' };
  const asked = '/dicomweb/studies?PatientName=A*&offset=20000&limit=5&totalcount=true';
  const next = (page: { next?: { study: typeof study; given: number }; nextOffset?: number }) =>
    nextPage('https://x', asked, { warnings: [], ...page });
  const cursor = writeCursor({ study, given: 2 });
  const same = 'https://x/dicomweb/studies?PatientName=A*&limit=5';
  expect(next({})).toBeUndefined();
  expect(next({ next: { study, given: 2 } })).toBe(`${same}&cursor=${cursor}`);
  expect(next({ next: { study, given: 2 }, nextOffset: 7 })).toBe(`${same}&cursor=${cursor}&offset=7`);
  expect(next({ nextOffset: 25 })).toBe(`${same}&offset=25`);
});
