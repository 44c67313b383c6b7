import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { blobStoreSuite } from './blob-store.suite.ts';
import { fileBlobs } from './file-blobs.ts';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-blobs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

blobStoreSuite('file:', () => fileBlobs(join(folder, 'suite')));

test('an object that cannot be written is refused as such, and leaves no half of itself', async () => {
  writeFileSync(join(folder, 'a-file'), '');
  const store = fileBlobs(join(folder, 'a-file'));
  await expect(store.put(randomUUID(), [Buffer.from('x')])).rejects.toMatchObject({ code: 'BLOB_WRITE_FAILED' });
});

test('a store whose folder was cleared away under it makes it anew', async () => {
  const place = join(folder, 'cleared');
  const store = fileBlobs(place);
  const id = randomUUID();
  await store.put(id, [Buffer.from('x')]);
  rmSync(place, { recursive: true });
  await expect(store.put(id, [Buffer.from('x')])).rejects.toMatchObject({ code: 'BLOB_WRITE_FAILED' });
  await store.put(id, [Buffer.from('x')]);
});

test('objects are for their owner alone', async () => {
  const place = join(folder, 'rights');
  const id = randomUUID();
  await fileBlobs(place).put(id, [Buffer.from('x')]);
  const [shelf = ''] = readdirSync(place);
  expect(shelf).toBe(id.slice(0, 2));
  expect(statSync(join(place, shelf)).mode & 0o077).toBe(0);
  expect(statSync(join(place, shelf, id)).mode & 0o077).toBe(0);
});
