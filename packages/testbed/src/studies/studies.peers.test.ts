import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { peerTest } from '../peers/require-peer.ts';
import { brokenFiles } from './broken.ts';
import { colourStudy } from './colour.ts';
import { ctStudy } from './ct.ts';
import { exoticFiles } from './exotic.ts';
import { multiframeStudy } from './multiframe.ts';
import { plantedStudy } from './planted.ts';
import type { SyntheticFile } from './synthetic-file.ts';

const dcmdump = { command: 'dcmdump', package: 'dcmtk' };
const folder = mkdtempSync(join(tmpdir(), 'testbed-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Under plain names: how peers cope with odd ones is not what is tested here. */
function written(
  under: string,
  files: Iterable<{ name: string; bytes: Uint8Array }>,
): { name: string; path: string }[] {
  mkdirSync(join(folder, under), { recursive: true });
  return [...files].map(({ name, bytes }, index) => {
    const path = join(folder, under, `${index}.dcm`);
    writeFileSync(path, bytes);
    return { name, path };
  });
}

const ct = () => ctStudy({ seed: 5, slices: 2 });
const valid: Record<string, () => Iterable<SyntheticFile>> = {
  ct,
  colour: () => colourStudy({ seed: 5 }),
  multiframe: () => multiframeStudy({ seed: 5 }),
  exotic: () => exoticFiles(5),
  planted: () => plantedStudy(5, ['Wiesengrundstück']).files,
};

for (const [kind, generate] of Object.entries(valid)) {
  peerTest(`dcmdump and dcmftest take every ${kind} file without a warning`, dcmdump, () => {
    for (const { name, path } of written(kind, generate())) {
      const dump = spawnSync('dcmdump', ['-q', path], { encoding: 'utf8', maxBuffer: 1 << 26 });
      expect({ name, status: dump.status, said: dump.stderr }).toEqual({ name, status: 0, said: '' });
      expect(execFileSync('dcmftest', [path], { encoding: 'utf8' })).toMatch(/^yes/);
    }
  });
}

peerTest('dcmdump refuses every broken file, but for those that say why not', dcmdump, () => {
  for (const [index, { path }] of written('broken', brokenFiles(5)).entries()) {
    const { name, dcmdumpTakesIt } = brokenFiles(5)[index]!;
    const { status } = spawnSync('dcmdump', ['-q', path]);
    expect({ name, taken: status === 0 }).toEqual({ name, taken: dcmdumpTakesIt !== undefined });
  }
});

peerTest('dciodvfy finds no error in the plain CT', { command: 'dciodvfy', package: 'dicom3tools' }, () => {
  for (const { path } of written('ct', ct())) {
    const { stderr } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
    expect(stderr).toContain('CTImage');
    expect(stderr).not.toMatch(/^Error/m);
  }
});

peerTest('JPEG-LS takes about a third of a CT slice', { command: 'dcmcjpls', package: 'dcmtk' }, () => {
  const [slice] = written('ct', ct());
  const out = join(folder, 'jpegls.dcm');
  execFileSync('dcmcjpls', [slice!.path, out]);
  const count = (path: string) => Number(execFileSync('stat', ['-c', '%s', path], { encoding: 'utf8' }));
  const ratio = count(slice!.path) / count(out);
  expect(ratio).toBeGreaterThan(2.5);
  expect(ratio).toBeLessThan(3.5);
});

peerTest(
  'our lossless JPEG frames decode to the same pixels as our RLE ones',
  { command: 'dcmdjpeg', package: 'dcmtk' },
  () => {
    const pixels = (quirk: string, decoder: string) => {
      const file = exoticFiles(5).find((exotic) => exotic.quirk === quirk)!;
      const { path } = written(`decoded ${decoder}`, [file])[0]!;
      execFileSync(decoder, [path, `${path}.out`]);
      // The raw values go to files beside, one for each pixel data element.
      execFileSync('dcmdump', ['-q', '+W', join(folder, `decoded ${decoder}`), `${path}.out`]);
      return execFileSync('sha256sum', [`${path}.out.0.raw`], { encoding: 'utf8' }).slice(0, 64);
    };
    const rle = pixels('RLE with basic offset table', 'dcmdrle');
    expect(pixels('JPEG lossless in many fragments, empty offset table', 'dcmdjpeg')).toBe(rle);
    expect(pixels('JPEG lossless in many fragments, basic offset table', 'dcmdjpeg')).toBe(rle);
  },
);

const python = {
  command: '/usr/bin/python3',
  package: 'python3-pydicom python3-numpy',
  probe: ['-c', 'import pydicom, numpy'],
};
const reads = `
import json, sys, warnings
warnings.simplefilter('ignore')
import pydicom
for path in sys.stdin.read().split('\\n'):
    d = pydicom.dcmread(path)
    size = None
    if any(k in d and d[k].value for k in ('PixelData', 'FloatPixelData', 'DoubleFloatPixelData')):
        if not d.file_meta.TransferSyntaxUID.startswith('1.2.840.10008.1.2.4.'):
            size = list(d.pixel_array.shape)
    print(json.dumps([path.split('/')[-1], str(d.get('PatientName')), size]))
`;

peerTest('pydicom reads the names, and the pixels of every file but JPEG', python, (path) => {
  const exotic = exoticFiles(5);
  const paths = [...written('exotic', exotic), ...written('ct', ct())].map((file) => file.path);
  const said = execFileSync(path, ['-c', reads], { encoding: 'utf8', input: paths.join('\n') });
  const rows = said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, string, number[] | null]);
  expect(rows.map(([name]) => name)).toEqual(paths.map((path) => basename(path)));
  expect(rows.filter(([, , size]) => size !== null).length).toBeGreaterThan(35);
  exotic.forEach(({ patientName, quirk }, index) => {
    // pydicom 2.3 leaves the escapes of ISO 2022 IR 58 where a name has them in each component.
    if (patientName === undefined || quirk.includes('IR 58')) return;
    expect(rows[index]![1]).toBe(patientName.replace(/=$/, ''));
  });
});
