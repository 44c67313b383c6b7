import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildPages } from './index.ts';

/** What of the build's own manifest is read here. */
type Chunk = { readonly file: string; readonly imports?: readonly string[]; readonly css?: readonly string[] };
type Manifest = Readonly<Record<string, Chunk>>;

const largestBytes = 200_000;
let folder: string;
let manifest: Manifest;

beforeAll(async () => {
  ({ folder } = await buildPages());
  manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Manifest;
});

/** Every file that a browser loads before a page is there: the entry, the page's own chunk, and what both are made of. */
function filesOf(names: readonly string[], found = new Set<string>()): Set<string> {
  for (const name of names) {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`the manifest has no ${name}`);
    if (found.has(chunk.file)) continue;
    found.add(chunk.file);
    for (const sheet of chunk.css ?? []) found.add(sheet);
    filesOf(chunk.imports ?? [], found);
  }
  return found;
}

const zippedBytes = (file: string): number => statSync(join(folder, `${file}.gz`)).size;

describe('the first page is at most 200 kB over the wire, compressed with gzip', () => {
  test.each([
    ['the page to sign in', 'src/people/sign-in-page.tsx'],
    ['the list of studies', 'src/studies/worklist-page.tsx'],
  ])('when it is %s', (_, page) => {
    const files = [...filesOf(['index.html', page, 'src/ui/favicon.svg'])];
    const html = gzipSync(readFileSync(join(folder, 'index.html'))).length;
    const sizes = Object.fromEntries(files.map((file) => [file, zippedBytes(file)]));
    const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, html);
    expect(total, JSON.stringify(sizes, undefined, 1)).toBeLessThanOrEqual(largestBytes);
  });

  test('and the entry brings no page that is not asked for, and nothing of DICOM', () => {
    const loaded = [...filesOf(['index.html'])].map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
    expect(loaded).not.toContain('1.2.840.10008.1.2');
    for (const later of ['Somebody has this role', 'Non-representable type'])
      expect(loaded.includes(later), later).toBe(false);
    const lazy = Object.keys(manifest).filter((name) => name.endsWith('-page.tsx'));
    expect(lazy.length).toBeGreaterThanOrEqual(8);
    const files = filesOf(['index.html']);
    for (const name of lazy) expect(files.has((manifest[name] as Chunk).file), name).toBe(false);
  });
});
