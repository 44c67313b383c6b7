import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { smallDiskTest } from '@symbolon/testbed';
import { expect, test } from 'vitest';
import { BlobError } from '../platform/blobs/blob-store.ts';
import { fileBlobs } from '../platform/blobs/file-blobs.ts';
import { DiskWatch } from './disk-watch.ts';
import { reserving } from './reserving.ts';

const reserve = { bytes: 100, share: 0 };

/** A watch over disks that have what the test says. */
function watching(free: Record<string, number | undefined>) {
  const told: string[] = [];
  let looks = 0;
  const watch = new DiskWatch({
    places: [
      { name: 'images', folder: '/images' },
      { name: 'database', folder: '/database' },
    ],
    reserve,
    changed: ({ name, state }) => told.push(`${name} ${state}`),
    measure: async (folder) => {
      looks += 1;
      const freeBytes = free[folder.slice(1)];
      if (freeBytes === undefined) throw new Error('the disk is away');
      return { freeBytes, totalBytes: 1000 };
    },
  });
  return { watch, told, free, looks: () => looks };
}

const later = () => pause(260);

test('below twice the reserve is a warning, below the reserve new data is refused, and it ends by itself', async () => {
  const { watch, told, free } = watching({ images: 500, database: 500 });
  await watch.require();
  expect(await watch.state()).toBe('ok');
  free.images = 199;
  await later();
  await watch.require();
  expect(await watch.state()).toBe('low');
  free.database = 99;
  await later();
  await expect(watch.require()).rejects.toMatchObject({
    code: 'STORAGE_FULL',
    message: expect.stringContaining('database'),
  });
  expect(await watch.state()).toBe('full');
  free.database = free.images = 500;
  await later();
  await watch.require();
  expect(await watch.state()).toBe('ok');
  expect(told).toEqual(['images low', 'database full', 'images ok', 'database ok']);
});

test('what would not fit above the reserve is refused though the disk is not down to it', async () => {
  const { watch } = watching({ images: 500, database: 500 });
  await watch.require(400);
  await expect(watch.require(401)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
});

test('a disk that cannot be measured is said to be unknown, and refuses nothing', async () => {
  const { watch, told } = watching({ images: 500, database: undefined });
  await watch.require(100);
  expect(await watch.state()).toBe('unknown');
  expect(told).toEqual(['database unknown']);
});

test('a thousand senders at once cost one look', async () => {
  const { watch, looks } = watching({ images: 500, database: 500 });
  await Promise.all(Array.from({ length: 1000 }, () => watch.require()));
  expect(looks()).toBe(2);
});

test('real disks are measured, also under folders that are not made yet', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-watch-'));
  try {
    const places = [{ name: 'images', folder: join(folder, 'not/made/yet') }] as const;
    const watch = new DiskWatch({ places, reserve, changed: () => {} });
    const [place] = await watch.places();
    expect(place).toMatchObject({ name: 'images', state: 'ok', reserveBytes: 100, warnBytes: 200 });
    expect(place!.totalBytes).toBeGreaterThan(place!.freeBytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const mib = 1024 * 1024;
smallDiskTest(
  'a store stops at its reserve: whole objects and streams, and nothing is left of them',
  64 * mib,
  async (disk) => {
    const watch = new DiskWatch({
      places: [{ name: 'images', folder: disk.folder }],
      reserve: { bytes: 8 * mib, share: 0 },
      changed: () => {},
    });
    const store = reserving(fileBlobs(join(disk.folder, 'store')), watch);
    const name = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
    await store.put(name(1), [new Uint8Array(20 * mib)]);
    const full = await store.put(name(2), [new Uint8Array(40 * mib)]).catch((error: unknown) => error);
    expect(full).toBeInstanceOf(BlobError);
    expect(full).toMatchObject({ code: 'BLOB_STORE_FULL' });
    let given = 0;
    const stream = async function* () {
      for (; given < 60; given += 1) {
        await pause(10);
        yield new Uint8Array(mib);
      }
    };
    await expect(store.put(name(3), stream())).rejects.toMatchObject({ code: 'BLOB_STORE_FULL' });
    expect(given).toBeLessThan(44);
    expect(disk.free()).toBeGreaterThan(40 * mib);
    await store.put(name(4), [new Uint8Array(20 * mib)]);
    expect(await store.read(name(1), 0, mib)).toHaveLength(mib);
  },
);
