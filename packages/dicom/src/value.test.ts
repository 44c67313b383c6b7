import { expect, test } from 'vitest';
import { number, numbers, parseFile, tags, text, texts } from './index.ts';
import { concat, element, explicitBe, item, part10, u16, u32, uid } from './part10.fixture.ts';

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
