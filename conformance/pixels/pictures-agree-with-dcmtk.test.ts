import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PixelsError } from '@symbolon/pixels';
import { checkoutRoot, peerTest, type RealFile } from '@symbolon/testbed';
import { afterAll, expect, test } from 'vitest';
import { withTables } from '../dicom/corpus-page.ts';
import { files, withCorpus } from '../dicom/real-files.ts';
import { type Compared, comparePictures, openImage } from './compared-picture.ts';
import { knownPictures } from './known-pictures.ts';
import { differingTable, pictureTable } from './picture-page.ts';

const page = join(checkoutRoot, 'docs/formats/corpus.md');
const drill = process.env.SYMBOLON_DRILL !== undefined;
/** Larger files wait for the drill. */
const mostBytes = 8 * 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Every file in the drill. Else one of those that come from one project, are encoded alike and have the same rows, columns, bits
 * and colours, which mostly are slices of one series; and every file that is known to differ.
 */
async function chosenFiles(): Promise<readonly RealFile[]> {
  if (drill) return files;
  const known = new Set(knownPictures.flatMap((one) => one.files));
  const kinds = new Set<string>();
  const chosen: RealFile[] = [];
  for (const file of files) {
    if (statSync(file.path).size > mostBytes) continue;
    const image = await openImage(file.path);
    if (image === undefined) continue;
    const what = image instanceof PixelsError ? image.code : [image.model.format, image.model.palette !== undefined];
    const kind = JSON.stringify([file.name.split('/')[0], what]);
    if (known.has(file.name) || !kinds.has(kind)) chosen.push(file);
    kinds.add(kind);
  }
  return chosen;
}

/** Two at once: each waits for a child most of the time. */
async function compareAll(chosen: readonly RealFile[]): Promise<Compared[]> {
  const compared: Compared[][] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < chosen.length; at = next++)
      compared[at] = await comparePictures(folder, chosen[at]!.name, chosen[at]!.path);
  };
  await Promise.all([work(), work()]);
  return compared.flat();
}

const causeOf = ({ file, outcome }: Compared) =>
  knownPictures.find((known) => known.files.includes(file) && known.is(outcome));

let found: readonly Compared[] | undefined;

peerTest(
  'every real image is shown as DCMTK shows it, on average to one level and everywhere to three, but for what is known',
  { command: 'dcmj2pnm', package: 'dcmtk' },
  async () => {
    found = await compareAll(await chosenFiles());
    const near = found.filter(({ outcome }) => outcome.kind === 'near');
    expect(near.length).toBeGreaterThan(withCorpus ? (drill ? 600 : 60) : 30);
    const unknown = found.filter((one) => one.outcome.kind !== 'near' && causeOf(one) === undefined);
    expect(unknown, 'differences that known-pictures.ts lacks').toEqual([]);
  },
  600_000,
);

if (withCorpus)
  test('docs/formats/corpus.md says so, in the drill with all counts', async (context) => {
    if (found === undefined) return context.skip('DCMTK is missing');
    const byCause = new Map(knownPictures.map((known) => [known, new Set<string>()]));
    for (const one of found) if (one.outcome.kind !== 'near') byCause.get(causeOf(one)!)?.add(one.file);
    const tables = {
      ...(drill ? { Pictures: pictureTable(found) } : {}),
      'Pictures that differ': differingTable(byCause),
    };
    // `SYMBOLON_DRILL=1 vitest run conformance/pixels/ -u` puts today's tables in; what they then say is for a person to judge.
    await expect(withTables(readFileSync(page, 'utf8'), tables)).toMatchFileSnapshot(page);
  });
