import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerTest, realFiles } from '@symbolon/testbed';
import { afterAll, expect } from 'vitest';
import { type OpenFile, openFile } from '../open-file.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'pixels-dcm2pnm-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The grey levels of a PGM in text: kind, width, height and greatest level come first. */
const levelsOf = (pgm: string): Uint8Array => Uint8Array.from(pgm.trim().split(/\s+/).slice(4), Number);

/** Native and RLE files of one frame in grey; what DCMTK and we do about the other kinds is in the decoders' tests. */
async function grey(path: string): Promise<OpenFile | undefined> {
  const file = await openFile(readFileSync(path)).catch(() => undefined);
  if (file?.frames !== 1 || file.model.colour || file.model.format.bitsAllocated > 16) return undefined;
  return /\.(1|1\.\d+|2|5)$/.test(file.transferSyntax.slice('1.2.840.10008.1'.length)) ? file : undefined;
}

peerTest(
  'windows of the header and others give the grey levels that DCMTK gives, to one',
  { command: 'dcm2pnm', package: 'dcmtk' },
  async (dcm2pnm) => {
    let compared = 0;
    const far: string[] = [];
    for (const { path, name } of realFiles().filter(({ source }) => source === 'pydicom')) {
      const file = await grey(path);
      if (!file) continue;
      const [own] = file.model.transforms.distinct[0]!.windows;
      const windows = [{ center: 40, width: 400 }, { center: 600, width: 1200 }, { center: 128, width: 1 }, own];
      for (const window of windows) {
        if (!window || window.width < 1) continue;
        const out = join(folder, 'out.pgm');
        const how = ['+Ww', String(window.center), String(window.width)];
        try {
          execFileSync(dcm2pnm, ['-q', '-O', ...how, '+opb', path, out], { stdio: 'pipe' });
        } catch {
          continue;
        }
        const theirs = levelsOf(readFileSync(out, 'latin1'));
        const { pixels } = await file.show(0, { window });
        const padding = file.model.padding !== undefined;
        const apart = pixels.reduce((most, level, at) => Math.max(most, Math.abs(level - theirs[at]!)), 0);
        compared += 1;
        // Padding is black here, and a value like others there.
        if (pixels.length !== theirs.length || (apart > 1 && !padding)) far.push(`${name} ${how.join(' ')}: ${apart}`);
      }
    }
    expect(far).toEqual([]);
    expect(compared).toBeGreaterThan(30);
  },
);
