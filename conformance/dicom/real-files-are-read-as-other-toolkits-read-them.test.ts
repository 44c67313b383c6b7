import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot, peerTest } from '@symbolon/testbed';
import { describe, expect, test } from 'vitest';
import { compare, type Difference, type Tally, tally } from './compare.ts';
import { differenceTable, refusedTable, tallyTable, toolTable, warningTable, withTables } from './corpus-page.ts';
import { readWithDcmdump } from './dcmdump-reading.ts';
import { type KnownDifference, knownDifferences } from './known-differences.ts';
import { options, readFile, readWithOurs } from './our-reading.ts';
import { python, readWithPydicom } from './pydicom-reading.ts';
import type { Reading } from './reading.ts';
import { files, withCorpus } from './real-files.ts';
import { refusedFiles } from './refused-files.ts';

const page = join(checkoutRoot, 'docs/formats/corpus.md');

let readings: readonly Reading[] | undefined;
const ours = (): readonly Reading[] => {
  readings ??= files.map(({ path }) => readWithOurs(path));
  return readings;
};
type Tool = KnownDifference['tool'];
const found: Partial<Record<Tool, { readonly differences: readonly Difference[]; readonly tally: Tally }>> = {};

/** Fails on the first differences that nothing explains; keeps all of them for the page. */
function explain(tool: Tool, theirs: readonly Reading[]): void {
  const differences = files.flatMap(({ name }, index) => compare(name, tool, ours()[index]!, theirs[index]!));
  found[tool] = { differences, tally: tally(ours(), theirs) };
  const known = knownDifferences.filter((one) => one.tool === tool);
  const unknown = differences.filter((difference) => !known.some(({ is }) => is(difference)));
  expect(unknown.slice(0, 20), `${unknown.length} differences from ${tool} that known-differences.ts lacks`).toEqual(
    [],
  );
}

/** The codes with which a file is refused, as the default has it and with bare data sets accepted. */
function refusals(path: string): (string | undefined)[] {
  return (['refuse', 'accept'] as const).map((bare) => {
    const file = readFile(path, { ...options, bare });
    return typeof file === 'string' ? file : undefined;
  });
}

// A machine may have neither the corpus nor Debian's pydicom.
const none = files.length === 0 && process.env.CI !== 'true';
test.skipIf(none)('every real file is read, or refused for the reason that the table of refused files gives', () => {
  expect(files.length).toBeGreaterThan(withCorpus ? 700 : 100);
  const refused = files
    .map(({ name, path }) => [name, ...refusals(path)])
    .filter(([, ...codes]) => codes.some((code) => code !== undefined));
  const expected = refusedFiles
    .filter(({ name }) => files.some((file) => file.name === name))
    .map(({ name, code, bareToo }) => [name, code, bareToo]);
  expect(refused.sort()).toEqual(expected.sort());
});

const pydicomData = '/usr/lib/python3/dist-packages/pydicom/data';
test.skipIf(!existsSync(pydicomData) && process.env.CI !== 'true')(
  'what stands among pydicom’s files and is no DICOM is refused, even where a preamble is not asked for',
  () => {
    const dicom = new Set(files.map(({ name }) => name));
    const others = ['test_files', 'charset_files']
      .flatMap((folder) => globSync(`${folder}/**/*.*`, { cwd: pydicomData }))
      .filter((name) => !/\.pyc?$/.test(name) && !dicom.has(`pydicom/${name}`));
    expect(others.length).toBeGreaterThan(5);
    for (const name of others) {
      expect(refusals(join(pydicomData, name)), name).toEqual(['DICOM_PREAMBLE_MISSING', 'DICOM_PREAMBLE_MISSING']);
    }
  },
);

describe('element trees, value bytes, texts and JSON differ in what is known and in nothing else', () => {
  const dcmdump = { command: 'dcmdump', package: 'dcmtk' };
  peerTest('DCMTK', dcmdump, async () => explain('dcmdump', await readWithDcmdump(files.map(({ path }) => path))));

  const pydicom = { command: python, package: 'python3-pydicom', probe: ['-c', 'import pydicom'] };
  peerTest('pydicom', pydicom, async () => explain('pydicom', await readWithPydicom(files.map(({ path }) => path))));

  if (withCorpus)
    test('docs/formats/corpus.md says so, counts included, and names nothing that is gone', async (context) => {
      if (found.dcmdump === undefined || found.pydicom === undefined) return context.skip('a toolkit is missing');
      const byCause = new Map(knownDifferences.map((known) => [known, [] as Difference[]]));
      for (const difference of [...found.dcmdump.differences, ...found.pydicom.differences]) {
        const known = knownDifferences.find(({ tool, is }) => tool === difference.tool && is(difference));
        if (known !== undefined) byCause.get(known)!.push(difference);
      }
      expect([...byCause].filter(([, each]) => each.length === 0).map(([{ differs }]) => differs)).toEqual([]);

      const read = files.flatMap((file, index) => {
        const reading = ours()[index]!;
        return 'elements' in reading ? [{ file, warnings: reading.warnings ?? [] }] : [];
      });
      const said = read.flatMap(({ file, warnings }) => warnings.map((code) => ({ file: file.name, code })));
      const tables = {
        Refused: refusedTable(refusedFiles),
        'Read, with a warning': warningTable(said),
        'Read here, not everywhere': toolTable(read.map(({ file }) => file)),
        'How much is compared': tallyTable({ dcmdump: found.dcmdump.tally, pydicom: found.pydicom.tally }),
        'All differences': differenceTable(byCause),
      };
      // `vitest run conformance/dicom/ -u` puts today's tables in; what they then say is for a person to judge.
      await expect(withTables(readFileSync(page, 'utf8'), tables)).toMatchFileSnapshot(page);
    });
});
