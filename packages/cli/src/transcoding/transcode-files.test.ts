import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
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

const nowhere = () => Object.assign(new Writable({ write: (_, __, done) => done() }), { isTTY: false });
const run = async (folder: Pick<OutFolder, 'write'>) =>
  transcodeFiles(await selectWork([join(root, '0.dcm'), join(root, '1.dcm')]), 'rle', folder, {
    progress: new Progress(nowhere() as never, 'Transcoding'),
    signal: new AbortController().signal,
  });

describe('one file', () => {
  test('that meets an error nobody thought of is named, and the rest is written', async () => {
    const out = await OutFolder.open(join(root, 'out'), []);
    const { refused, written } = await run({
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
