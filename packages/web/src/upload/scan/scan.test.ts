import { createHash } from 'node:crypto';
import { brokenFiles, ctStudy, exoticFiles, multiframeStudy } from '@symbolon/testbed';
import { BlobWriter, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { expect, test } from 'vitest';
import type { Chosen } from '../messages.ts';
import { lookAtHead } from './look.ts';
import { Scan } from './scan.ts';

function chosen(path: string, bytes: Uint8Array | string, given = false): Chosen {
  return { file: new File([bytes as BlobPart], path.split('/').at(-1) ?? path), path, given };
}

async function scanned(...handfuls: readonly (readonly Chosen[])[]): Promise<Scan> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const scan = new Scan(resolve);
  for (const handful of handfuls) scan.add(handful);
  await promise;
  return scan;
}

function counts(scan: Scan): Record<string, number> {
  return Object.fromEntries(scan.left.groups().map(({ group, count }) => [group, count]));
}

const ct = [...ctStudy({ seed: 1, slices: 4, rows: 32, columns: 32, series: 2 })];

test('a CD is sorted into its study with the header’s facts, and every file has the SHA-256 of its bytes', async () => {
  const scan = await scanned(ct.map(({ name, bytes }) => chosen(`CD/${name}`, bytes)));
  const [study, ...others] = scan.studies.takeChanged();
  expect(others).toEqual([]);
  expect(study).toMatchObject({ known: true, series: 2, images: 8, modalities: ['CT'], mixed: false });
  expect(study?.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(study?.patient.name).not.toContain('^');
  const digests = ct.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
  expect(scan.items.map(({ sha256 }) => sha256).sort()).toEqual(digests.sort());
  expect([scan.files, scan.ofFiles]).toEqual([8, 8]);
});

test('what is added while a scan runs is looked at too, and a copy of what is there is counted once', async () => {
  const files = ct.map(({ name, bytes }) => chosen(`CD/${name}`, bytes));
  const scan = await scanned(files, files);
  expect(scan.items).toHaveLength(8);
  expect(counts(scan)).toEqual({ copy: 8 });
});

test('holiday photos, notes of the system, a table of contents and a receipt are told apart', async () => {
  const scan = await scanned([
    ...Array.from({ length: 1000 }, (_, at) => chosen(`Italy/IMG_${at}.jpg`, 'ÿØÿà JFIF')),
    chosen('CD/.DS_Store', 'Bud1'),
    chosen('CD/Thumbs.db', 'x'),
    chosen('CD/receipt.json', '{\n "statement": {\n  "format": "symbolon-receipt/1"'),
  ]);
  expect(scan.items).toEqual([]);
  expect(counts(scan)).toEqual({ 'not dicom': 1000, 'hidden file': 2, receipt: 1 });
  expect(scan.left.groups()[0]?.example).toMatch(/^Italy\/IMG_\d+\.jpg$/);
});

test('no broken file is sent that the exchange would not take, and each says why in its words', async () => {
  const broken = brokenFiles(7);
  const scan = await scanned(broken.map(({ name, bytes }) => chosen(`b/${name}`, bytes)));
  // Readers take the length of the meta group from the group itself.
  expect(scan.items.map(({ source }) => source.path)).toEqual(['b/meta group length that lies.dcm']);
  const cut = scan.left.list('cut short', 0).map(({ path }) => path);
  expect(cut).toContain('b/one byte short.dcm');
  expect(cut).toContain('b/cut in the pixel data.dcm');
  expect(scan.left.list('uid wrong', 0).map(({ code }) => code)).toContain('DICOM_UID_INVALID');
  expect(scan.left.list('not dicom', 0).map(({ path }) => path)).toContain('b/photo.jpg');
  const all = scan.left.groups().reduce((sum, { count }) => sum + count, 0);
  expect(all).toBe(broken.length - 1);
});

test('every exotic file of the testbed is found to be an image, deflated ones with their facts', async () => {
  const exotic = [...exoticFiles(3)];
  const scan = await scanned(exotic.map(({ name, bytes }) => chosen(name, bytes)));
  expect(scan.items).toHaveLength(exotic.length);
  expect(scan.studies.takeChanged().filter(({ known }) => !known)).toEqual([]);
});

test('a zip chosen by itself is opened whatever its name, one in a folder by its ending, and one in a zip is named', async () => {
  const zip = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const { name, bytes } of ct) await zip.add(name, new Uint8ArrayReader(bytes));
  const inner = new Uint8Array(await (await zip.close()).arrayBuffer());
  const outer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  await outer.add('inner.zip', new Uint8ArrayReader(inner));
  const nested = new Uint8Array(await (await outer.close()).arrayBuffer());
  const scan = await scanned([
    chosen('download', inner, true),
    chosen('d/report.docx', inner),
    chosen('d/n.zip', nested),
  ]);
  expect(scan.items).toHaveLength(8);
  expect(scan.items[0]?.source.path).toMatch(/^download!\//);
  expect(counts(scan)).toEqual({ 'zip in zip': 1, 'not dicom': 1 });
  expect([scan.files, scan.ofFiles]).toEqual([10, 10]);
});

test('a large object is known by what stands before its pixel data, however little of it is at hand', () => {
  const [file] = [...multiframeStudy({ seed: 5, frames: 20, rows: 128, columns: 128 })];
  if (file === undefined) throw new Error('no file');
  const content = lookAtHead(file.bytes.subarray(0, 40_000));
  expect(content.kind === 'instance' && content.facts?.studyUid).toMatch(/^[\d.]+$/);
});

test('a file that vanished after it was chosen is named, and the others go on', async () => {
  const gone = chosen('CD/gone', new Uint8Array(200));
  const vanished = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
  Object.assign(gone.file, { arrayBuffer: vanished, slice: () => ({ arrayBuffer: vanished }) });
  const scan = await scanned([gone, ...ct.map(({ name, bytes }) => chosen(name, bytes))]);
  expect(scan.items).toHaveLength(8);
  expect(counts(scan)).toEqual({ changed: 1 });
});

test('a scan that is stopped keeps what it has seen and ends', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const scan = new Scan(resolve);
  scan.add(Array.from({ length: 500 }, (_, at) => chosen(`${at}.jpg`, 'x')));
  scan.stop();
  await promise;
  expect(scan.stopped).toBe(true);
  expect(scan.files).toBeLessThan(20);
});
