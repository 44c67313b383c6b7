import { expect, test } from 'vitest';
import { instanceUids, number, numbers, parseFile, tags, text, texts } from './index.ts';
import { codeOf, concat, element, explicitBe, implicitLe, item, part10, u16, u32, uid } from './part10.fixture.ts';
import { workedMs } from './worked.fixture.ts';

const read = (...elements: Uint8Array[]) => parseFile(part10(uid.explicit, ...elements)).dataset;

test('padding goes: trailing everywhere, leading where it means nothing', () => {
  const ds = read(
    element(tags.Modality, 'CS', ' CT '),
    element(tags.SOPInstanceUID, 'UI', '1.2.3'),
    element(tags.PatientComments, 'LT', '  indented  '),
    element(tags.ImageType, 'CS', 'ORIGINAL\\ PRIMARY \\\\X'),
  );
  expect(text(ds, tags.Modality)).toBe('CT');
  expect(text(ds, tags.SOPInstanceUID)).toBe('1.2.3');
  expect(text(ds, tags.PatientComments)).toBe('  indented');
  expect(texts(ds, tags.ImageType)).toEqual(['ORIGINAL', 'PRIMARY', '', 'X']);
});

test('absent, empty and blank elements have no text', () => {
  const ds = read(element(tags.PatientID, 'LO', ''), element(tags.PatientName, 'PN', '  '));
  for (const tag of [tags.PatientID, tags.PatientName, tags.StudyID]) {
    expect(text(ds, tag)).toBeUndefined();
    expect(texts(ds, tag)).toEqual([]);
    expect(number(ds, tag)).toBeUndefined();
  }
});

test('numbers of every VR, in both byte orders', () => {
  const floats = new DataView(new ArrayBuffer(8));
  floats.setFloat64(0, 1.5, true);
  const ds = read(
    element(tags.Rows, 'US', concat(u16(1), u16(65535))),
    element(tags.WindowCenter, 'DS', '40.5\\-1e2\\ 7 \\x'),
    element(tags.InstanceNumber, 'IS', '+012'),
    element(0x00186020, 'SL', u32(0xffffffff)),
    element(0x00189073, 'FD', new Uint8Array(floats.buffer)),
    element(0x00280009, 'AT', concat(u16(0x18), u16(0x1063))),
  );
  expect(numbers(ds, tags.Rows)).toEqual([1, 65535]);
  expect(numbers(ds, tags.WindowCenter)).toEqual([40.5, -100, 7, Number.NaN]);
  expect(number(ds, tags.InstanceNumber)).toBe(12);
  expect(numbers(ds, 0x00186020)).toEqual([-1]);
  expect(numbers(ds, 0x00189073)).toEqual([1.5]);
  expect(numbers(ds, 0x00280009)).toEqual([0x00181063]);
  const big = parseFile(part10(uid.bigEndian, element(tags.Rows, 'US', u16(258, explicitBe), explicitBe))).dataset;
  expect(number(big, tags.Rows)).toBe(258);
});

test('UN is read as what the dictionary knows, sequences have no text', () => {
  const ds = read(element(tags.PatientID, 'UN', 'abc'), element(0x00081140, 'SQ', item(new Uint8Array(0))));
  expect(text(ds, tags.PatientID)).toBe('abc');
  expect(texts(ds, 0x00081140)).toEqual([]);
});

test('a value of a hundred million delimiters is refused, not read', () => {
  const bytes = part10(
    uid.implicit,
    element(tags.PatientID, 'LO', new Uint8Array(100 * 1024 * 1024).fill(0x5c), implicitLe),
  );
  const { dataset } = parseFile(bytes);
  const from = workedMs();
  for (const reads of [text, texts, numbers, number])
    expect(codeOf(() => reads(dataset, tags.PatientID))).toBe('DICOM_TOO_MANY_VALUES');
  expect(codeOf(() => instanceUids(dataset))).toBe('DICOM_UID_MISSING');
  expect(workedMs() - from).toBeLessThan(2_000);
});

test('the first number of a long table costs no more than one', () => {
  const table = element(0x00281201, 'OW', new Uint8Array(100 * 1024 * 1024).fill(7));
  const { dataset } = parseFile(part10(uid.explicit, table));
  const from = workedMs();
  expect(number(dataset, 0x00281201)).toBe(0x0707);
  expect(workedMs() - from).toBeLessThan(50);
  expect(codeOf(() => numbers(dataset, 0x00281201))).toBe('DICOM_TOO_MANY_VALUES');
});

test('a decimal beyond what a number can hold is no number', () => {
  const ds = read(element(tags.InstanceNumber, 'IS', '9e9999'), element(tags.WindowCenter, 'DS', '-1e400'));
  expect(number(ds, tags.InstanceNumber)).toBeUndefined();
  expect(number(ds, tags.WindowCenter)).toBeUndefined();
});
