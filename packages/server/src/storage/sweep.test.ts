import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Audit, AuditEntry } from '../audit/index.ts';
import { fileBlobs } from '../platform/blobs/file-blobs.ts';
import { plantStudies, type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { packsOfThisTest } from './packs-of-this-test.testing.ts';
import { SweepJob } from './sweep.job.ts';
import { namesWithoutPack } from './sweep.store.ts';
import { type KeyOwner, type SweepAsk, type SweepDeps, safeAgeMs, sweep } from './sweep.ts';

const itself = { kind: 'exchange', address: null } as const;
const now = new Date('2026-11-22T12:00:00Z');
const old = new Date(now.getTime() - safeAgeMs - 1000);
const young = new Date(now.getTime() - safeAgeMs + 60_000);
const size = { instances: 1, bytes: 4 };

let watched: WatchedPostgres;
let packs: ReturnType<typeof packsOfThisTest>;
beforeAll(async () => {
  watched = await watchedPostgres(6);
  const { accountId } = await plantStudies(watched.database, 5000);
  packs = packsOfThisTest(watched.database, accountId);
});
afterAll(() => watched.stop());

const root = mkdtempSync(join(tmpdir(), 'symbolon-sweep-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
let deps: SweepDeps;
let recorded: AuditEntry[];
let owners: KeyOwner[];
beforeEach(() => {
  folder = mkdtempSync(join(root, 'of-'));
  recorded = [];
  deps = {
    database: watched.database,
    stores: { images: fileBlobs(join(folder, 'images')), identity: fileBlobs(join(folder, 'identity')) },
    audit: { record: async (_: unknown, entries: readonly AuditEntry[]) => void recorded.push(...entries) } as Audit,
    keyOwners: async function* () {
      yield owners;
    },
    now: () => now,
  };
  owners = [];
});

type StoreName = keyof SweepDeps['stores'];

async function put(store: StoreName, at: Date, name: string = randomUUID()): Promise<string> {
  await deps.stores[store].put(name, [Buffer.from('data')]);
  utimesSync(join(folder, store, name.slice(0, 2), name), at, at);
  return name;
}

async function namesIn(store: StoreName): Promise<string[]> {
  const names: string[] = [];
  for await (const page of deps.stores[store].list()) names.push(...page);
  return names;
}

const all: SweepAsk = { dryRun: false, many: true, after: null };
const nothing = { count: 0, bytes: 0 };

describe('a sweep', () => {
  test('removes what no pack names and is old, from both stores, and nothing else', async () => {
    const named = await packs.add(3, size);
    for (const name of named) await put('images', old, name);
    await put('identity', old, named[0]);
    await put('images', old);
    await put('identity', old);
    const fresh = await put('images', young);
    expect(await sweep(deps, itself, all)).toEqual({
      dryRun: false,
      looked: 7,
      orphans: { count: 2, bytes: 8 },
      unfinished: nothing,
      young: 1,
      keys: { patients: 0, studies: 0 },
      next: null,
    });
    expect(await namesIn('images')).toEqual([...named, fresh].sort());
    expect(await namesIn('identity')).toEqual([named[0]]);
    expect(await sweep(deps, itself, all)).toMatchObject({ orphans: nothing, young: 1 });
  });

  test('lets be what a rewrite replaced, as long as it is kept', async () => {
    const [kept] = (await packs.add(1, size)) as [string];
    await put('images', old, kept);
    await packs.replaced(kept);
    expect(await sweep(deps, itself, all)).toMatchObject({ looked: 1, orphans: nothing });
    expect(await namesIn('images')).toEqual([kept]);
  });

  test('takes away what unfinished writes left, when it is old', async () => {
    mkdirSync(join(folder, 'images/incoming'), { recursive: true });
    for (const [file, at] of [
      ['a', old],
      ['b', young],
    ] as const) {
      writeFileSync(join(folder, 'images/incoming', file), 'half');
      utimesSync(join(folder, 'images/incoming', file), at, at);
    }
    expect(await sweep(deps, itself, { ...all, dryRun: true })).toMatchObject({ unfinished: { count: 1, bytes: 4 } });
    expect(await sweep(deps, itself, all)).toMatchObject({ unfinished: { count: 1, bytes: 4 } });
    expect(await sweep(deps, itself, all)).toMatchObject({ unfinished: nothing });
  });

  test('without an object, or without a folder, finds nothing', async () => {
    expect(await sweep(deps, itself, all)).toMatchObject({ looked: 0, orphans: nothing });
  });

  test('that is dry says the same and removes nothing', async () => {
    const name = await put('images', old);
    expect(await sweep(deps, itself, { ...all, dryRun: true })).toMatchObject({ orphans: { count: 1, bytes: 4 } });
    expect(await namesIn('images')).toEqual([name]);
    expect(recorded).toMatchObject([{ action: 'storage.sweep', kind: 'read' }]);
  });

  test('is recorded with the names before they are gone; one that cannot be recorded removes nothing', async () => {
    const name = await put('images', old);
    const failing = { ...deps, audit: { record: () => Promise.reject(new Error('no audit')) } as unknown as Audit };
    await expect(sweep(failing, itself, all)).rejects.toThrow('no audit');
    expect(await namesIn('images')).toEqual([name]);
    await sweep(deps, itself, all);
    expect(recorded).toMatchObject([{ kind: 'delete', detail: { orphans: { count: 1 }, objects: [name] } }]);
  });

  test('goes on where the stretch before ended', async () => {
    const names = (await Promise.all(Array.from({ length: 20 }, () => put('images', old)))).sort();
    const found = await sweep(deps, itself, { ...all, after: `images ${names[14]}` });
    expect(found).toMatchObject({ looked: 5, orphans: { count: 5 } });
    expect(await namesIn('images')).toEqual(names.slice(0, 15));
    await put('identity', old);
    expect(await sweep(deps, itself, { ...all, after: `identity ${'0'.repeat(8)}-${'0'.repeat(27)}` })).toMatchObject({
      looked: 16,
      orphans: { count: 16 },
    });
  });

  test('says how many patients and studies have keys and no row, and leaves them alone', async () => {
    const { id } = await watched.database.selectFrom('patients').select('id').limit(1).executeTakeFirstOrThrow();
    const [lost, fresh] = [randomUUID(), randomUUID()];
    owners = [
      { kind: 'patient', id, madeAt: old },
      { kind: 'patient', id: lost, madeAt: old },
      { kind: 'patient', id: lost, madeAt: old },
      { kind: 'study', id: randomUUID(), madeAt: old },
      { kind: 'study', id: randomUUID(), madeAt: old },
      { kind: 'study', id: fresh, madeAt: young },
    ];
    expect(await sweep(deps, itself, all)).toMatchObject({ keys: { patients: 1, studies: 2 } });
  });

  test('of two at once one is refused, whatever node it is on', async () => {
    const reached = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const slow: SweepDeps = {
      ...deps,
      stores: {
        ...deps.stores,
        identity: {
          ...deps.stores.identity,
          async *list() {
            reached.resolve();
            await goOn.promise;
            yield [];
          },
        },
      },
    };
    const first = sweep(slow, itself, all);
    await reached.promise;
    await expect(sweep(deps, itself, all)).rejects.toMatchObject({ code: 'SWEEP_RUNNING' });
    goOn.resolve();
    await first;
    await sweep(deps, itself, all);
  });

  test('asks its rows by their primary key', async () => {
    const names = Array.from({ length: 1000 }, () => randomUUID());
    const [plan] = await watched.plansOf(() => namesWithoutPack(watched.database, names));
    expect(plan).toMatch(/(Index Only Scan|Index Scan) using packs_pkey|Bitmap Index Scan on packs_pkey/);
    expect(plan).not.toMatch(/Seq Scan on packs/);
  });
});

describe('what may be acknowledged is never removed', () => {
  test('where a store is full of what the database does not know, nothing is removed unless one insists', async () => {
    const known = await packs.add(60, size);
    await Promise.all(known.map((name) => put('images', old, name)));
    await Promise.all(Array.from({ length: 51 }, () => put('images', old)));
    const careful = { ...all, many: false };
    await expect(sweep(deps, itself, careful)).rejects.toMatchObject({ code: 'SWEEP_TOO_MANY' });
    expect(await namesIn('images')).toHaveLength(111);
    expect(await sweep(deps, itself, { ...careful, dryRun: true })).toMatchObject({ orphans: { count: 51 } });
    expect(await sweep(deps, itself, all)).toMatchObject({ orphans: { count: 51 } });
    expect(await namesIn('images')).toEqual(known.sort());
  });

  test('a transaction that has been open for longer than can be told stops it', async () => {
    await put('images', old);
    const agoing = {
      ...deps,
      database: hoursAgo(13),
    };
    await expect(sweep(agoing, itself, all)).rejects.toMatchObject({ code: 'SWEEP_COMMIT_OPEN' });
    expect(await namesIn('images')).toHaveLength(1);
    await sweep({ ...deps, database: hoursAgo(11) }, itself, all);
    expect(await namesIn('images')).toHaveLength(0);
  });

  /** The same database, with a transaction open for so long: what its own view says is changed on its way to us. */
  function hoursAgo(hours: number): SweepDeps['database'] {
    return watched.database.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => ({
        ...result,
        rows: result.rows.map((row) => (Object.hasOwn(row, 'seconds') ? { ...row, seconds: hours * 3600 } : row)),
      }),
    });
  }

  test('an open transaction is seen by the database itself, with its age', async () => {
    const { oldestOpenTransactionSeconds } = await import('./sweep.store.ts');
    expect(await oldestOpenTransactionSeconds(watched.database)).toBeUndefined();
    await watched.database.transaction().execute(async (trx) => {
      await packs.addWithin(trx, 1, size);
      const seconds = await oldestOpenTransactionSeconds(watched.database);
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThan(30);
    });
  });

  /**
   * Objects of commits that crashed anywhere: before, between and after their two objects, before and after their row; and
   * commits that go on while it sweeps.
   */
  test('whatever crashed wherever, what a row names stays and every orphan goes', async () => {
    const crash = fc.record({
      image: fc.boolean(),
      identity: fc.boolean(),
      row: fc.constantFrom('committed', 'rolled back', 'never begun', 'committed while it sweeps'),
      age: fc.constantFrom(old, young),
      unfinished: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(crash, { maxLength: 12 }), async (crashes) => {
        const expected: Record<StoreName, string[]> = {
          images: await namesIn('images'),
          identity: await namesIn('identity'),
        };
        const during: Promise<unknown>[] = [];
        for (const { image, identity, row, age, unfinished } of crashes) {
          const name = randomUUID();
          const isNamed = row.startsWith('committed');
          // What is about to be named is young: its transaction began seconds after its last byte.
          const at = row === 'committed while it sweeps' ? young : age;
          for (const [wanted, store] of [
            [image, 'images'],
            [identity, 'identity'],
          ] as const) {
            if (!wanted) continue;
            await put(store, at, name);
            if (isNamed || at === young) expected[store].push(name);
          }
          if (unfinished) {
            mkdirSync(join(folder, 'images/incoming'), { recursive: true });
            writeFileSync(join(folder, 'images/incoming', name), 'half');
            utimesSync(join(folder, 'images/incoming', name), age, age);
          }
          const commit = () => watched.database.transaction().execute((trx) => packs.addWithin(trx, 1, size, [name]));
          if (row === 'committed') await commit();
          if (row === 'committed while it sweeps') during.push(commit());
          if (row === 'rolled back') await packs.add(1, size, 'and roll back').catch(() => {});
        }
        await sweep(deps, itself, all);
        await Promise.all(during);
        for (const store of ['images', 'identity'] as const)
          expect(await namesIn(store)).toEqual(expected[store].toSorted());
        expect(await deps.stores.images.unfinished(old, 'count')).toEqual(nothing);
      }),
      { numRuns: process.env.SYMBOLON_DRILL ? 500 : 15 },
    );
  });
});

describe('the daily sweep', () => {
  test('goes through everything stretch by stretch, and tells what it found', async () => {
    await put('images', old);
    const told: unknown[] = [];
    const job = new SweepJob({ ...deps, done: (found) => told.push(found), failed: (error) => told.push(error) });
    await job.run();
    expect(told).toMatchObject([{ looked: 1, orphans: { count: 1 }, next: null }]);
    expect(job.last).toMatchObject({ at: now.toISOString(), found: { orphans: { count: 1 } } });
    expect(recorded).toMatchObject([{ actor: itself, action: 'storage.sweep' }]);
  });

  test('tells what went wrong, and never removes what is suspiciously much', async () => {
    await Promise.all(Array.from({ length: 51 }, () => put('images', old)));
    const told: unknown[] = [];
    const job = new SweepJob({ ...deps, done: (found) => told.push(found), failed: (error) => told.push(error) });
    await job.run();
    expect(told).toMatchObject([{ code: 'SWEEP_TOO_MANY' }]);
    expect(await namesIn('images')).toHaveLength(51);
    await job.stop();
  });
});
