import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PixelsError } from '@symbolon/pixels';
import { checkoutRoot, peerTest } from '@symbolon/testbed';
import { afterAll, expect, test } from 'vitest';
import { type OpenFile, openFile } from '../../packages/pixels/src/open-file.fixture.ts';
import { withTables } from '../dicom/corpus-page.ts';
import { files, withCorpus } from '../dicom/real-files.ts';
import { compareValues } from './compare-values.ts';
import { isKnown, knownValueDifferences, refusedPictures } from './known-value-differences.ts';
import { decoders, decodeWith, type Outcome, type Tool, tools } from './other-decoders.ts';
import { sha1, valuesOf } from './our-values.ts';
import { type Compared, refusedPicturesTable, valueDifferenceTable, valuesTable } from './values-page.ts';

const page = join(checkoutRoot, 'docs/formats/corpus.md');
const drill = process.env.SYMBOLON_DRILL === '1';
const folder = mkdtempSync(join(tmpdir(), 'pixels-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of each file that opens: what each toolkit made of it, against ours. */
const compared: Compared[] = [];

/** The picture of a file; undefined where its header cannot be read or describes none. Each frame is decoded once. */
async function pictureIn(path: string): Promise<OpenFile | undefined> {
  const file = await openFile(readFileSync(path)).catch((error: { code?: string }) => {
    if (error instanceof PixelsError && error.code !== 'PIXELS_MISSING') throw error;
    return undefined;
  });
  if (file === undefined) return undefined;
  const decoded = new Map<number, ReturnType<OpenFile['frame']>>();
  const frame = (at: number) => {
    const known = decoded.get(at) ?? file.frame(at);
    decoded.set(at, known);
    return known;
  };
  return { ...file, frame };
}

const pathOf = (name: string): string => files.find((file) => file.name === name)!.path;
const here = (name: string): boolean => files.some((file) => file.name === name);

async function shaOf(name: string): Promise<string[]> {
  const file = await openFile(readFileSync(pathOf(name)));
  const ends = [0, file.frames - 1].map((at) => file.frame(at));
  return (await Promise.all(ends)).map((frame) => sha1(valuesOf(frame)));
}

// A machine may have neither the corpus nor Debian's pydicom.
const none = files.length === 0 && process.env.CI !== 'true';

test.skipIf(none)('every picture of the real files is decoded, but for those known to be damaged', async () => {
  let decoded = 0;
  const refused: Record<string, string> = {};
  for (const { name, path } of files) {
    try {
      const file = await pictureIn(path);
      if (file === undefined) continue;
      await file.frame(0);
      decoded += 1;
    } catch (error) {
      if (!(error instanceof PixelsError)) throw error;
      refused[name] = error.code;
    }
  }
  const known = Object.entries(refusedPictures).filter(([name]) => here(name));
  expect(refused).toEqual(Object.fromEntries(known.map(([name, { code }]) => [name, code])));
  expect(decoded).toBeGreaterThan(withCorpus ? 650 : 70);
});

peerTest(
  'first, middle and last frame have the values that DCMTK, GDCM and pydicom make of them, known differences apart',
  decoders,
  async () => {
    const paths = files.map(({ path }) => path);
    const told = new Map<Tool, Outcome[]>();
    await Promise.all(tools.map(async (tool) => told.set(tool, await decodeWith(tool, paths, folder))));
    const alone: string[] = [];
    for (const [index, { name, path }] of files.entries()) {
      const file = await pictureIn(path).catch(() => undefined);
      if (file === undefined || name in refusedPictures) continue;
      const ofFile: Compared[] = [];
      for (const tool of tools) {
        const outcome = told.get(tool)![index]!;
        ofFile.push({ file: name, tool, comparison: await compareValues(name, tool, file, outcome, folder) });
      }
      compared.push(...ofFile);
      if (ofFile.every(({ comparison }) => comparison.kind === 'refused')) alone.push(name);
    }
    const different = compared.flatMap(({ comparison }) =>
      comparison.kind === 'different' ? [comparison.difference] : [],
    );
    expect(different.filter((one) => !knownValueDifferences.some((known) => isKnown(known, one)))).toEqual([]);
    // What nobody else here decodes: Deflated Image Frame, HTJ2K, and single bits in RLE.
    expect(alone).toEqual(nobodyElse.filter(here));
    const equal = compared.filter(({ comparison }) => comparison.kind === 'equal').length;
    expect(equal).toBeGreaterThan(withCorpus ? 1200 : 150);
  },
  300_000,
);

const nobodyElse = [
  'pydicom-data/HTJ2K_08_RGB.dcm',
  'pydicom-data/liver_deflate.dcm',
  'pydicom-data/liver_nonbyte_aligned_rle.dcm',
  'pydicom-data/liver_rle.dcm',
];

const twins = [
  ...knownValueDifferences.flatMap(({ files: each }) =>
    Object.entries(each).flatMap(([name, shown]) => (shown === 'rgb of theirs' ? [] : [[name, shown.twin] as const])),
  ),
  ['pydicom-data/liver_deflate.dcm', 'pydicom-data/liver_j2k.dcm'],
  ['pydicom-data/liver_rle.dcm', 'pydicom-data/liver_deflate.dcm'],
  ['pydicom-data/liver_nonbyte_aligned_rle.dcm', 'pydicom-data/liver_nonbyte_aligned.dcm'],
  ['pydicom/test_files/MR_small_jp2klossless.dcm', 'pydicom/test_files/MR_small.dcm'],
  ['pydicom/test_files/MR_small_jpeg_ls_lossless.dcm', 'pydicom/test_files/MR_small.dcm'],
  ['pydicom/test_files/MR_small_RLE.dcm', 'pydicom/test_files/MR_small.dcm'],
] as const;

test.each(twins.filter((pair) => pair.every(here)))('%s has the values of %s', async (one, other) => {
  expect(await shaOf(one)).toEqual(await shaOf(other));
});

/** WG04's pictures, each uncompressed and in every lossless form of its time. */
const originals = files.filter(({ name }) => name.startsWith('dicom-test-files/WG04/RLE/'));
if (originals.length > 0)
  test('JPEG, JPEG-LS and JPEG 2000 without loss give the pictures of WG04 back', async () => {
    let forms = 0;
    for (const { name } of originals) {
      const picture = name.split('/').at(-1)!.replace('_RLE', '');
      const expected = await shaOf(name);
      for (const form of ['J2KR', 'JLSL', 'JPLL']) {
        const other = `dicom-test-files/WG04/${form}/${picture}_${form}`;
        if (!here(other)) continue;
        expect(await shaOf(other), other).toEqual(expected);
        forms += 1;
      }
    }
    expect(forms).toBeGreaterThan(10);
  });

if (withCorpus)
  test('docs/formats/corpus.md says so, counts included, and names nothing that is gone', async (context) => {
    if (compared.length === 0) return context.skip('a toolkit is missing');
    // Which has more native files than an ordinary run.
    if (drill) return context.skip('the page has the counts of an ordinary run');
    const different = compared.flatMap(({ comparison }) =>
      comparison.kind === 'different' ? [comparison.difference] : [],
    );
    const gone = knownValueDifferences.flatMap((known) =>
      Object.keys(known.files).filter((name) => !different.some((one) => one.file === name && isKnown(known, one))),
    );
    expect(gone).toEqual([]);
    const tables = {
      'Pixel values': valuesTable(compared),
      'Pixel values that differ': valueDifferenceTable(different),
      'Pictures that are refused': refusedPicturesTable(),
    };
    // `vitest run conformance/pixels/ -u` puts today's tables in; what they then say is for a person to judge.
    await expect(withTables(readFileSync(page, 'utf8'), tables)).toMatchFileSnapshot(page);
  });
