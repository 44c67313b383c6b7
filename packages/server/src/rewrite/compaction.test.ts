import { setTimeout as pause } from 'node:timers/promises';
import { ctStudy } from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ConflictSite, conflictSite } from '../conflicts/conflict-site.testing.ts';
import { BlobError, type BlobStore } from '../platform/blobs/blob-store.ts';
import { aloneWith } from '../platform/db/alone.ts';
import { scrubSome } from '../scrub/index.ts';
import { DiskWatch } from '../storage/index.ts';
import { CompactionJob } from './compaction.job.ts';
import { compactionState, lookAtAllNow } from './compaction.store.ts';
import { type CompactionDeps, compactDue } from './compaction.ts';
import { removeReplaced } from './remove-replaced.ts';

let site: ConflictSite;
let deps: CompactionDeps;
let left: string[];
let alarms: string[];
beforeAll(async () => {
  site = await conflictSite();
});
afterAll(() => site?.stop());
beforeEach(() => {
  left = [];
  alarms = [];
  deps = withStores(site.stores);
});

function withStores(stores: ConflictSite['stores']): CompactionDeps {
  const bytesPerSecond = 1e12;
  const alarm = ({ pack }: { pack: string }) => void alarms.push(pack);
  const freshChains = () => site.rewriting.chains;
  const scrub = { ...site.rewriting, freshChains, stores, bytesPerSecond, now: () => new Date(), alarm };
  return {
    ...site.rewriting,
    stores,
    bytesPerSecond,
    compression: false,
    scrubSome: (packs) => scrubSome(scrub, packs),
    requireRoom: async () => {},
    left: (series) => void left.push(series),
  };
}

let seed = 5100;
/** A study, each image of which came alone; gives its series and the ids of their packs. */
async function sentOneByOne(slices: number, series = 1) {
  seed += 1;
  const before = new Set((await site.studies()).map(({ id }) => id));
  for (const { bytes } of ctStudy({ seed, slices, series, rows: 16, columns: 16 }))
    await site.send([new Uint8Array(bytes)]);
  const study = (await site.studies()).find(({ id }) => !before.has(id))!.id;
  return { study, packs: async () => (await site.packsOf(study, 'current')).map((some) => some.map((p) => p.packId)) };
}

const database = () => site.deps.database;
const dueNow = () => database().transaction().execute(lookAtAllNow);
const never = () => false;
const waiting = async () => (await compactionState(database())).waiting;

test('a series that got a second pack is due when it has been quiet for five minutes; one that came in one commit never', async () => {
  await site.send(
    [...ctStudy({ seed: 5000, slices: 4, rows: 16, columns: 16 })].map(({ bytes }) => new Uint8Array(bytes)),
  );
  expect(await waiting()).toBe(0);
  const { packs } = await sentOneByOne(3);
  expect(await compactionState(database())).toMatchObject({ waiting: 1, due: 0 });
  await compactDue(deps, never);
  expect((await packs())[0]).toHaveLength(3);
  await sql`update compaction_due set look_at = look_at - interval '5 minutes'`.execute(database());
  await compactDue(deps, never);
  expect((await packs())[0]).toHaveLength(1);
  // Neither what was written nor what was looked at is due again.
  expect(await waiting()).toBe(0);
  expect(await compactionState(database())).toMatchObject({
    rewrites: 1,
    joined: 3,
    instances: 3,
    kept: 3,
  });
});

test('a damaged pack is told of and left; its neighbours and other series are joined', async () => {
  const { packs } = await sentOneByOne(5);
  const other = await sentOneByOne(3);
  const [[, , third]] = (await packs()) as [string[]];
  const { imageBlobs } = site.stores;
  const read: BlobStore['read'] = async (name, start, end) => {
    const bytes = await imageBlobs.read(name, start, end);
    if (name === third) bytes[bytes.length - 1]! ^= 1;
    return bytes;
  };
  const damaged = withStores({ ...site.stores, imageBlobs: { ...imageBlobs, read } });
  await dueNow();
  await compactDue(damaged, never);
  expect(left).toHaveLength(1);
  expect(alarms).toEqual([third]);
  expect((await packs())[0]).toHaveLength(5);
  expect((await other.packs())[0]).toHaveLength(1);
  expect(await compactionState(database())).toMatchObject({ waiting: 1, due: 0 });
  const finding = await database()
    .selectFrom('scrub_findings')
    .select(['part', 'gone_at'])
    .where('pack_id', '=', third!)
    .execute();
  expect(finding).toEqual([{ part: 'image', gone_at: null }]);

  await dueNow();
  await compactDue(damaged, never);
  const [now] = (await packs()) as [string[]];
  expect(now).toHaveLength(3);
  expect(now[1]).toBe(third);
  expect(await waiting()).toBe(0);
});

test('what was stopped goes on where it was', async () => {
  const { packs } = await sentOneByOne(3, 4);
  await dueNow();
  const { imageBlobs } = site.stores;
  let puts = 0;
  const put: BlobStore['put'] = (...args) => {
    puts += 1;
    return imageBlobs.put(...args);
  };
  // In the midst of the third.
  await compactDue(withStores({ ...site.stores, imageBlobs: { ...imageBlobs, put } }), () => puts > 2);
  const between = (await packs()).map((some) => some.length).sort();
  expect(between).toEqual([1, 1, 3, 3]);
  expect(await waiting()).toBe(2);
  await compactDue(deps, never);
  expect((await packs()).map((some) => some.length)).toEqual([1, 1, 1, 1]);
});

test('a series to which something comes while it is joined is looked at again', async () => {
  const { packs } = await sentOneByOne(3);
  const [, , , last] = [...ctStudy({ seed, slices: 4, rows: 16, columns: 16 })];
  const { imageBlobs } = site.stores;
  let puts = 0;
  const put: BlobStore['put'] = async (...args) => {
    puts += 1;
    if (puts === 1) await site.send([new Uint8Array(last!.bytes)]);
    return imageBlobs.put(...args);
  };
  await dueNow();
  await compactDue(withStores({ ...site.stores, imageBlobs: { ...imageBlobs, put } }), never);
  expect((await packs())[0]).toHaveLength(2);
  expect(await compactionState(database())).toMatchObject({ waiting: 1, due: 0 });
  // One image beside three: not worth writing three again.
  await dueNow();
  await compactDue(deps, never);
  expect((await packs())[0]).toHaveLength(2);
  expect(await waiting()).toBe(0);
});

test('where there is no room nothing is left out: the series waits', async () => {
  const { packs } = await sentOneByOne(3);
  const put: BlobStore['put'] = () => Promise.reject(new BlobError('BLOB_STORE_FULL', 'full'));
  const full = withStores({ ...site.stores, imageBlobs: { ...site.stores.imageBlobs, put } });
  await dueNow();
  await expect(compactDue(full, never)).rejects.toMatchObject({ code: 'BLOB_STORE_FULL' });
  expect(left).toEqual([]);
  expect(await compactionState(database())).toMatchObject({ waiting: 1, due: 1 });
  await compactDue(deps, never);
  expect((await packs())[0]).toHaveLength(1);
});

test('what was replaced goes after a day, objects first: a crash between leaves nothing that nobody knows', async () => {
  const { packs } = await sentOneByOne(3);
  const [old] = (await packs()) as [string[]];
  await dueNow();
  await compactDue(deps, never);
  const there = async () => {
    const names: string[] = [];
    for await (const page of site.stores.imageBlobs.list()) names.push(...page);
    return old.filter((name) => names.includes(name)).length;
  };
  await removeReplaced(deps, never);
  expect(await there()).toBe(3);
  await sql`update replaced_packs set replaced_at = replaced_at - interval '25 hours'`.execute(database());
  const { imageBlobs } = site.stores;
  let removed = 0;
  const remove: BlobStore['remove'] = async (name) => {
    removed += 1;
    if (removed === 2) throw new BlobError('BLOB_WRITE_FAILED', 'the store went away');
    await imageBlobs.remove(name);
  };
  const failing = withStores({ ...site.stores, imageBlobs: { ...imageBlobs, remove } });
  await expect(removeReplaced(failing, never)).rejects.toThrow('went away');
  expect((await compactionState(database())).kept).toBeGreaterThanOrEqual(3);
  await removeReplaced(deps, never);
  expect(await there()).toBe(0);
  expect((await compactionState(database())).kept).toBe(0);
});

test('what was replaced long enough ago goes while the rest of a long run is still to be joined', async () => {
  const { packs } = await sentOneByOne(3, 3);
  const kept = async () => (await compactionState(database())).kept;
  const keptAtPut: number[] = [];
  const { imageBlobs } = site.stores;
  const put: BlobStore['put'] = async (...args) => {
    keptAtPut.push(await kept());
    // As if each series took a day.
    await sql`update replaced_packs set replaced_at = replaced_at - interval '25 hours'`.execute(database());
    return imageBlobs.put(...args);
  };
  await dueNow();
  const slow = withStores({ ...site.stores, imageBlobs: { ...imageBlobs, put } });
  await compactDue(slow, never);
  expect((await packs()).map((some) => some.length)).toEqual([1, 1, 1]);
  expect(keptAtPut.slice(1)).toEqual([3, 3]);
});

test('where there is little room left for new data nothing is joined: it takes twice the room for a day', async () => {
  const { packs } = await sentOneByOne(3);
  const sizes = { totalBytes: 100_000, freeBytes: 1_900 };
  const watch = new DiskWatch({
    places: [{ name: 'images', folder: '/' }],
    reserve: { bytes: 1_000, share: 0 },
    changed: () => {},
    measure: async () => sizes,
  });
  const requireRoom = () => watch.requireAmple();
  await dueNow();
  await expect(compactDue({ ...deps, requireRoom }, never)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  expect((await packs())[0]).toHaveLength(3);
  // New data is still taken.
  await watch.require(100);
  sizes.freeBytes = 2_100;
  await pause(300);
  await compactDue({ ...deps, requireRoom }, never);
  expect((await packs())[0]).toHaveLength(1);
});

test('whoever asks for all of it now waits for no commit that is under way', async () => {
  const { packs } = await sentOneByOne(3, 2);
  const [[first]] = (await packs()) as [string[]];
  const held = await database().startTransaction().execute();
  await sql`update compaction_due set look_at = look_at where series_id = (select series_id from packs where id = ${first})`.execute(
    held,
  );
  expect(await dueNow()).toBe(2);
  expect(await compactionState(database())).toMatchObject({ waiting: 2, due: 1 });
  await held.rollback().execute();
  await dueNow();
  await compactDue(deps, never);
  expect((await packs()).map((some) => some.length)).toEqual([1, 1]);
});

test('by hand only: the clock joins nothing, and whoever asks is served', async () => {
  const { packs } = await sentOneByOne(2);
  await dueNow();
  const failures: unknown[] = [];
  const job = new CompactionJob({ ...deps, byItself: false, failed: (error) => void failures.push(error) });
  await job.run();
  expect((await packs())[0]).toHaveLength(2);
  job.wake();
  while ((await packs())[0]!.length > 1) await pause(10);
  await job.stop();

  const another = await sentOneByOne(2);
  await dueNow();
  await new CompactionJob({ ...deps, byItself: true, failed: (error) => void failures.push(error) }).run();
  expect((await another.packs())[0]).toHaveLength(1);
  expect(failures).toEqual([]);
});

test('while another node is at it, nothing is done here', async () => {
  const { packs } = await sentOneByOne(2);
  await dueNow();
  const job = new CompactionJob({ ...deps, byItself: true, failed: () => {} });
  const alone = await aloneWith(database(), 'compaction', async () => {
    await job.run();
    return (await packs())[0]!.length;
  });
  expect(alone).toEqual({ done: 2 });
  await job.run();
  expect((await packs())[0]).toHaveLength(1);
});
