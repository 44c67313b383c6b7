import { randomUUID } from 'node:crypto';
import { ctStudy } from '@symbolon/testbed';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choose } from '../conflicts/choose.ts';
import { type ConflictSite, conflictSite, fileOf, sha256Of } from '../conflicts/conflict-site.testing.ts';
import { undoChoice } from '../conflicts/undo-choice.ts';
import { heldAmong } from '../intake/held.ts';
import { lookAtAllNow } from '../rewrite/compaction.store.ts';
import { compactDue } from '../rewrite/compaction.ts';
import { partUnderWay, resealAll } from '../rewrite/reseal.store.ts';
import { resealDue } from '../rewrite/reseal.ts';
import { type AdvanceDeps, advance } from './advance.ts';
import { applyTombstones } from './apply-tombstones.ts';
import { type ErasureDeps, eraseAccount, erasePatient, eraseStudy } from './ask-erasure.ts';
import { erasePart } from './erase-part.ts';
import { erasureJob } from './erasure.job.ts';
import { erasureById, erasuresUnderWay } from './erasure.store.ts';
import { lockHolds } from './hold.store.ts';
import { liftHold, listHolds, placeHold } from './holds.ts';

let site: ConflictSite;
let asking: ErasureDeps;
let going: AdvanceDeps;
const forgotten: string[] = [];
beforeAll(async () => {
  site = await conflictSite();
  asking = { ...site.rewriting, closed: () => {}, wake: () => {} };
  const { service: keyService, store: keyStore } = site.keys;
  const { signal } = new AbortController();
  const forget = (packIds: readonly string[]) => void forgotten.push(...packIds);
  going = { ...site.rewriting, keyService, keyStore, publicUrl: '', signal, forget, requireRoom: async () => {} };
});
afterAll(() => site?.stop());

const database = () => site.deps.database;
const whole = { dryRun: false, ground: 'other' } as const;
const uidsOf = (seed: number, slices: number): string[] =>
  [...ctStudy({ seed, slices, rows: 16, columns: 16 })].map(({ sopInstanceUid }) => sopInstanceUid);

/** A study, each image of which came alone; its id. */
async function sentOneByOne(seed: number, slices: number): Promise<string> {
  for (const { bytes } of ctStudy({ seed, slices, rows: 16, columns: 16 })) await site.send([new Uint8Array(bytes)]);
  return (await site.studies()).at(-1)!.id;
}

async function finishAll(): Promise<void> {
  for (const erasure of await erasuresUnderWay(database(), 100)) await advance(going, erasure);
}

test('what others write anew while a part waits to be erased does not carry it past the erasure', async () => {
  for (const [seed, compacting] of [
    [7101, true],
    [7102, false],
  ] as const) {
    const studyId = await sentOneByOne(seed, 3);
    const [gone, ...stay] = uidsOf(seed, 3) as [string, ...string[]];
    await eraseStudy(asking, site.actor, studyId, { ...whole, only: { sopInstanceUids: [gone] } });
    const [erasure] = await erasuresUnderWay(database(), 100);
    // Ended as by a crash: the study has new keys, its packs stand under the old ones.
    await erasePart(going, erasure!, () => true);
    const heard = { left: () => {}, unreadable: () => {} };
    const rewriting = { ...site.rewriting, ...heard, bytesPerSecond: 1e12, requireRoom: async () => {} };
    if (compacting) {
      await database().transaction().execute(lookAtAllNow);
      await compactDue({ ...rewriting, compression: false, scrubSome: async () => 0 }, () => false);
    } else {
      // One that began to be sealed anew before the erasure was asked for looks no more whether there is one.
      await database()
        .transaction()
        .execute((trx) => resealAll(trx, site.actor.accountId, new Date()));
      await resealDue({ ...rewriting, keyStore: site.keys.store, isErased: async () => false }, () => false);
    }
    await finishAll();
    expect(await partUnderWay(database(), studyId)).toBe(false);
    const left = await site.versions([gone, ...stay]);
    expect([...left.keys()].sort()).toEqual(stay.sort());
  }
});

test('of every pack of a study, nothing is left in the memory of whoever reads packs', async () => {
  const studyId = await sentOneByOne(7104, 3);
  const packs = await database().selectFrom('packs').select('id').where('study_id', '=', studyId).execute();
  expect(packs.length).toBeGreaterThan(0);
  await eraseStudy(asking, site.actor, studyId, whole);
  await finishAll();
  expect(forgotten).toEqual(expect.arrayContaining(packs.map(({ id }) => id)));
});

test('a study of which a part was erased goes whole later, with the key of what is on record of it', async () => {
  const studyId = await sentOneByOne(7103, 2);
  const [first] = uidsOf(7103, 2) as [string];
  await eraseStudy(asking, site.actor, studyId, { ...whole, only: { sopInstanceUids: [first] } });
  await finishAll();
  const { patient_id: family } = await database()
    .selectFrom('studies')
    .select('patient_id')
    .where('id', '=', studyId)
    .executeTakeFirstOrThrow();
  const left = async () => (await site.keys.store.family(family)).map(({ chain, kind }) => `${chain} ${kind}`);
  expect(await left()).toContain('audit study');
  await eraseStudy(asking, site.actor, studyId, whole);
  await finishAll();
  expect(await left()).toEqual([]);
  // Whoever restores an older copy of the database finds it named as a whole.
  const { store } = site.keys;
  expect((await store.tombstones('', 1000)).find(({ id }) => id === studyId)).toMatchObject({ kind: 'study' });
});

test('what another study holds under the UIDs of one that is erased is current again: what was chosen over, what was kept aside', async () => {
  for (const [seed, part] of [
    [7110, false],
    [7111, true],
  ] as const) {
    const [held, abroad] = [
      fileOf(seed, { slice: 0, version: 0 }),
      fileOf(seed, { slice: 0, version: 1, abroad: true }),
    ];
    await site.send([held]);
    const home = (await site.studies()).at(-1)!.id;
    await site.send([abroad, ...(part ? [fileOf(seed, { slice: 1, version: 1, abroad: true })] : [])]);
    const other = (await site.studies()).at(-1)!.id;
    const uids = uidsOf(seed, 1);
    const only = part ? { only: { sopInstanceUids: uids } } : {};
    const current = async () =>
      [...(await site.versions(uids)).values()].flat().flatMap((one) => (one.current ? [one.instance.sha256] : []));
    // Chosen over: the first is held still, and the only one.
    const choice = await choose(site.deps, site.actor, other, { choice: 'new', until: 1e9 });
    expect(await current()).toEqual([sha256Of(abroad)]);
    await eraseStudy(asking, site.actor, other, { ...whole, ...only });
    await finishAll();
    expect(await current()).toEqual([sha256Of(held)]);
    expect(await site.countedIn(home)).toBe(1);
    expect((await site.studies()).find(({ id }) => id === home)).toMatchObject({ instanceCount: 1 });
    if (part) {
      const undoing = undoChoice(site.deps, site.actor, other, choice.id);
      await expect(undoing).rejects.toMatchObject({ code: 'CONFLICT_CHANGED' });
    }
    // Kept aside: what stood against it is gone.
    await site.send([abroad]);
    expect(await current()).toEqual([sha256Of(held)]);
    await eraseStudy(asking, site.actor, home, whole);
    expect(await current()).toEqual([sha256Of(abroad)]);
    await finishAll();
  }
});

test("what was aside of a study that is erased is current again, also where another's namespace holds the same UIDs", async () => {
  for (const [seed, part] of [
    [7112, false],
    [7113, true],
  ] as const) {
    const [mine, theirs] = [await site.another('member'), await site.another('member')];
    const abroad = fileOf(seed, { slice: 0, version: 1, abroad: true });
    const first = [0, 1].map((slice) => fileOf(seed, { slice, version: 0 }));
    await site.send(first, undefined, mine);
    const home = (await site.studies()).at(-1)!.id;
    await site.send([abroad], undefined, mine);
    const other = (await site.studies()).at(-1)!.id;
    await site.send([fileOf(seed, { slice: 0, version: 3 })], undefined, theirs);
    const twin = (await site.studies()).at(-1)!.id;
    const only = part ? { only: { sopInstanceUids: uidsOf(seed, 1) } } : {};
    await eraseStudy(asking, site.actor, home, { ...whole, ...only });
    await finishAll();
    expect([await site.countedIn(other), await site.countedIn(twin)]).toEqual([1, 1]);
    expect((await site.studies()).find(({ id }) => id === other)).toMatchObject({ instanceCount: 1 });
  }
});

test('an erasure of a part is not certified while the whole study, erased after it, still has its keys', async () => {
  const studyId = await sentOneByOne(7120, 2);
  const [first] = uidsOf(7120, 2) as [string];
  await eraseStudy(asking, site.actor, studyId, { ...whole, only: { sopInstanceUids: [first] } });
  await erasePart(going, (await erasuresUnderWay(database(), 1))[0]!, () => true);
  await eraseStudy(asking, site.actor, studyId, whole);
  const [part, all] = await erasuresUnderWay(database(), 2);
  await advance(going, part!);
  const stateOf = async () => (await erasureById(database(), site.actor.accountId, part!.id))!.outOfSightAt;
  expect(await stateOf()).toBeNull();
  await advance(going, all!);
  await advance(going, part!);
  expect(await stateOf()).not.toBeNull();
});

test('hundreds that fail keep nothing else from being erased and certified', async () => {
  const { accountId } = site.actor;
  const [ground, asked_at] = ['other', new Date(0)];
  const values = Array.from({ length: 250 }, () => ({
    ...{ id: randomUUID(), account_id: accountId, kind: 'series', ground, asked_at, study_id: randomUUID() },
  }));
  await database()
    .insertInto('erasures')
    .values(values as never)
    .execute();
  const studyId = await sentOneByOne(7121, 1);
  const { id } = (await eraseStudy(asking, site.actor, studyId, whole)) as { id: string };
  const failures: unknown[] = [];
  const job = erasureJob({
    ...going,
    forget: () => {},
    requireRoom: () => Promise.reject(new Error('no room')),
    failed: (error) => void failures.push(error),
  });
  await job.run();
  await job.run();
  expect((await erasureById(database(), accountId, id))?.certificate).not.toBeNull();
  expect(failures.length).toBeGreaterThan(200);
  await database().deleteFrom('erasures').where('asked_at', '=', asked_at).execute();
});

test('a study that comes while its patient is about to be erased is not left behind: it is asked again', async () => {
  const person = { patientName: 'Late^Lena', patientId: 'LENA-1' };
  const [one, two] = [7130, 7131].map((seed) => [...ctStudy({ seed, slices: 1, rows: 16, columns: 16, person })][0]!);
  await site.send([new Uint8Array(one!.bytes)]);
  const studyId = (await site.studies()).at(-1)!.id;
  let asked: Promise<unknown> | undefined;
  await database()
    .transaction()
    .execute(async (trx) => {
      await lockHolds(trx, site.actor.accountId);
      asked = erasePatient(asking, site.actor, studyId, whole).catch((error: unknown) => error);
      const waits = async () =>
        (await sql`select from pg_locks where locktype = 'advisory' and not granted`.execute(database())).rows.length;
      await expect.poll(waits, { timeout: 30_000, interval: 20 }).toBe(1);
      await site.send([new Uint8Array(two!.bytes)]);
    });
  expect(await asked).toMatchObject({ code: 'ERASURE_CHANGED' });
  expect(await erasePatient(asking, site.actor, studyId, whole)).toMatchObject({ patients: 1, studies: 2 });
  await finishAll();
});

test('a study that does not open any more can be erased', async () => {
  const studyId = await sentOneByOne(7132, 1);
  const { patient_id: family } = await database()
    .selectFrom('studies')
    .select('patient_id')
    .where('id', '=', studyId)
    .executeTakeFirstOrThrow();
  await site.keys.store.remove([{ chain: 'identity', kind: 'study', family, id: studyId }]);
  site.keys.chains.forget([studyId]);
  await eraseStudy(asking, site.actor, studyId, whole);
  await finishAll();
  expect((await site.studies()).map(({ id }) => id)).not.toContain(studyId);
});

test('nothing is acknowledged that an erasure would take with it: neither what is held of a part, nor what comes to its series', async () => {
  const of = (seed: number) =>
    [...ctStudy({ seed, slices: 4, series: 2, rows: 16, columns: 16 })].map((file) => ({
      file: new Uint8Array(file.bytes),
      uid: file.sopInstanceUid,
    }));
  for (const [seed, only] of [
    [7120, 'the instance'],
    [7121, 'its series'],
  ] as const) {
    const files = of(seed);
    const [first, second, late] = files as [(typeof files)[0], (typeof files)[0], (typeof files)[0]];
    const beside = files[4]!;
    await site.send([first.file, second.file, beside.file]);
    const { id: studyId } = (await site.studies()).at(-1)!;
    const series = (await site.packsOf(studyId, 'current')).flat().find(({ instanceCount }) => instanceCount === 2)!;
    const part = only === 'the instance' ? { sopInstanceUids: [first.uid] } : { seriesIds: [series.seriesId] };
    await eraseStudy(asking, site.actor, studyId, { ...whole, only: part });
    const [erasure] = await erasuresUnderWay(database(), 100);
    const held = (one: typeof first) =>
      heldAmong(site.deps, site.actor, [sha256Of(one.file)]).then(({ size }) => size > 0);
    const refused = { name: 'Refusal', code: 'STORE_FAILED' };
    const stays = only === 'the instance' ? [second, late] : [];
    // Before the study has new keys, and after.
    for (const renewed of [false, true]) {
      if (renewed) await erasePart(going, erasure!, () => true);
      await expect(site.send([first.file])).rejects.toMatchObject(refused);
      await expect(site.send([fileOf(seed, { slice: 0, version: 1 })])).rejects.toMatchObject(refused);
      expect([await held(first), await held(beside)]).toEqual([false, true]);
      expect(await site.send([beside.file])).toMatchObject([{ kind: 'already held' }]);
      if (stays.length === 0) await expect(site.send([late.file])).rejects.toMatchObject(refused);
      else for (const one of stays) expect((await site.send([one.file]))[0]?.kind).toMatch(/taken|already held/);
    }
    await finishAll();
    expect(await Promise.all([held(first), held(beside), ...stays.map(held)])).toEqual([
      false,
      true,
      ...stays.map(() => true),
    ]);
    expect(await site.send([first.file, late.file])).toMatchObject([
      { kind: 'taken' },
      { kind: stays.length === 0 ? 'taken' : 'already held' },
    ]);
  }
});

test('what is being erased takes no hold: it would be held in vain', async () => {
  const studyId = await sentOneByOne(7104, 2);
  const [first] = uidsOf(7104, 2) as [string];
  await eraseStudy(asking, site.actor, studyId, { ...whole, only: { sopInstanceUids: [first] } });
  const place = (of: 'study' | 'patient' | 'account') =>
    placeHold(asking, site.actor, { of, reason: 'a court', ...(of === 'account' ? {} : { studyId }) });
  for (const of of ['study', 'patient', 'account'] as const)
    await expect(place(of)).rejects.toMatchObject({ code: 'ERASURE_UNDER_WAY' });
  await finishAll();
  const { id } = await place('study');
  await liftHold(asking, site.actor, id);
});

test('an account that was erased says what was held, takes nothing that was on its way, and stays closed in an older copy', async () => {
  const { accountId } = site.actor;
  const { id } = await placeHold(asking, site.actor, { of: 'account', reason: 'a court' });
  await liftHold(asking, site.actor, id);
  // On its way: past the look at the account, not yet in the database.
  const put = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const slow: ConflictSite['stores'] = {
    ...site.stores,
    imageBlobs: {
      ...site.stores.imageBlobs,
      async put(...given) {
        begun.resolve();
        await put.promise;
        return site.stores.imageBlobs.put(...given);
      },
    },
  };
  const [late] = ctStudy({ seed: 7105, slices: 1, rows: 16, columns: 16 });
  const sending = site.send([new Uint8Array(late!.bytes)], slow).catch((error: unknown) => error);
  await begun.promise;
  try {
    await eraseAccount(asking, site.actor, { ...whole, accountName: 'A' });
    await finishAll();
  } finally {
    put.resolve();
  }
  expect(await sending).toMatchObject({ code: 'QUOTA_EXCEEDED' });
  expect(await site.studies()).toEqual([]);
  expect((await listHolds(asking, site.actor, { offset: 0 })).holds[0]).toMatchObject({
    id,
    of: 'account',
    reason: '',
  });

  await database().updateTable('accounts').set({ closed_at: null }).execute();
  await database().deleteFrom('tombstones').execute();
  await database().deleteFrom('erasure_objects').execute();
  await database().deleteFrom('erasures').execute();
  await applyTombstones({ database: database(), keyStore: site.keys.store, audit: site.rewriting.audit });
  const account = await database().selectFrom('accounts').selectAll().where('id', '=', accountId).execute();
  expect(account[0]?.closed_at).toBeInstanceOf(Date);
});
