import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { powerCutTest } from '@symbolon/testbed';
import { afterAll, describe, expect, test } from 'vitest';
import { makeFolderDurably, renameFolderDurably, writeDurably } from './durable-file.ts';

const folder = mkdtempSync('/tmp/symbolon-durable-');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a durable file', () => {
  test.each([0, 1, 1023, 1024, 1025, 5000])('of %i pieces holds them all, in order', async (count) => {
    const pieces = Array.from({ length: count }, (_, at) => new Uint8Array(at % 7).fill(at % 251));
    const file = join(folder, `pieces-${count}`);
    await writeDurably(file, pieces);
    expect(readFileSync(file).equals(Buffer.concat(pieces))).toBe(true);
  });

  test('of pieces larger than one system call takes holds them all', async () => {
    const pieces = Array.from({ length: 40 }, (_, at) => new Uint8Array(1024 * 1024 + at).fill(at));
    const file = join(folder, 'large');
    await writeDurably(file, pieces);
    expect(readFileSync(file).equals(Buffer.concat(pieces))).toBe(true);
  });

  test('replaces the old one, with the rights asked for, and leaves nothing beside it', async () => {
    const file = join(folder, 'replaced');
    writeFileSync(file, 'old', { mode: 0o644 });
    await writeDurably(file, 'new', 0o600);
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('that cannot take its name leaves nothing behind', async () => {
    const taken = join(folder, 'a-folder');
    await makeFolderDurably(join(taken, 'with', 'something'));
    await expect(writeDurably(taken, 'x')).rejects.toThrow();
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('has its folders made on the way, and made again without complaint', async () => {
    const deep = join(folder, 'one', 'two', 'three');
    await makeFolderDurably(deep, 0o700);
    await makeFolderDurably(deep, 0o700);
    expect(statSync(deep).mode & 0o777).toBe(0o700);
  });
});

/** Each on a disk of its own: an fsync of one would make durable what another forgot. */
const disks = { names: ['new', 'replaced', 'folder', 'filled'], bytes: 64 * 1024 * 1024 } as const;
powerCutTest('what was made durable outlives a power cut at once', disks, async ({ folders, cut, powerOn }) => {
  const [fresh, replaced] = [join(folders.new, 'file'), join(folders.replaced, 'file')];
  const deep = join(folders.folder, 'one/two/three');
  const [building, filled] = [join(folders.filled, 'building'), join(folders.filled, 'filled')];
  await writeDurably(replaced, 'old');

  await writeDurably(fresh, 'new');
  await writeDurably(replaced, 'new');
  await makeFolderDurably(deep);
  mkdirSync(join(building, 'deep/deeper'), { recursive: true });
  for (const at of ['file', 'deep/file', 'deep/deeper/file']) writeFileSync(join(building, at), at.repeat(10_000));
  symlinkSync('deep/file', join(building, 'link'));
  await renameFolderDurably(building, filled);
  cut();
  await powerOn();

  expect(readFileSync(fresh, 'utf8')).toBe('new');
  expect(readFileSync(replaced, 'utf8')).toBe('new');
  expect(statSync(deep).isDirectory()).toBe(true);
  for (const at of ['file', 'deep/file', 'deep/deeper/file'])
    expect(readFileSync(join(filled, at), 'utf8')).toBe(at.repeat(10_000));
  expect(readFileSync(join(filled, 'link'), 'utf8')).toBe('deep/file'.repeat(10_000));
  expect(readdirSync(folders.filled).sort()).toEqual(['filled', 'lost+found']);
});
