import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { number, parseFile, tags, text } from '@symbolon/dicom';
import { cli, peerTest, realFiles } from '@symbolon/testbed';
import { afterAll, expect } from 'vitest';
import { withCorpus } from '../dicom/real-files.ts';
import { transcodedRows } from './transcoded-rows.ts';

/**
 * Files that nobody on this project wrote, brought by the command line into every transfer syntax that it knows, and read
 * by others: DCMTK, GDCM (with OpenJPEG for HTJ2K) and pydicom, all in one child process.
 */
const folder = mkdtempSync(join(tmpdir(), 'symbolon-transcoded-'));
afterAll(() => rmSync(folder, { recursive: true }));

const drill = process.env.SYMBOLON_DRILL === '1';
const targets = ['explicit', 'rle', 'jpeg-ls', 'jpeg-2000', 'htj2k', 'htj2k-rpcl'] as const;
const peers = {
  command: '/usr/bin/python3',
  package: 'python3-pydicom python3-numpy dcmtk libgdcm-tools',
  probe: [
    '-c',
    'import pydicom, numpy, shutil, sys; sys.exit(not all(map(shutil.which, ["dcmdjpls", "dcmdrle", "gdcmconv"])))',
  ],
};

/** Sources that a reader cannot read, each its own: floating point numbers, a stream without its end, and single bits in RLE. */
const unreadSources = [
  '1.2.840.10008.1.2.1 pydicom',
  '1.2.840.10008.1.2.4.80 dcmdjpls',
  '1.2.840.10008.1.2.5 dcmdrle',
  '1.2.840.10008.1.2.5 pydicom',
];

/** One file of each kind of picture, every one in the drill. */
function samples(): string[] {
  const found = new Map<string, string>();
  for (const { path, name } of realFiles()) {
    if (statSync(path).size > (drill ? 8e6 : 100_000)) continue;
    const kind = kindOf(path);
    const unique = drill ? name : kind;
    if (kind !== undefined && unique !== undefined && !found.has(unique)) found.set(unique, path);
  }
  return [...found.values()];
}

function kindOf(path: string): string | undefined {
  try {
    const { dataset: ds, transferSyntax, pixelElements } = parseFile(readFileSync(path));
    if (pixelElements.length !== 1) return undefined;
    const numbers = [tags.BitsAllocated, tags.PixelRepresentation, tags.SamplesPerPixel].map((tag) => number(ds, tag));
    const narrow = (number(ds, tags.BitsStored) ?? 0) < (number(ds, tags.BitsAllocated) ?? 0);
    return [transferSyntax, ...numbers, numbers[2] === 1 ? narrow : text(ds, tags.PhotometricInterpretation)].join(' ');
  } catch {
    return undefined;
  }
}

peerTest(
  'every kind of file, in every transfer syntax, has the pixels and the header that it had',
  peers,
  async (python) => {
    const sources = join(folder, 'sources');
    mkdirSync(sources);
    for (const [at, path] of samples().entries())
      copyFileSync(path, join(sources, `${String(at).padStart(4, '0')}.dcm`));
    const refused = new Map<string, string>();
    for (const target of targets) {
      const { code, stdout } = await cli(['transcode', sources, '--to', target, '--out', join(folder, target)], {
        timeoutMs: 1_800_000,
      });
      expect([0, 3]).toContain(code);
      for (const [, name, why] of stdout.matchAll(/^ {2}(\S+): (\w+):/gm)) refused.set(`${target} ${name}`, why!);
    }
    const rows = transcodedRows(
      execFileSync(
        python,
        [
          join(import.meta.dirname, 'compare_transcoded.py'),
          sources,
          ...targets.map((name) => `${name}=${join(folder, name)}`),
        ],
        { encoding: 'utf8', maxBuffer: 1 << 28 },
      ),
    );
    expect(rows.filter(({ dcmdump }) => !dcmdump)).toEqual([]);
    expect(rows.filter(({ header }) => header.length > 0)).toEqual([]);
    expect(rows.filter(({ unequal }) => unequal.length > 0)).toEqual([]);
    expect(rows.filter((row) => !row.photometricIsRight)).toEqual([]);
    expect([...refused].filter(([, why]) => why === 'PIXELS_TRANSCODING_FAILED')).toEqual([]);
    const unread = rows.flatMap((row) => Object.keys(row.unread).map((reader) => ({ ...row, reader })));
    // What is written here is read by every one of them. Of what was copied some cannot read the sources either.
    expect(unread.filter(({ copied }) => !copied)).toEqual([]);
    expect(rows.filter(({ copied, equal }) => !copied && equal.length === 0)).toEqual([]);
    const unreadHere = unread.map(({ from, reader }) => `${from} ${reader}`).sort();
    // Most of those are of the corpus.
    if (!drill) expect(unreadHere).toEqual(withCorpus ? unreadSources : unreadSources.slice(0, 1));
    const read = Map.groupBy(
      rows.filter(({ equal }) => equal.length > 0),
      ({ target }) => target,
    );
    for (const target of targets) expect(read.get(target)?.length ?? 0).toBeGreaterThan(withCorpus ? 15 : 5);
  },
  drill ? 3_600_000 : 300_000,
);
