import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { deflateRawSync } from 'node:zlib';
import { type DicomJson, fileIdOf, mediaFiles, parseFile, readMediaDirectory, writeFile } from '@symbolon/dicom';
import { expect, test } from 'vitest';
import { ArchiveDirectory } from './archive-directory.ts';

const deflated = '1.2.840.10008.1.2.1.99';

/** A file without pixel data, whose identity half is all of it. */
function file(number: number, more: DicomJson = {}, transferSyntax?: string): Uint8Array {
  const json: DicomJson = {
    '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
    '00080018': { vr: 'UI', Value: [`1.2.3.${number}`] },
    '00100020': { vr: 'LO', Value: ['P1'] },
    '0020000D': { vr: 'UI', Value: ['1.2.1'] },
    '0020000E': { vr: 'UI', Value: ['1.2.2'] },
    ...more,
  };
  return writeFile(json, { ...(transferSyntax && { transferSyntax }), deflateRaw: (bytes) => deflateRawSync(bytes) });
}

const add = (directory: ArchiveDirectory, number: number, bytes: Uint8Array): void =>
  directory.add(fileIdOf(1, 1, number), bytes, { cuts: [], bytes: bytes.length });

test('of headers that each say another patient at length no more is kept than the limit, and then there is no DICOMDIR', () => {
  const directory = new ArchiveDirectory({ kept: 100_000 });
  const named = (number: number): DicomJson => ({ '00100020': { vr: 'LO', Value: [`${number}`.padEnd(1_000, 'x')] } });
  let taken = 0;
  while (directory.isWhole && taken < 1_000) add(directory, ++taken, file(taken, named(taken)));
  expect(directory.file).toBeUndefined();
  expect(taken).toBeGreaterThan(10);
  expect(taken).toBeLessThan(50);
});

test('as much as a hundred images take is kept within their share of it', async () => {
  const directory = new ArchiveDirectory({ kept: 100_000 });
  for (let number = 1; number <= 100; number += 1) add(directory, number, file(number));
  const bytes = await buffer(directory.file!.pieces);
  expect(bytes.length).toBe(directory.file!.bytes);
  expect([...mediaFiles(readMediaDirectory(parseFile(bytes)).records)]).toHaveLength(100);
});

test('what inflates to a thousand times its length is inflated a few times a zip; what inflates as images do, always', () => {
  const long = (text: string): DicomJson => ({ '0008010D': { vr: 'UT', Value: [text] } });
  const bomb = file(1, long('x'.repeat(1_000_000)), deflated);
  expect(bomb.length).toBeLessThan(4_000);
  const attacked = new ArchiveDirectory({ inflated: 2_500_000 });
  for (let time = 1; time <= 3; time += 1) {
    expect(attacked.isWhole).toBe(true);
    add(attacked, time, bomb);
  }
  expect(attacked.isWhole).toBe(false);

  const usual = file(1, long(randomBytes(500_000).toString('hex')), deflated);
  expect(usual.length).toBeLessThan(700_000);
  const honest = new ArchiveDirectory({ inflated: 0 });
  for (let number = 1; number <= 5; number += 1) add(honest, number, usual);
  expect(honest.isWhole).toBe(true);
});
