import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ctStudy } from '@symbolon/testbed';
import { afterAll, describe, expect, test } from 'vitest';
import { type DataSet, parseFile, tags, text } from '../index.ts';
import { codeOf, joined } from '../part10.fixture.ts';
import { type Edit, edit } from './edit.ts';

const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../../../../../shared/corpus');
const tools = ['dcmodify', 'dcmdump', 'dciodvfy'];
const haveTools = tools.every((tool) => existsSync(`/usr/bin/${tool}`));
const folder = mkdtempSync(join(tmpdir(), 'edit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * DICOMDIRs count their bytes; DCMTK 3.6.7 loses the pixel data of High-Throughput JPEG 2000 and Deflated Image Frame, and
 * writes the private implicit sequence of priv_SQ as bytes.
 */
const unlike = /DICOMDIR|priv_SQ|\.1\.2\.4\.20\d$|\.1\.2\.8\.1$/;

function run(tool: string, ...args: string[]): string {
  try {
    return execFileSync(tool, args, {
      encoding: 'latin1',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}

/** Tags, VRs and values: without group 0002, which dcmodify writes anew, without lengths and padding (FFFC,FFFC), where it has its own taste. */
function dump(path: string): string[] {
  return run('dcmdump', '-q', path)
    .split('\n')
    .filter((line) => /^\s*\([0-9a-f]{4},[0-9a-f]{4}\)/.test(line) && !/^\s*\((0002|fffe,e0[0d]d|fffc,fffc)/.test(line))
    .filter((line) => !/^\s*\([0-9a-f]{4},0000\)/.test(line))
    .map((line) =>
      line
        .replace(/\s+#.*$/, '')
        .replace(/\(Sequence with.*$/, '')
        .replace(/\((PixelSequence|Item with).*$/, ''),
    );
}

/** The first short text in an item, and how dcmodify writes the way there. */
function nested(root: DataSet): { path: number[]; theirs: string } | undefined {
  const work: { ds: DataSet; path: number[]; theirs: string }[] = [{ ds: root, path: [], theirs: '' }];
  for (let next = work.shift(); next !== undefined && next.path.length < 12; next = work.shift()) {
    for (const { tag, vr, items, valueStart, valueEnd } of next.ds.elements.values()) {
      const hex = tag.toString(16).padStart(8, '0');
      const here = { path: [...next.path, tag], theirs: `${next.theirs}(${hex.slice(0, 4)},${hex.slice(4)})` };
      // Private ones DCMTK knows by dictionaries of its own.
      if ((tag >>> 16) % 2 === 1) continue;
      if (next.path.length > 0 && ['LO', 'SH'].includes(vr) && valueEnd > valueStart) return here;
      for (const [index, ds] of (items ?? []).entries())
        work.push({ ds, path: [...here.path, index], theirs: `${here.theirs}[${index}].` });
    }
  }
  return undefined;
}

/** A few real files of each transfer syntax and of each kind of oddity, where the corpus is there. */
function realOnes(): string[] {
  if (!existsSync(corpus)) return [];
  const perSyntax = new Map<string, number>();
  return readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .filter(([path = '', quality, kind, , , syntax = '', , charset = '', , , quirk = '']) => {
      if (kind !== 'dicom' || quality === 'malformed' || !['', 'ISO_IR 100', 'ISO_IR 192'].includes(charset))
        return false;
      const key = `${syntax}|${quirk.includes('undefined') ? 'undefined' : ''}|${quirk.includes('private') ? 'private' : ''}`;
      const seen = perSyntax.get(key) ?? 0;
      if (seen >= 1 || unlike.test(`${path}|${syntax}`) || statSync(join(corpus, path)).size > 100_000) return false;
      perSyntax.set(key, seen + 1);
      return true;
    })
    .map(([path = '']) => join(corpus, path));
}

/** Made ones, for who has no corpus. */
function madeOnes(): string[] {
  return [...ctStudy({ seed: 77, slices: 6, rows: 16, columns: 16 })].map(({ bytes }, index) => {
    const path = join(folder, `made-${index}.dcm`);
    writeFileSync(path, bytes);
    return path;
  });
}

const atLeast = existsSync(corpus) ? { compared: 20, deep: 10, checked: 5 } : { compared: 5, deep: 5, checked: 1 };

describe.skipIf(!haveTools && process.env.CI !== 'true')('DCMTK and dicom3tools on files of many kinds', () => {
  const files = [...realOnes(), ...madeOnes()];

  test('what dcmodify makes of a file, we make of it: the same elements and values', () => {
    const differing: unknown[] = [];
    let compared = 0;
    let deep = 0;
    for (const path of files) {
      const bytes = new Uint8Array(readFileSync(path));
      if (codeOf(() => parseFile(bytes)) !== 'nothing thrown') continue;
      const file = parseFile(bytes);
      // A UN stays a UN with dcmodify, and takes bytes for its value.
      if (file.dataset.elements.get(tags.PatientName)?.vr === 'UN') continue;
      const edits: Edit[] = [
        { path: [tags.PatientName], set: { vr: 'PN', Value: [{ Alphabetic: 'Edited^By^Us' }] } },
        { path: [tags.StudyDescription], remove: true },
        { path: [tags.InstitutionalDepartmentName], set: { vr: 'LO', Value: ['A department'] } },
      ];
      const theirs = ['-i', '(0010,0010)=Edited^By^Us', '-i', '(0008,1040)=A department'];
      if (file.dataset.elements.has(tags.StudyDescription)) theirs.push('-e', '(0008,1030)');
      const inside = nested(file.dataset);
      if (inside !== undefined) {
        edits.push({ path: inside.path, set: { vr: 'SH', Value: ['INSIDE'] } });
        const leaf = edits.at(-1) as { set: { vr: string } };
        let ds: DataSet | undefined = file.dataset;
        for (let at = 0; at < inside.path.length - 1; at += 2)
          ds = ds?.elements.get(inside.path[at]!)?.items?.[inside.path[at + 1]!];
        leaf.set.vr = ds!.elements.get(inside.path.at(-1)!)!.vr;
        theirs.push('-m', `${inside.theirs}=INSIDE`);
        deep++;
      }
      const [a, b] = [join(folder, 'ours.dcm'), join(folder, 'theirs.dcm')];
      writeFileSync(a, joined(edit(file, edits).pieces));
      copyFileSync(path, b);
      run('dcmodify', '-q', '-nb', ...theirs, b);
      const [ours, others] = [dump(a), dump(b)];
      expect(
        others.some((line) => line.includes('Edited^By^Us')),
        path,
      ).toBe(true);
      compared++;
      const index = ours.findIndex((line, at) => line !== others[at]);
      if (index >= 0 || ours.length !== others.length) differing.push([path, ours[index], others[index]]);
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(atLeast.compared);
    expect(deep).toBeGreaterThan(atLeast.deep);
  });

  test('dciodvfy finds nothing in an edited file that it did not find before', () => {
    let compared = 0;
    for (const path of files.filter((_, index) => index % 3 === 0)) {
      const bytes = new Uint8Array(readFileSync(path));
      if (codeOf(() => parseFile(bytes)) !== 'nothing thrown') continue;
      const file = parseFile(bytes);
      if (text(file.dataset, tags.PatientName) === undefined) continue;
      const to = join(folder, 'edited.dcm');
      writeFileSync(
        to,
        joined(
          edit(file, [
            { path: [tags.PatientName], set: { vr: 'PN', Value: [{ Alphabetic: 'Edited^By^Us^And^Longer' }] } },
          ]).pieces,
        ),
      );
      const complaints = (name: string) =>
        new Set(
          run('dciodvfy', name)
            .split('\n')
            .filter((line) => /^(Error|Warning)/.test(line)),
        );
      const before = complaints(path);
      expect(
        [...complaints(to)].filter((line) => !before.has(line)),
        path,
      ).toEqual([]);
      compared++;
    }
    expect(compared).toBeGreaterThan(atLeast.checked);
  });
});
