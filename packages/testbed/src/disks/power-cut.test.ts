import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { powerCutTest } from './power-cut.ts';

const disks = { names: ['one', 'other'], bytes: 64 * 1024 * 1024 } as const;

async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}

/** With its name durable, too. */
async function writtenDurably(file: string, content: string): Promise<void> {
  await writeFile(file, content);
  await synced(file);
  await synced(dirname(file));
}

powerCutTest(
  'what was synced outlives the power, and what was not is gone',
  disks,
  async ({ folders, cut, powerOn }) => {
    for (const folder of Object.values(folders)) {
      await mkdir(join(folder, 'shelf'));
      await writtenDurably(join(folder, 'shelf/kept'), 'durable');
      await writtenDurably(join(folder, 'shelf/renamed'), 'under its first name');
      await writtenDurably(join(folder, 'shelf/replaced'), 'old');
      await writtenDurably(join(folder, 'shelf/longer'), 'synced');
      // From here on nobody syncs.
      await writeFile(join(folder, 'shelf/gone'), 'x'.repeat(100_000));
      await writeFile(join(folder, 'shelf/longer'), ', and more', { flag: 'a' });
      await rename(join(folder, 'shelf/renamed'), join(folder, 'shelf/new-name'));
      await writeFile(join(folder, 'shelf/replacing'), 'new');
      await rename(join(folder, 'shelf/replacing'), join(folder, 'shelf/replaced'));
    }
    cut();
    for (const folder of Object.values(folders))
      await expect(writeFile(join(folder, 'shelf/later'), 'x')).rejects.toMatchObject({ code: 'EIO' });
    await powerOn();
    for (const folder of Object.values(folders)) {
      expect(await readFile(join(folder, 'shelf/kept'), 'utf8')).toBe('durable');
      expect(await readFile(join(folder, 'shelf/longer'), 'utf8')).toBe('synced');
      expect(await readFile(join(folder, 'shelf/renamed'), 'utf8')).toBe('under its first name');
      expect(await readFile(join(folder, 'shelf/replaced'), 'utf8')).toBe('old');
      for (const name of ['gone', 'new-name', 'replacing', 'later'])
        expect(existsSync(join(folder, 'shelf', name))).toBe(false);
      await writtenDurably(join(folder, 'shelf/again'), 'it works again');
    }
  },
);

powerCutTest(
  "a file's name that was not synced may live on without its bytes, as the journal is of the whole disk",
  disks,
  async ({ folders, cut, powerOn }) => {
    await writeFile(join(folders.one, 'unsynced'), 'x'.repeat(100_000));
    await writtenDurably(join(folders.one, 'another'), 'durable');
    cut();
    await powerOn();
    expect(await readFile(join(folders.one, 'unsynced'), 'utf8')).toBe('');
    expect(await readFile(join(folders.one, 'another'), 'utf8')).toBe('durable');
  },
);
