import { ctStudy } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choose } from '../conflicts/choose.ts';
import { type ConflictSite, conflictSite, fileOf, sha256Of } from '../conflicts/conflict-site.testing.ts';
import { keptFile } from '../conflicts/kept-file.ts';
import { undoChoice } from '../conflicts/undo-choice.ts';
import { commit } from '../intake/commit.ts';
import { instanceOf } from '../intake/instance.ts';
import { readPart } from '../intake/read-part.ts';
import { joinHalves, type StoredPack, walkPacks } from '../packs/index.ts';
import type { BlobStore } from '../platform/blobs/blob-store.ts';
import { ByteBudget } from '../platform/byte-budget.ts';
import { sweep } from '../storage/sweep.ts';
import { usageOf } from '../storage/usage.store.ts';
import type { RewriteError } from './errors.ts';
import { type RewriteDeps, type RewritePolicy, rewrite } from './rewrite.ts';
import { writeAsToday } from './write-pack.ts';

let site: ConflictSite;
beforeAll(async () => {
  site = await conflictSite();
});
afterAll(() => site?.stop());

const asToday: RewritePolicy = { purpose: 'compaction', write: writeAsToday };
let seeds = 4100;

const studiesNow = async () => new Set((await site.studies()).map(({ id }) => id));
const newSince = async (before: ReadonlySet<string>) => [...(await studiesNow())].find((id) => !before.has(id))!;

/** A study of one series, of which each instance came alone. */
async function sentOneByOne(instances: number) {
  seeds += 1;
  const files = [...ctStudy({ seed: seeds, slices: instances, rows: 16, columns: 16 })].map(
    ({ bytes }) => new Uint8Array(bytes),
  );
  const before = await studiesNow();
  for (const file of files) await site.send([file]);
  const id = await newSince(before);
  return { id, files, packs: async () => (await site.packsOf(id, 'current'))[0] as StoredPack[] };
}

const rows = (studyId: string) =>
  site.deps.database.selectFrom('packs').selectAll().where('study_id', '=', studyId).orderBy('ordinal').execute();

/** Everything current in a study, by the road of a reader. */
async function readBack(studyId: string): Promise<string[]> {
  const digests: string[] = [];
  for await (const packs of walkPacks(site.deps.database, site.actor.accountId, { studyId }))
    for (const pack of packs) for (const file of await filesOf(pack)) digests.push(sha256Of(file));
  return digests;
}

async function filesOf(pack: StoredPack): Promise<Buffer[]> {
  const files: Buffer[] = [];
  for (const instance of (await site.deps.reader.manifest(pack)).instances) {
    const pieces: Uint8Array[] = [];
    for await (const piece of joinHalves(site.deps.reader, pack, instance, true)) pieces.push(piece);
    files.push(Buffer.concat(pieces));
  }
  return files;
}

async function objects(): Promise<string[]> {
  const names: string[] = [];
  for await (const page of site.stores.imageBlobs.list()) names.push(...page);
  return names.sort();
}

test('packs of one become one pack: the same files in the same order, found and counted as before', async () => {
  const study = await sentOneByOne(5);
  const before = await rows(study.id);
  const usage = await usageOf(site.deps.database, site.actor.accountId);
  const [told] = (await site.studies()).filter(({ id }) => id === study.id);
  expect(before).toHaveLength(5);

  const packId = await rewrite(site.rewriting, await study.packs(), asToday);
  const [row, ...others] = await rows(study.id);
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    id: packId,
    ordinal: before[0]!.ordinal,
    created_at: before[0]!.created_at,
    sent_by: site.actor.userId,
    instance_count: 5,
    bytes: before.reduce((sum, { bytes }) => sum + bytes, 0),
    version: 1,
    turned: [],
    settled: [],
  });
  expect(await readBack(study.id)).toEqual(study.files.map(sha256Of));
  expect(await usageOf(site.deps.database, site.actor.accountId)).toEqual(usage);
  expect((await site.studies()).filter(({ id }) => id === study.id)).toEqual([told]);
  // Sent again, each is held already: the tokens lead to the new pack.
  expect((await site.send(study.files)).map(({ kind }) => kind)).toEqual(Array(5).fill('already held'));
  const audit = await site.deps.database
    .selectFrom('audit_records')
    .select(['kind', 'outcome', 'user_id'])
    .where('action', '=', 'storage.rewrite')
    .where('study_id', '=', study.id)
    .execute();
  expect(audit).toEqual([{ kind: 'update', outcome: 'success', user_id: null }]);
});

test('whoever began to read before reads on, and neither misses an instance nor gets one twice', async () => {
  const study = await sentOneByOne(40);
  const walk = walkPacks(site.deps.database, site.actor.accountId, { studyId: study.id });
  const held: StoredPack[] = [];
  const read: string[] = [];
  let next = await walk.next();
  held.push(...(next.value ?? []));
  // Swaps before and behind where the reader is, and over it.
  const packs = await study.packs();
  await rewrite(site.rewriting, packs.slice(0, 10), asToday);
  await rewrite(site.rewriting, packs.slice(10, 25), asToday);
  next = await walk.next();
  held.push(...(next.value ?? []));
  await rewrite(site.rewriting, await study.packs(), asToday);
  for (next = await walk.next(); !next.done; next = await walk.next()) held.push(...next.value);
  for (const pack of held) for (const file of await filesOf(pack)) read.push(sha256Of(file));
  expect(read).toEqual(study.files.map(sha256Of));
  expect(await rows(study.id)).toHaveLength(1);
  expect(await readBack(study.id)).toEqual(read);
});

test('what people decided is carried over: marks, choices that can be undone, and files kept aside', async () => {
  seeds += 1;
  const seed = seeds;
  const of = (slice: number, version: number) => fileOf(seed, { slice, version });
  const before = await studiesNow();
  for (const slice of [0, 1, 2]) await site.send([of(slice, 0)]);
  for (const slice of [1, 2]) await site.send([of(slice, 1)]);
  const id = await newSince(before);
  const until = Number.MAX_SAFE_INTEGER;
  const choice = await choose(site.deps, site.actor, id, { choice: 'new', until });
  const current = [of(0, 0), of(1, 1), of(2, 1)].map(sha256Of).sort();
  const currentNow = async () => {
    const uids = [...ctStudy({ seed, slices: 3, rows: 16, columns: 16 })].map(({ sopInstanceUid }) => sopInstanceUid);
    const all = [...(await site.versions(uids)).values()].flat();
    return all
      .filter((version) => version.current)
      .map(({ instance }) => instance.sha256)
      .sort();
  };
  expect(await currentNow()).toEqual(current);

  for (const state of ['current', 'aside'] as const)
    for (const packs of await site.packsOf(id, state)) await rewrite(site.rewriting, packs, asToday);
  expect((await rows(id)).map(({ state, turned, settled }) => ({ state, turned, settled }))).toEqual([
    { state: 'current', turned: [1, 2], settled: [] },
    { state: 'aside', turned: [0, 1], settled: [0, 1] },
  ]);
  expect(await currentNow()).toEqual(current);
  await undoChoice(site.deps, site.actor, id, choice.id);
  expect(await currentNow()).toEqual([of(0, 0), of(1, 0), of(2, 0)].map(sha256Of).sort());
  for (const file of [of(1, 1), of(2, 0)]) {
    const pieces: Uint8Array[] = [];
    for await (const piece of (await keptFile(site.deps, site.actor, id, sha256Of(file))).pieces) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(file)).toBe(true);
  }
});

test('what is decided while the new pack is written stands in it', async () => {
  seeds += 1;
  const seed = seeds;
  const before = await studiesNow();
  for (const slice of [0, 1]) await site.send([fileOf(seed, { slice, version: 0 })]);
  await site.send([fileOf(seed, { slice: 1, version: 1 })]);
  const id = await newSince(before);
  const [packs] = await site.packsOf(id, 'current');
  await rewrite(site.rewriting, packs!, {
    ...asToday,
    async write(...args) {
      const written = await writeAsToday(...args);
      await choose(site.deps, site.actor, id, { choice: 'new', until: Number.MAX_SAFE_INTEGER });
      return written;
    },
  });
  expect((await rows(id)).map(({ state, turned }) => ({ state, turned }))).toEqual([
    { state: 'current', turned: [1] },
    { state: 'aside', turned: [0] },
  ]);
  expect(await site.countedIn(id)).toBe(2);
});

test('of two rewrites of the same packs one is given up, and leaves nothing', async () => {
  const study = await sentOneByOne(4);
  const packs = await study.packs();
  const results = await Promise.allSettled([
    rewrite(site.rewriting, packs, asToday),
    rewrite(site.rewriting, packs.slice(1), asToday),
  ]);
  const failed = results.filter((result) => result.status === 'rejected');
  expect(failed.map(({ reason }) => (reason as RewriteError).code)).toEqual(['REWRITE_OVERTAKEN']);
  expect((await readBack(study.id)).sort()).toEqual(study.files.map(sha256Of).sort());
  const known = await site.deps.database.selectFrom('packs').select('id').execute();
  const replaced = await site.deps.database.selectFrom('replaced_packs').select('id').execute();
  expect(await objects()).toEqual([...known, ...replaced].map(({ id }) => id).sort());
});

test('whoever sends, chooses and undoes while packs are written anew breaks nothing, and nobody is in the way of anybody', async () => {
  seeds += 1;
  const seed = seeds;
  const slices = [0, 1, 2];
  const of = (version: number) => slices.map((slice) => fileOf(seed, { slice, version }));
  const before = await studiesNow();
  for (const file of of(0)) await site.send([file]);
  for (const file of of(1)) await site.send([file]);
  const id = await newSince(before);
  const uids = [...ctStudy({ seed, slices: 3, rows: 16, columns: 16 })].map(({ sopInstanceUid }) => sopInstanceUid);
  let busy = true;
  const done = { rewrites: 0, overtaken: 0, sent: 0 };
  const rewriting = async () => {
    while (busy)
      for (const state of ['current', 'aside'] as const)
        for (const packs of await site.packsOf(id, state))
          await rewrite(site.rewriting, packs, asToday).then(
            () => {
              done.rewrites += 1;
            },
            (error: RewriteError) => {
              if (error.code !== 'REWRITE_OVERTAKEN') throw error;
              done.overtaken += 1;
            },
          );
  };
  const sending = async () => {
    while (busy) {
      for (const outcome of await site.send(of(0))) expect(outcome.kind).not.toBe('taken');
      done.sent += 1;
    }
  };
  const background = Promise.all([rewriting(), rewriting(), sending()]);
  background.catch(() => {});
  for (let round = 0; round < 12; round += 1) {
    const choice = await choose(site.deps, site.actor, id, { choice: 'new', until: Number.MAX_SAFE_INTEGER });
    const all = [...(await site.versions(uids)).values()];
    for (const versions of all) expect(versions.filter(({ current }) => current)).toHaveLength(1);
    await undoChoice(site.deps, site.actor, id, choice.id);
  }
  busy = false;
  await background;
  expect(done.rewrites).toBeGreaterThan(5);
  const all = [...(await site.versions(uids)).values()].flat();
  expect(all.map(({ instance }) => instance.sha256).sort()).toEqual([...of(0), ...of(1)].map(sha256Of).sort());
  expect(
    all
      .filter(({ current }) => current)
      .map(({ instance }) => instance.sha256)
      .sort(),
  ).toEqual(of(0).map(sha256Of).sort());
  expect(await site.countedIn(id)).toBe(3);
}, 120_000);

test('a damaged pack is not written anew: it says so, and everything is as it was', async () => {
  const study = await sentOneByOne(3);
  const [, second] = await study.packs();
  const before = { rows: await rows(study.id), objects: await objects() };
  const { imageBlobs } = site.stores;
  const damaged: BlobStore['read'] = async (name, start, end) => {
    const bytes = await imageBlobs.read(name, start, end);
    if (name === second!.packId) bytes[bytes.length - 1]! ^= 1;
    return bytes;
  };
  const stores = { ...site.stores, imageBlobs: { ...imageBlobs, read: damaged } };
  const deps: RewriteDeps = { ...site.rewriting, stores };
  await expect(rewrite(deps, await study.packs(), asToday)).rejects.toMatchObject({ code: 'PACK_DAMAGED' });
  expect({ rows: await rows(study.id), objects: await objects() }).toEqual(before);
});

test('what was written before the machine slept for a day is not swapped in: a sweep may be at it', async () => {
  const study = await sentOneByOne(3);
  const before = { rows: await rows(study.id), objects: await objects() };
  const { database, audit } = site.deps;
  let clock = Date.now();
  const now = () => new Date(clock);
  const { imageBlobs: images, identityBlobs: identity } = site.stores;
  const sweeping = { database, audit, stores: { images, identity }, keyOwners: async function* () {}, now };
  const policy: RewritePolicy = {
    ...asToday,
    async write(...args) {
      const written = await writeAsToday(...args);
      clock += 25 * 3_600_000;
      return written;
    },
    // It sees no row of the new pack yet.
    also: async () => void (await sweep(sweeping, { kind: 'exchange', address: null }, all)),
  };
  const all = { dryRun: false, many: false, after: null };
  const rewriting = rewrite({ ...site.rewriting, now }, await study.packs(), policy);
  await expect(rewriting).rejects.toMatchObject({ code: 'REWRITE_OVERTAKEN' });
  expect(await readBack(study.id)).toEqual(study.files.map(sha256Of));
  expect({ rows: await rows(study.id), objects: await objects() }).toEqual(before);
});

test.each(['the store', 'the manifest', 'the identity half'])(
  'what %s does not give back as it should is not swapped in',
  async (which) => {
    const study = await sentOneByOne(3);
    const packs = await study.packs();
    const before = { rows: await rows(study.id), objects: await objects() };
    const names = new Set(before.objects);
    const { imageBlobs } = site.stores;
    const forgetful: BlobStore['read'] = async (name, start, end) => {
      const bytes = await imageBlobs.read(name, start, end);
      if (which === 'the store' && !names.has(name)) bytes[bytes.length - 1]! ^= 1;
      return bytes;
    };
    const deps: RewriteDeps = {
      ...site.rewriting,
      stores: { ...site.stores, imageBlobs: { ...imageBlobs, read: forgetful } },
    };
    const policy: RewritePolicy = {
      ...asToday,
      async write(of, place, sources) {
        if (which === 'the manifest') return writeAsToday(of, place, [...sources.slice(1), sources[0]!]);
        const written = await writeAsToday(of, place, sources);
        if (which === 'the identity half') written.identity![written.identity!.length - 1]! ^= 1;
        return written;
      },
    };
    await expect(rewrite(deps, packs, policy)).rejects.toMatchObject({ code: 'REWRITE_NOT_EXACT' });
    expect({ rows: await rows(study.id), objects: await objects() }).toEqual(before);
    expect(await readBack(study.id)).toEqual(study.files.map(sha256Of));
  },
);

test('a pack whose image half has a key of its own is joined with others, and then hangs from its study alone', async () => {
  const study = await sentOneByOne(2);
  const [third] = [...ctStudy({ seed: seeds, slices: 3, rows: 16, columns: 16 })].slice(2);
  const budget = new ByteBudget(2 ** 30);
  const limits = { objectBytes: 2 ** 30, identityBytes: 2 ** 20, heldImageBytes: 100 };
  const body = async function* () {
    yield new Uint8Array(third!.bytes);
  };
  const part = await readPart({ budget, imageBlobs: site.stores.imageBlobs, limits }, site.actor.accountId, body());
  if ('refusal' in part) throw part.refusal;
  await commit(site.rewriting, [{ actor: site.actor, instance: instanceOf(part) }]);
  const packs = await study.packs();
  expect(packs.map(({ version }) => version)).toEqual([1, 1, 2]);
  await rewrite(site.rewriting, packs, asToday);
  expect(await rows(study.id)).toMatchObject([{ version: 1, image_key: null, instance_count: 3 }]);
  expect(await readBack(study.id)).toEqual([...study.files, third!.bytes].map(sha256Of));
});

test('an identity half too large for a row is an object again', async () => {
  seeds += 1;
  const noise = () => Buffer.from(crypto.getRandomValues(new Uint8Array(48_000))).toString('base64');
  const files = [
    ...ctStudy({
      seed: seeds,
      slices: 28,
      rows: 16,
      columns: 16,
      extra: () => [['0020,4000 LT ImageComments', noise()]],
    }),
  ].map(({ bytes }) => new Uint8Array(bytes));
  const before = await studiesNow();
  for (const file of files) await site.send([file]);
  const id = await newSince(before);
  const [packs] = await site.packsOf(id, 'current');
  const packId = await rewrite(site.rewriting, packs!, asToday);
  expect(await rows(id)).toMatchObject([{ id: packId, identity: null, instance_count: 28 }]);
  expect((await site.stores.identityBlobs.facts(packId!)).bytes).toBeGreaterThan(1024 * 1024);
  expect(await readBack(id)).toEqual(files.map(sha256Of));
});
