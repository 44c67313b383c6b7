import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { blobStoreSuite } from './blob-store.suite.ts';
import { fileBlobs } from './file-blobs.ts';
import { markStore } from './file-store-mark.ts';

const folder = mkdtempSync('/tmp/symbolon-blobs-');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

blobStoreSuite('file:', () => fileBlobs(join(folder, 'suite')));

const bytes = (words: string): Uint8Array[] => [Buffer.from(words)];

/** Every file under a folder, whatever it is. */
const filesIn = (place: string): string[] =>
  readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

test('an object that cannot be written is refused as such, and leaves no half of itself', async () => {
  writeFileSync(join(folder, 'a-file'), '');
  const store = fileBlobs(join(folder, 'a-file'));
  await expect(store.put(randomUUID(), bytes('x'))).rejects.toMatchObject({ code: 'BLOB_WRITE_FAILED' });
});

test('an object that cannot be read for another reason than its absence is not called missing', async () => {
  const place = join(folder, 'a-folder-instead');
  const id = randomUUID();
  mkdirSync(join(place, id.slice(0, 2), id), { recursive: true });
  await expect(fileBlobs(place).read(id, 0, 1)).rejects.toMatchObject({ code: 'BLOB_READ_FAILED' });
});

test('a store whose folder was cleared away under it makes it anew', async () => {
  const place = join(folder, 'cleared');
  const store = fileBlobs(place);
  const id = randomUUID();
  await store.put(id, bytes('x'));
  rmSync(place, { recursive: true });
  await expect(store.put(id, bytes('x'))).rejects.toMatchObject({ code: 'BLOB_WRITE_FAILED' });
  await store.put(id, bytes('x'));
  expect(await store.read(id, 0, 1)).toHaveLength(1);
});

test('what could not be put while the disk was away can be put when it is back: no part of the store stays refused', async () => {
  const place = join(folder, 'away');
  const store = fileBlobs(place, { marked: true });
  await markStore(place, store, async () => false);
  await store.put(randomUUID(), bytes('x'));
  // One on each shelf, so that some are on shelves that were not there yet.
  const names = Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, '0') + randomUUID().slice(2));
  renameSync(place, `${place}.away`);
  mkdirSync(place);
  for (const name of names)
    await expect(store.put(name, bytes(name))).rejects.toMatchObject({ code: 'BLOB_WRITE_FAILED' });
  rmSync(place, { recursive: true });
  renameSync(`${place}.away`, place);
  for (const name of names) await store.put(name, bytes(name));
});

test('objects are for their owner alone', async () => {
  const place = join(folder, 'rights');
  const id = randomUUID();
  await fileBlobs(place).put(id, bytes('x'));
  expect(readdirSync(place).sort()).toEqual([id.slice(0, 2), 'incoming'].sort());
  for (const path of [id.slice(0, 2), 'incoming', join(id.slice(0, 2), id)])
    expect(statSync(join(place, path)).mode & 0o077).toBe(0);
});

test('what an unfinished put left is told and taken away by its age, and is never listed', async () => {
  const place = join(folder, 'leftovers');
  const store = fileBlobs(place);
  await store.put(randomUUID(), bytes('whole'));
  // As kill -9 leaves it.
  const [old, fresh] = [randomUUID(), randomUUID()].map((id) => join(place, 'incoming', `${id}.0123456789ab`));
  for (const file of [old, fresh] as string[]) writeFileSync(file, 'half');
  utimesSync(old as string, new Date(0), new Date(0));
  const hourAgo = new Date(Date.now() - 3_600_000);
  expect(await store.unfinished(hourAgo, 'count')).toEqual({ count: 1, bytes: 4 });
  expect(existsSync(old as string)).toBe(true);
  expect(await store.unfinished(hourAgo, 'remove')).toEqual({ count: 1, bytes: 4 });
  expect(await store.unfinished(hourAgo, 'remove')).toEqual({ count: 0, bytes: 0 });
  expect(existsSync(old as string)).toBe(false);
  expect(existsSync(fresh as string)).toBe(true);
  const pages: string[][] = [];
  for await (const page of store.list()) pages.push([...page]);
  expect(pages.flat()).toHaveLength(1);
});

test('other files that lie about are neither listed nor removed', async () => {
  const place = join(folder, 'strangers');
  const store = fileBlobs(place);
  const id = randomUUID();
  await store.put(id, bytes('x'));
  const stranger = randomUUID().replace(/^../, id.startsWith('ff') ? '00' : 'ff');
  writeFileSync(join(place, id.slice(0, 2), 'README'), '');
  // An object on another shelf than its own would never be found by its name.
  writeFileSync(join(place, id.slice(0, 2), stranger), '');
  mkdirSync(join(place, 'lost+found'));
  const pages: string[][] = [];
  for await (const page of store.list()) pages.push([...page]);
  expect(pages.flat()).toEqual([id]);
  expect(filesIn(place)).toHaveLength(3);
});

test('more objects than there may be open files are read at once, and files no longer read are closed', async () => {
  const place = join(folder, 'many');
  const store = fileBlobs(place);
  const ids = Array.from({ length: 300 }, () => randomUUID());
  await Promise.all(ids.map((id) => store.put(id, bytes(id))));
  const before = readdirSync('/proc/self/fd').length;
  for (const _ of [1, 2]) await Promise.all(ids.map((id) => store.read(id, 0, 36)));
  for (const id of ids) await store.read(id, 0, 36);
  expect(readdirSync('/proc/self/fd').length - before).toBeLessThanOrEqual(64 + 2);
  for (const id of ids) await store.remove(id);
  await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before + 2);
});
