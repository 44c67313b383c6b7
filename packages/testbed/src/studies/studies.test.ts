import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brokenFiles } from './broken.ts';
import { colourStudy } from './colour.ts';
import { ctStudy } from './ct.ts';
import { exoticFiles } from './exotic.ts';
import { writeFolder } from './folder.ts';
import { hostileFileNames, hostileLines, hostileStudy, hostileTexts } from './hostile-text.ts';
import { multiframeStudy } from './multiframe.ts';
import { plantedStudy } from './planted.ts';
import type { SyntheticFile } from './synthetic-file.ts';

const generators: Record<string, (seed: number) => Iterable<SyntheticFile>> = {
  ctStudy: (seed) => ctStudy({ seed, slices: 2, series: 2, rows: 64, columns: 64 }),
  multiframeStudy: (seed) => multiframeStudy({ seed, frames: 3, rows: 32, columns: 32 }),
  colourStudy: (seed) => colourStudy({ seed, rows: 16, columns: 17 }),
  exoticFiles,
  hostileStudy,
  plantedStudy: (seed) => plantedStudy(seed, ['Zwölfton']).files,
};

const fingerprint = (files: Iterable<{ name: string; bytes: Uint8Array }>) =>
  [...files].map(({ name, bytes }) => `${name} ${createHash('sha256').update(bytes).digest('hex')}`);

for (const [name, generate] of Object.entries(generators)) {
  test(`${name}: the same seed gives the same bytes, another seed other ones`, () => {
    const first = fingerprint(generate(7));
    expect(fingerprint(generate(7))).toEqual(first);
    expect(new Set([...first, ...fingerprint(generate(8))]).size).toBe(2 * first.length);
  });

  test(`${name}: instances, names and UIDs are each other's only once, and valid`, () => {
    const files = [...generate(7)];
    expect(new Set(files.map((file) => file.sopInstanceUid)).size).toBe(files.length);
    expect(new Set(files.map((file) => file.name)).size).toBe(files.length);
    for (const uid of files.flatMap((file) => [file.sopInstanceUid, file.seriesInstanceUid, file.studyInstanceUid])) {
      expect(uid).toMatch(/^2\.25\.[1-9][0-9]{30,38}$/);
    }
  });
}

test('brokenFiles: the same seed gives the same bytes', () => {
  expect(fingerprint(brokenFiles(7))).toEqual(fingerprint(brokenFiles(7)));
});

test('hostile texts name themselves, and are cut to what a form and a file system take', () => {
  for (const [at, text] of hostileTexts.entries()) expect(text).toContain(`__hostile(${at})`);
  for (const line of hostileLines(100)) expect(line).toMatch(/^\P{Cc}{1,100}$/u);
  for (const name of hostileFileNames) {
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name).not.toMatch(/[/\0]/);
  }
  expect(new Set(hostileFileNames).size).toBe(hostileTexts.length);
});

test('a CT study is made one file at a time', () => {
  const study = ctStudy({ seed: 1, slices: 1_000_000, rows: 8, columns: 8 });
  expect(study.next().value?.name).toBe('IM0001');
  study.return(undefined);
});

test('the name of a patient in a character set of its own leaves the other text ASCII', () => {
  const bytes = Uint8Array.of(0xfb, 0xf3);
  const [file] = ctStudy({
    seed: 1,
    slices: 1,
    rows: 8,
    columns: 8,
    person: { patientName: { bytes, charset: '\\ISO 2022 IR 149' }, studyDescription: 'Größe' },
  });
  expect(Buffer.from(file!.bytes).includes('Groe')).toBe(true);
});

test('a folder is written deep, with other files among ours, and none outside of it', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'testbed-'));
  try {
    const files = [...ctStudy({ seed: 2, slices: 13, rows: 8, columns: 8 }), ...brokenFiles(2)];
    await writeFolder(dir, files);
    for (const file of files) expect(Buffer.compare(await readFile(join(dir, file.name)), file.bytes)).toBe(0);
    expect((await readdir(dir, { recursive: true })).length).toBeGreaterThan(files.length + 10);
    await expect(writeFolder(dir, [{ name: '../out', bytes: new Uint8Array() }])).rejects.toThrow('out of the folder');
  } finally {
    await rm(dir, { recursive: true });
  }
});
