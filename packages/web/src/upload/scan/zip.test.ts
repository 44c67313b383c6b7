import { BlobReader, BlobWriter, TextReader, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { expect, test } from 'vitest';
import { type ZipItem, zipItems, zipLimits } from './zip.ts';
import { crc32 } from './zip-entry.ts';

const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * at) >> 3);

async function zipped(fill: (zip: ZipWriter<Blob>) => Promise<unknown>, options = {}): Promise<Blob> {
  const zip = new ZipWriter(new BlobWriter(), { useWebWorkers: false, ...options });
  await fill(zip);
  return zip.close();
}

function readable(item: ZipItem | undefined) {
  if (item === undefined || 'error' in item) throw new Error('it has no bytes');
  return item;
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: { code?: unknown }) => error.code,
  );
}

test('the CRC-32 is the one of the check value', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

test.each([0, 6])('entries come out byte for byte, at level %i, by name as a label only', async (level) => {
  const archive = await zipped(async (zip) => {
    await zip.add('IMG/', undefined, { directory: true });
    await zip.add('../../etc/passwd', new Uint8ArrayReader(bytes), { level });
    await zip.add('ünï.dcm', new TextReader('x'), { level });
  });
  const items = await zipItems('cd.zip', archive);
  expect(items.map(({ path }) => path)).toEqual(['cd.zip!/../../etc/passwd', 'cd.zip!/ünï.dcm']);
  const item = readable(items[0]);
  expect(item.bytes).toBe(bytes.length);
  expect(await item.whole()).toEqual(bytes);
  expect(await item.head(100)).toEqual(bytes.subarray(0, 100));
  expect(new Uint8Array(await (await item.blob()).arrayBuffer())).toEqual(bytes);
});

test('an archive behind other bytes, and one in the ZIP64 form, are read', async () => {
  const plain = await zipped((zip) => zip.add('a', new Uint8ArrayReader(bytes)));
  const moved = new Blob([new Uint8Array(5000), plain]);
  expect(await readable((await zipItems('a.zip', moved))[0]).whole()).toEqual(bytes);
  const large = await zipped((zip) => zip.add('a', new Uint8ArrayReader(bytes)), { zip64: true });
  expect(await readable((await zipItems('a.zip', large))[0]).whole()).toEqual(bytes);
});

test('an encrypted entry is named, and the others are read', async () => {
  const archive = await zipped(async (zip) => {
    await zip.add('locked.dcm', new TextReader('secret'), { password: 'x' });
    await zip.add('open.dcm', new TextReader('open'));
  });
  const [locked, open] = await zipItems('a.zip', archive);
  expect(locked !== undefined && 'error' in locked && locked.error.code).toBe('ZIP_ENTRY_ENCRYPTED');
  expect(new TextDecoder().decode(await readable(open).whole())).toBe('open');
});

test('a byte that changed in the archive is seen by the checksum', async () => {
  for (const level of [0, 6]) {
    const archive = new Uint8Array(
      await (await zipped((zip) => zip.add('a', new Uint8ArrayReader(bytes), { level }))).arrayBuffer(),
    );
    archive[2000] = (archive[2000] as number) ^ 1;
    const [item] = await zipItems('a.zip', new Blob([archive]));
    expect(await failure(readable(item).whole())).toBe('ZIP_BROKEN');
  }
});

test('an archive that is cut short, or none at all, is broken as a whole', async () => {
  const archive = await zipped((zip) => zip.add('a', new BlobReader(new Blob([bytes]))));
  expect(await failure(zipItems('a.zip', archive.slice(0, archive.size - 30)))).toBe('ZIP_BROKEN');
  expect(await failure(zipItems('a.zip', new Blob(['PK\u0003\u0004 and nothing'])))).toBe('ZIP_BROKEN');
});

test('too many entries, too large ones, and bombs are refused before anything unpacks', async () => {
  const archive = await zipped(async (zip) => {
    for (const name of ['a', 'b', 'c']) await zip.add(name, new Uint8ArrayReader(new Uint8Array(100_000)));
  });
  expect(await failure(zipItems('a.zip', archive, { ...zipLimits, entries: 2 }))).toBe('ZIP_LIMIT');
  expect(await failure(zipItems('a.zip', archive, { ...zipLimits, entryBytes: 1000 }))).toBe('ZIP_LIMIT');
  expect(await failure(zipItems('a.zip', archive, { ...zipLimits, bytes: 250_000 }))).toBe('ZIP_LIMIT');
  expect(await failure(zipItems('a.zip', archive, { ...zipLimits, ratio: 10, ratioFromBytes: 1000 }))).toBe(
    'ZIP_LIMIT',
  );
  expect(await zipItems('a.zip', archive)).toHaveLength(3);
});

test('an entry that unpacks to more than it says stops at what it said', async () => {
  const archive = new Uint8Array(
    await (await zipped((zip) => zip.add('a', new Uint8ArrayReader(new Uint8Array(1_000_000))))).arrayBuffer(),
  );
  const view = new DataView(archive.buffer);
  const directory = archive.findIndex((_, at) => at + 4 < archive.length && view.getUint32(at, true) === 0x02014b50);
  view.setUint32(directory + 24, 1000, true);
  const [item] = await zipItems('a.zip', new Blob([archive]));
  expect(item !== undefined && 'bytes' in item && item.bytes).toBe(1000);
  expect(await failure(readable(item).whole())).toBe('ZIP_BROKEN');
});
