import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerTest, realFiles } from '@symbolon/testbed';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Site, startSite, storeAnswer, value } from '../dicomweb-client.ts';

let site: Site;
const folder = mkdtempSync(join(tmpdir(), 'pydicom-'));
beforeAll(async () => {
  site = await startSite();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await site.exchange.dispose();
});

const pydicom = { command: '/usr/bin/python3', package: 'python3-pydicom', probe: ['-c', 'import pydicom'] };
const script = join(import.meta.dirname, 'requests_of_pydicom.py');
type Said = string | string[] | null;

function ask(python: string, lines: readonly string[]): Said[] {
  const { stdout, stderr } = spawnSync(python, [script, folder], { input: lines.join('\n'), maxBuffer: 2 ** 26 });
  expect(stderr.toString()).toBe('');
  return JSON.parse(stdout.toString()) as Said[];
}

peerTest(
  'files by many hands, sent as metadata and bulk data, hold every value that they held',
  pydicom,
  async (python) => {
    const files = realFiles().filter(({ source, path }) => source === 'pydicom' && readFileSync(path).length < 400_000);
    ask(
      python,
      files.map(({ path }, n) => `${n + 1}\t${path}\t`),
    );
    const refused: string[] = [];
    const made: { readonly n: number; readonly path: string; readonly name: string }[] = [];
    for (const [at, { path, name }] of files.entries()) {
      const body = join(folder, `${at + 1}.request`);
      if (!existsSync(body)) continue;
      const answer = await site.send(
        'POST',
        '/dicomweb/studies',
        { 'content-type': 'multipart/related; type="application/dicom+json"; boundary=b' },
        readFileSync(body),
      );
      const { failed, others } = storeAnswer(answer);
      for (const item of [...failed, ...others]) refused.push(`${name}: ${value(item, '00091005')}`);
      if (answer.status !== 200) continue;
      const root = `/dicomweb/studies/1.2.3.${at + 1}.2/series/1.2.3.${at + 1}.3/instances/1.2.3.${at + 1}.1`;
      const file = await site.get(root, { accept: 'application/dicom; transfer-syntax=*' });
      writeFileSync(join(folder, `${at + 1}.dcm`), file.body);
      made.push({ n: at + 1, path, name });
    }
    const said = ask(
      python,
      made.map(({ n, path }) => `${n}\t${path}\t${join(folder, `${n}.dcm`)}`),
    );
    const different = made.flatMap(({ name }, at) => (said[at]?.length === 0 ? [] : [`${name}: ${said[at]}`]));
    expect(refused).toEqual([]);
    // Values of odd length in the file, and DICOM has none: they came back padded.
    expect(different).toEqual(['test_files/nested_priv_SQ.dcm: (0001, 0001)']);
    expect(made.length).toBeGreaterThan(60);
  },
  120_000,
);
