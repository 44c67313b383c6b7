import { expect, test } from 'vitest';
import { csvCell, csvFile } from './csv.ts';

test.each([
  ['plain.dcm', 'plain.dcm'],
  ['=HYPERLINK("http://evil")', '"\'=HYPERLINK(""http://evil"")"'],
  ['+1', '"\'+1"'],
  ['-1', '"\'-1"'],
  ['@SUM(A1)', '"\'@SUM(A1)"'],
  ['\tcmd', '"\'\tcmd"'],
  ['\rcmd', '"\'\rcmd"'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['two\nlines', '"two\nlines"'],
  ['a=b', 'a=b'],
])('the cell %j is written as %j', (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});

test('a list of 25,000 files has a line each, and a byte order mark', async () => {
  const entries = Array.from({ length: 25_000 }, (_, at) => ({ path: `${at}.jpg`, code: 'NOT_DICOM', reason: 'a, b' }));
  const bytes = new Uint8Array(await csvFile(entries).arrayBuffer());
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const lines = new TextDecoder().decode(bytes).split('\r\n');
  expect(lines).toHaveLength(25_002);
  expect(lines[0]).toBe('file,code,reason,sha256');
  expect(lines[25_000]).toBe('24999.jpg,NOT_DICOM,"a, b",');
});
