import { expect, test } from 'vitest';
import { codeOf } from '../part10.fixture.ts';
import { fileIdOf, isFileId, relativePath } from './file-id.ts';

test('names that we make are valid file IDs and count from one', () => {
  expect(fileIdOf(1, 2, 999_999)).toEqual(['ST000001', 'SE000002', 'IM999999']);
  expect(isFileId(fileIdOf(7, 8, 9))).toBe(true);
  for (const number of [0, 1_000_000, 1.5, Number.NaN])
    expect(codeOf(() => fileIdOf(1, 1, number))).toBe('DICOM_FILE_ID_INVALID');
});

test.each([
  [[], false],
  [['A'], true],
  [['ABCDEFGH', '0_9'], true],
  [['ABCDEFGHI'], false],
  [['abc'], false],
  [['A.DCM'], false],
  [[''], false],
  [Array.from({ length: 8 }, () => 'A'), true],
  [Array.from({ length: 9 }, () => 'A'), false],
])('%j as a file ID of ours: %s', (components, valid) => {
  expect(isFileId(components)).toBe(valid);
});

test('names that lead nowhere but below the set are paths, lower case and long ones too', () => {
  expect(relativePath(['IMAGES', 'im 1.dcm'])).toBe('IMAGES/im 1.dcm');
  expect(relativePath(['..a', '.hidden', 'a..b'])).toBe('..a/.hidden/a..b');
  expect(relativePath(['CONTRAST', 'COM0', 'NULL', 'A.NUL', ' CON'])).toBe('CONTRAST/COM0/NULL/A.NUL/ CON');
});

test.each([
  [[]],
  [['']],
  [['A', '', 'B']],
  [['.']],
  [['..', 'ETC']],
  [['A', '..']],
  [['.. ']],
  [['. .']],
  [['...']],
  [[' ']],
  [['\u00a0']],
  [['/etc/passwd']],
  [['A/../../B']],
  [['A\\B']],
  [['C:', 'X']],
  [['C:X']],
  [['FILE:stream']],
  [['A\0B']],
  [['A\nB']],
  [['A\u0085']],
  [['x'.repeat(256)]],
  [['NUL']],
  [['CON', 'IM1']],
  [['COM1.dcm']],
  [['lpt9.tar.gz']],
  [['COM¹']],
  [['AUX ']],
  [['PRN .txt']],
  [['CONIN$']],
  [['IM1.']],
  [['IM1 ', 'A']],
  [['IM1\u00a0']],
])('%j is no path', (components) => {
  expect(relativePath(components)).toBeUndefined();
});
