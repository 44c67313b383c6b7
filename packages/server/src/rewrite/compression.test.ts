import { ctStudy } from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ConflictSite, conflictSite, sha256Of } from '../conflicts/conflict-site.testing.ts';
import { joinHalves, type StoredPack } from '../packs/index.ts';
import type { BlobStore } from '../platform/blobs/blob-store.ts';
import { BlobError } from '../platform/blobs/blob-store.ts';
import { scrubSome } from '../scrub/index.ts';
import { lookAtAllNow } from './compaction.store.ts';
import { type CompactionDeps, compactDue } from './compaction.ts';
import { compressionState } from './compression.store.ts';
import { compressWaiting } from './compression.ts';

let site: ConflictSite;
let left: string[];
let alarms: string[];
beforeAll(async () => {
  site = await conflictSite();
});
afterAll(() => site?.stop());
beforeEach(() => {
  left = [];
  alarms = [];
});

const never = () => false;
const database = () => site.deps.database;
const state = () => compressionState(database());

function withImages(imageBlobs: Partial<BlobStore> = {}): CompactionDeps {
  const stores = { ...site.stores, imageBlobs: { ...site.stores.imageBlobs, ...imageBlobs } };
  const bytesPerSecond = 1e12;
  const alarm = ({ pack }: { pack: string }) => void alarms.push(pack);
  const freshChains = () => site.rewriting.chains;
  const scrub = { ...site.rewriting, freshChains, stores, bytesPerSecond, now: () => new Date(), alarm };
  return {
    ...site.rewriting,
    stores,
    bytesPerSecond,
    compression: true,
    scrubSome: (packs) => scrubSome(scrub, packs),
    requireRoom: async () => {},
    left: (series) => void left.push(series),
  };
}

let seed = 5500;
/** A study of one series that came in one commit. */
async function sent(slices: number, { noise = false } = {}) {
  seed += 1;
  const before = new Set((await site.studies()).map(({ id }) => id));
  const files = [...ctStudy({ seed, slices, rows: 256, columns: 256 })].map(({ bytes }) => new Uint8Array(bytes));
  let random = seed;
  if (noise)
    for (const file of files)
      for (let at = 2_000; at < file.length; at++) {
        random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
        if (at > file.length - 131_072) file[at] = random >>> 23;
      }
  await site.send(files);
  const study = (await site.studies()).find(({ id }) => !before.has(id))!.id;
  const pack = async () => (await site.packsOf(study, 'current')).flat()[0] as StoredPack;
  return { files, pack, study };
}

async function digestsIn(pack: StoredPack): Promise<string[]> {
  const digests: string[] = [];
  for (const instance of (await site.deps.reader.manifest(pack)).instances) {
    const pieces: Uint8Array[] = [];
    for await (const piece of joinHalves(site.deps.reader, pack, instance, true)) pieces.push(piece);
    digests.push(sha256Of(Buffer.concat(pieces)));
  }
  return digests;
}

test('a pack that stands alone is compressed when it has been quiet for five minutes, once', async () => {
  const one = await sent(3);
  const before = await one.pack();
  expect(await state()).toMatchObject({ toCompress: 1, toCompressBytes: before.imageSealedBytes, compressed: 0 });
  await compressWaiting(withImages(), 300, never);
  expect((await one.pack()).packId).toBe(before.packId);
  await sql`update packs set created_at = created_at - interval '6 minutes'`.execute(database());
  await compressWaiting(withImages(), 300, never);
  const after = await one.pack();
  expect(after).toMatchObject({ version: 3, instanceCount: 3 });
  expect(await digestsIn(after)).toEqual(one.files.map(sha256Of));
  const done = {
    toCompress: 0,
    compressed: 1,
    storedBefore: before.imageSealedBytes,
    storedAfter: after.imageSealedBytes,
  };
  expect(await state()).toMatchObject(done);
  expect(after.imageSealedBytes).toBeLessThan(0.8 * before.imageSealedBytes);
  await compressWaiting(withImages(), 0, never);
  expect((await one.pack()).packId).toBe(after.packId);
  expect(left).toEqual([]);
});

test('what does not become smaller is weighed once and stays as it is, without an object left behind', async () => {
  const noise = await sent(2, { noise: true });
  const before = await noise.pack();
  let puts = 0;
  const put: BlobStore['put'] = (...given) => {
    puts += 1;
    return site.stores.imageBlobs.put(...given);
  };
  await compressWaiting(withImages({ put }), 0, never);
  await compressWaiting(withImages({ put }), 0, never);
  expect(puts).toBe(1);
  expect(left).toEqual([]);
  expect(await noise.pack()).toMatchObject({ packId: before.packId, version: 1 });
  expect(await state()).toMatchObject({ toCompress: 0 });
  const named = new Set(
    (
      await sql<{ id: string }>`select id from packs union all select id from replaced_packs`.execute(database())
    ).rows.map(({ id }) => id),
  );
  for await (const page of site.stores.imageBlobs.list()) for (const name of page) expect(named).toContain(name);
});

test('a damaged pack is told of and left; the others are compressed', async () => {
  const [bad, good] = [await sent(1), await sent(1)];
  const { packId } = await bad.pack();
  const read: BlobStore['read'] = async (name, start, end) => {
    const bytes = await site.stores.imageBlobs.read(name, start, end);
    if (name === packId) bytes[bytes.length - 1]! ^= 1;
    return bytes;
  };
  await compressWaiting(withImages({ read }), 0, never);
  expect([alarms, left.length]).toEqual([[packId], 1]);
  expect((await bad.pack()).packId).toBe(packId);
  expect((await good.pack()).version).toBe(3);
  expect(await state()).toMatchObject({ toCompress: 0 });
});

test('what was stopped, and what waited for a store, goes on where it was', async () => {
  const [one, two] = [await sent(2), await sent(2)];
  let pieces = 0;
  const read: BlobStore['read'] = (...given) => {
    pieces += 1;
    return site.stores.imageBlobs.read(...given);
  };
  await compressWaiting(withImages({ read }), 0, () => pieces > 2);
  expect(await state()).toMatchObject({ toCompress: 2 });
  const full = () => Promise.reject(new BlobError('BLOB_STORE_FULL', 'full'));
  await expect(compressWaiting(withImages({ put: full }), 0, never)).rejects.toMatchObject({ code: 'BLOB_STORE_FULL' });
  await compressWaiting(withImages(), 0, never);
  for (const study of [one, two]) {
    expect((await study.pack()).version).toBe(3);
    expect(await digestsIn(await study.pack())).toEqual(study.files.map(sha256Of));
  }
});

test('small packs that are joined are compressed at once', async () => {
  seed += 1;
  const files = [...ctStudy({ seed, slices: 3, rows: 256, columns: 256 })].map(({ bytes }) => new Uint8Array(bytes));
  const before = new Set((await site.studies()).map(({ id }) => id));
  for (const file of files) await site.send([file]);
  const study = (await site.studies()).find(({ id }) => !before.has(id))!.id;
  // They are compaction's as long as they wait to be joined.
  expect(await state()).toMatchObject({ toCompress: 0 });
  const { compressed } = await state();
  await database().transaction().execute(lookAtAllNow);
  await compactDue(withImages(), never);
  const [[pack]] = (await site.packsOf(study, 'current')) as [[StoredPack]];
  expect(pack).toMatchObject({ version: 3, instanceCount: 3 });
  expect(await digestsIn(pack)).toEqual(files.map(sha256Of));
  expect(await state()).toMatchObject({ toCompress: 0, compressed: compressed + 1 });
});
