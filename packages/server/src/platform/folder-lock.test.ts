import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FolderLock } from './folder-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'symbolon-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Another process that takes the lock, says how that went, and then stays. */
async function another(): Promise<{ pid: number; said: string; kill: () => Promise<void> }> {
  const script = `
    const { FolderLock } = await import(${JSON.stringify(import.meta.resolve('./folder-lock.ts'))});
    const lock = FolderLock.take(${JSON.stringify(folder)});
    console.log('heldBy' in lock ? 'held by ' + lock.heldBy : 'taken');
    setInterval(() => lock, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    pid: child.pid as number,
    said: said.toString().trim(),
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('the lock of a folder', () => {
  test('is refused to a second process, which learns who holds it', async () => {
    const lock = FolderLock.take(folder);
    const other = await another();
    await other.kill();
    expect(other.said).toBe(`held by ${process.pid}`);
    expect(lock).toBeInstanceOf(FolderLock);
    (lock as FolderLock).release();
  });

  test('is free again when its holder was killed with kill -9', async () => {
    const other = await another();
    expect(other.said).toBe('taken');
    expect(FolderLock.take(folder)).toEqual({ heldBy: other.pid });
    await other.kill();
    const lock = FolderLock.take(folder);
    expect(lock).toBeInstanceOf(FolderLock);
    (lock as FolderLock).release();
  });

  test('is refused within one process as well, and free after its release', () => {
    const lock = FolderLock.take(folder) as FolderLock;
    expect(FolderLock.take(folder)).toEqual({ heldBy: process.pid });
    lock.release();
    const next = FolderLock.take(folder);
    expect(next).toBeInstanceOf(FolderLock);
    (next as FolderLock).release();
  });
});
