import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseFile, tags } from '@symbolon/dicom';
import { ctStudy, multiframeStudy } from '@symbolon/testbed';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/symbolon.mjs', import.meta.url));
const slices = [...ctStudy({ seed: 3, slices: 2, rows: 64, columns: 64 })].map(({ bytes }) => bytes);
const [cine] = [...multiframeStudy({ seed: 3 })].map(({ bytes }) => bytes);
const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

type Run = { readonly code: number; readonly out: string; readonly err: string };
let folder: string;

function transcode(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, 'transcode', ...args], { cwd: folder }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const at = (...names: string[]) => join(folder, ...names);
const put = (name: string, bytes: Uint8Array) => {
  mkdirSync(at('study', 'deep'), { recursive: true });
  writeFileSync(at('study', name), bytes);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'symbolon-transcode-'));
  put('one.dcm', slices[0]!);
  put('deep/two words', slices[1]!);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('symbolon transcode', () => {
  test('writes every file of a folder under its name, and a chain back gives the same bytes', async () => {
    put('deep/cine', cine!);
    const there = await transcode('study', '--to', 'htj2k-rpcl', '--out', 'there');
    expect(there).toMatchObject({ code: 0, out: expect.stringContaining('3 files') });
    expect(parseFile(readFileSync(at('there', 'deep/two words'))).transferSyntax).toBe('1.2.840.10008.1.2.4.202');
    expect((await transcode('there', '--to', '1.2.840.10008.1.2.1', '--out', 'back')).code).toBe(0);
    for (const name of ['one.dcm', 'deep/two words']) expect(digest(at('back', name))).toBe(digest(at('study', name)));
    expect(readdirSync(at('back'))).toEqual(['deep', 'one.dcm']);
  });

  test('the offset table of many frames leads to each of them', async () => {
    put('cine', cine!);
    await transcode('study/cine', '--to', 'rle', '--out', 'there');
    const bytes = readFileSync(at('there', 'cine'));
    const [table, ...fragments] = parseFile(bytes).pixelElements[0]!.fragments!;
    expect(fragments.length).toBeGreaterThan(1);
    const offsets = fragments.map((_, n) => bytes.readUInt32LE(table!.valueStart + 4 * n));
    expect(offsets).toEqual(fragments.map(({ start }) => start - fragments[0]!.start));
  });

  test('what is not written is named with its reason, the rest is written: exit code 3', async () => {
    const floating = Buffer.from(slices[0]!);
    floating.writeUInt16LE(1, parseFile(slices[0]!).dataset.elements.get(tags.BitsAllocated)!.valueStart);
    put('bits', floating);
    put('cut', slices[0]!.subarray(0, 900));
    put('notes.txt', Buffer.from('not an image'));
    put('.DS_Store', Buffer.from('x'));
    symlinkSync('/etc/passwd', at('study', 'link'));
    const { code, out } = await transcode('study', '--to', 'jpeg-ls', '--out', 'there');
    expect(code).toBe(3);
    expect(out).toMatch(/bits: PIXELS_\w+: /);
    expect(out).toMatch(/cut: (DICOM|PIXELS)_\w+: /);
    expect(out).toContain('notes.txt: NOT_DICOM: ');
    expect(out).toContain('1 hidden file');
    expect(readdirSync(at('there')).sort()).toEqual(['deep', 'one.dcm']);
  });

  test('nothing is overwritten', async () => {
    await transcode('study', '--to', 'rle', '--out', 'there');
    const before = digest(at('there', 'one.dcm'));
    const { code, out } = await transcode('study', '--to', 'jpeg-ls', '--out', 'there');
    expect(code).toBe(3);
    expect(out).toContain('one.dcm: FILE_EXISTS: ');
    expect(digest(at('there', 'one.dcm'))).toBe(before);
  });

  test('a file in that syntax already is copied as it is, and counted so', async () => {
    const { code, out } = await transcode('study', '--to', 'explicit', '--out', 'there');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/Copied +2 files/) });
    expect(digest(at('there', 'one.dcm'))).toBe(digest(at('study', 'one.dcm')));
  });

  test.each([
    ['an unknown syntax, with those that are known', ['study', '--to', 'jpeg', '--out', 'there'], /explicit, .*rle/],
    ['an --out within what is read', ['.', '--to', 'rle', '--out', 'study/rle'], /lies within/],
    ['an --out that is a file', ['study', '--to', 'rle', '--out', 'study/one.dcm/x'], /cannot be written|lies within/],
    ['a path that is not there', ['nowhere', '--to', 'rle', '--out', 'there'], /cannot be read/],
    ['no --out', ['study', '--to', 'rle'], /--out/],
  ])('refuses %s: exit code 1, and makes nothing', async (_, args, message) => {
    const { code, err } = await transcode(...args);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringMatching(message) });
    expect(existsSync(at('there'))).toBe(false);
    expect(readdirSync(at('study')).sort()).toEqual(['deep', 'one.dcm']);
  });

  test('an empty folder says that there is nothing', async () => {
    mkdirSync(at('empty'));
    expect(await transcode('empty', '--to', 'rle', '--out', 'there')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no file'),
    });
  });

  test('an --out that may not be written to is refused with what to do, and nothing is read', async () => {
    mkdirSync(at('there'));
    chmodSync(at('there'), 0o500);
    // Nothing is closed to root but what the kernel keeps to itself.
    const closed = process.getuid?.() === 0 ? '/sys/symbolon' : 'there';
    const { code, err } = await transcode('study', '--to', 'rle', '--out', closed);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('name another folder with --out') });
  });

  test('--help lists the syntaxes, an example and the exit codes', async () => {
    const { code, out } = await transcode('--help');
    expect(code).toBe(0);
    for (const word of ['htj2k-rpcl', '1.2.840.10008.1.2.4.90', 'symbolon transcode /media', 'Exit codes'])
      expect(out).toContain(word);
  });
});
