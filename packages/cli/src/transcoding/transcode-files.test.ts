import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFile } from '@symbolon/dicom';
import type { TranscodingTarget } from '@symbolon/pixels';
import { ctStudy } from '@symbolon/testbed';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Progress } from '../terminal/progress.ts';
import { openObjectFile } from './object-file.ts';
import { OutFolder } from './out-folder.ts';
import { selectWork, transcodeFiles } from './transcode-files.ts';

const slices = [...ctStudy({ seed: 3, slices: 2, rows: 16, columns: 16 })].map(({ bytes }) => bytes);
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'symbolon-transcode-files-'));
  for (const [at, bytes] of slices.entries()) writeFileSync(join(root, `${at}.dcm`), bytes);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const nowhere = { write: () => true };
const quiet = () => ({
  progress: new Progress(nowhere, 'Transcoding'),
  signal: new AbortController().signal,
});
const run = async (folder: Pick<OutFolder, 'write' | 'requireFree'>, target: TranscodingTarget = 'rle') =>
  transcodeFiles(await selectWork([join(root, '0.dcm'), join(root, '1.dcm')]), target, folder, {
    ...quiet(),
  });

describe('one file', () => {
  test('with two kinds of pixel data in that syntax already is copied as it is', async () => {
    const float = Uint8Array.of(0xe0, 0x7f, 8, 0, 0x4f, 0x46, 0, 0, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    const between = Uint8Array.of(0xe0, 0x7f, 9, 0, 0x4f, 0x44, 0, 0, 0, 0, 0, 0);
    const at = parseFile(slices[0]!).pixelElements[0]!.start;
    const two = Buffer.concat([slices[0]!.subarray(0, at), float, between, slices[0]!.subarray(at)]);
    writeFileSync(join(root, '0.dcm'), two);
    const out = await OutFolder.open(join(root, 'out'), []);
    expect((await run(out, 'explicit')).refused).toEqual([]);
    expect(readFileSync(join(root, 'out', '0.dcm')).equals(two)).toBe(true);
  });

  test('that meets an error nobody thought of is named, and the rest is written', async () => {
    const out = await OutFolder.open(join(root, 'out'), []);
    const { refused, written } = await run({
      requireFree: (name) => out.requireFree(name),
      async write(name, pieces) {
        if (name.toString() === '0.dcm') throw new RangeError('of somebody called so');
        return out.write(name, pieces);
      },
    });
    await out.close();
    expect(refused).toEqual([
      expect.objectContaining({ code: 'UNEXPECTED', reason: expect.stringContaining('RangeError') }),
    ]);
    expect(refused[0]!.reason).not.toContain('somebody called');
    expect(written).toBe(1);
  });

  test('that becomes shorter between its header and its frames has changed', async () => {
    const path = join(root, '0.dcm');
    const file = await openObjectFile(Buffer.from(path), () => {});
    truncateSync(path, slices[0]!.length - 100);
    await expect(file.readImage(0, 524)).rejects.toMatchObject({ name: 'SourceError', code: 'FILE_CHANGED' });
    await file.close();
  });
});

describe('the folder that files go to', () => {
  const modeOf = (...names: string[]) => statSync(join(root, ...names)).mode & 0o777;

  test('is made for its owner alone, and so are the files and folders in it', async () => {
    const before = process.umask(0o022);
    try {
      mkdirSync(join(root, 'study', 'deep'), { recursive: true });
      writeFileSync(join(root, 'study', 'deep', 'one'), slices[0]!, { mode: 0o644 });
      writeFileSync(join(root, 'study', 'two'), slices[1]!, { mode: 0o644 });
      const out = await OutFolder.open(join(root, 'out'), []);
      const { progress, signal } = quiet();
      await transcodeFiles(await selectWork([join(root, 'study')]), 'rle', out, { progress, signal });
      await out.close();
      expect([modeOf('out'), modeOf('out', 'deep')]).toEqual([0o700, 0o700]);
      expect([modeOf('out', 'deep', 'one'), modeOf('out', 'two')]).toEqual([0o600, 0o600]);
    } finally {
      process.umask(before);
    }
  });

  test('forgets what a killed run left an hour ago, and nothing that is not ours or not old', async () => {
    const partial = join(root, 'out', '.symbolon-partial');
    mkdirSync(partial, { recursive: true });
    const long = new Date(Date.now() - 2 * 3_600_000);
    for (const name of ['0123456789abcdef', 'notes']) {
      writeFileSync(join(partial, name), 'half a picture');
      utimesSync(join(partial, name), long, long);
    }
    writeFileSync(join(partial, 'fedcba9876543210'), 'being written');
    await OutFolder.open(join(root, 'out'), []);
    expect(readdirSync(partial).sort()).toEqual(['fedcba9876543210', 'notes']);
  });

  test('is asked for a name before a file is read', async () => {
    const out = await OutFolder.open(join(root, 'out'), []);
    for (const name of ['0.dcm', '1.dcm']) writeFileSync(join(root, 'out', name), 'another');
    // To the first look nothing is wrong with it; read to its end, it would be refused for another reason.
    truncateSync(join(root, '0.dcm'), 600);
    expect((await run(out)).refused.map(({ code }) => code)).toEqual(['FILE_EXISTS', 'FILE_EXISTS']);
  });
});
