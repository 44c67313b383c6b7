import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { BlobStore } from './blob-store.ts';

/** What every blob store must do. `open` gives the same store again, as a restarted exchange would have it. */
export function blobStoreSuite(name: string, open: () => BlobStore | Promise<BlobStore>): void {
  describe(`the blob store ${name}`, () => {
    test('gives back what was put, whole and in ranges, after a restart too', async () => {
      const [id, bytes] = [randomUUID(), randomBytes(300_000)];
      await (await open()).put(id, [bytes.subarray(0, 7), bytes.subarray(7, 7), bytes.subarray(7)]);
      const store = await open();
      for (const [start, end] of [
        [0, bytes.length],
        [0, 1],
        [6, 8],
        [299_999, 300_000],
        [5, 5],
      ] as const)
        expect(Buffer.compare(await store.read(id, start, end), bytes.subarray(start, end))).toBe(0);
    });

    test('keeps an object of thousands of pieces', async () => {
      const [id, bytes, store] = [randomUUID(), randomBytes(9000), await open()];
      await store.put(
        id,
        Array.from({ length: 3000 }, (_, at) => bytes.subarray(at * 3, at * 3 + 3)),
      );
      expect(Buffer.compare(await store.read(id, 0, 9000), bytes)).toBe(0);
    });

    test('keeps an object without a byte', async () => {
      const [id, store] = [randomUUID(), await open()];
      await store.put(id, []);
      expect(await store.read(id, 0, 0)).toHaveLength(0);
    });

    test('refuses a name that exists, and keeps what it has', async () => {
      const [id, store] = [randomUUID(), await open()];
      await store.put(id, [Buffer.from('first')]);
      for (const again of [store, await open()])
        await expect(again.put(id, [Buffer.from('other')])).rejects.toMatchObject({ code: 'BLOB_EXISTS' });
      expect(Buffer.from(await store.read(id, 0, 5)).toString()).toBe('first');
    });

    test('says what is missing and what is too short, and never pads', async () => {
      const [id, store] = [randomUUID(), await open()];
      await expect(store.read(id, 0, 1)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
      await store.put(id, [Buffer.from('12345')]);
      for (const [start, end] of [
        [0, 6],
        [5, 6],
        [100, 101],
      ] as const)
        await expect(store.read(id, start, end)).rejects.toMatchObject({ code: 'BLOB_CUT_SHORT' });
    });

    test('removes an object, and one that is not there without complaint', async () => {
      const [id, store] = [randomUUID(), await open()];
      await store.put(id, [Buffer.from('x')]);
      await store.remove(id);
      await store.remove(id);
      await expect(store.read(id, 0, 1)).rejects.toMatchObject({ code: 'BLOB_MISSING' });
      await store.put(id, [Buffer.from('y')]);
    });

    test('takes many objects at once', async () => {
      const [ids, store] = [Array.from({ length: 50 }, () => randomUUID()), await open()];
      await Promise.all(ids.map((id) => store.put(id, [Buffer.from(id)])));
      const read = await Promise.all(ids.map((id) => store.read(id, 0, id.length)));
      expect(read.map((bytes) => Buffer.from(bytes).toString())).toEqual(ids);
    });

    test.each([
      '',
      '.',
      '../../etc/passwd',
      'a/b',
      `${'0'.repeat(8)}-${'/'.repeat(27)}`,
      'ABCDEF01-0000-4000-8000-000000000000',
    ])('refuses the name %j, which is no UUID', async (id) => {
      const store = await open();
      await expect(store.put(id, [])).rejects.toMatchObject({ code: 'BLOB_NAME_INVALID' });
      await expect(store.read(id, 0, 1)).rejects.toMatchObject({ code: 'BLOB_NAME_INVALID' });
      await expect(store.remove(id)).rejects.toMatchObject({ code: 'BLOB_NAME_INVALID' });
    });
  });
}
