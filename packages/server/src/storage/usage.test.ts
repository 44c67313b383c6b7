import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plantStudies, type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { packsOfThisTest } from './packs-of-this-test.testing.ts';
import { exceeded, overQuota, QuotaGate } from './quota.ts';
import { setLimits, usageOf } from './usage.store.ts';

let watched: WatchedPostgres;
let accountId: string;
let packs: ReturnType<typeof packsOfThisTest>;
beforeAll(async () => {
  watched = await watchedPostgres(4);
  ({ accountId } = await plantStudies(watched.database, 20));
  packs = packsOfThisTest(watched.database, accountId);
});
afterAll(() => watched.stop());

/** By counting the packs themselves. */
async function counted(account = accountId) {
  const rows = await watched.database
    .selectFrom('packs')
    .select(['instance_count', 'bytes'])
    .where('account_id', '=', account)
    .execute();
  return {
    instances: rows.reduce((sum, row) => sum + row.instance_count, 0),
    bytes: rows.reduce((sum, row) => sum + row.bytes, 0),
  };
}

describe('what an account holds', () => {
  test('is the sum of its packs, of which some were there before', async () => {
    const all = await watched.database.selectFrom('accounts').select('id').execute();
    expect(all.length).toBeGreaterThan(1);
    for (const { id } of all) expect(await usageOf(watched.database, id)).toMatchObject(await counted(id));
  });

  test('stays so through additions, removals, and transactions that are rolled back', async () => {
    const added = await packs.add(25, { instances: 3, bytes: 1000 });
    expect(await usageOf(watched.database, accountId)).toMatchObject(await counted());
    await packs.remove(added.slice(0, 10));
    expect(await usageOf(watched.database, accountId)).toMatchObject(await counted());
    const before = await counted();
    await expect(packs.add(5, { instances: 1, bytes: 1 }, 'and roll back')).rejects.toThrow('rolled back');
    expect(await usageOf(watched.database, accountId)).toMatchObject(before);
  });

  test('stays so while many add at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => packs.add(3, { instances: 2, bytes: 500 })));
    expect(await usageOf(watched.database, accountId)).toMatchObject(await counted());
  });

  test('of one that holds nothing is nothing', async () => {
    expect(await usageOf(watched.database, randomUUID())).toEqual({
      instances: 0,
      bytes: 0,
      maxInstances: null,
      maxBytes: null,
    });
  });

  test('cannot go wrong by a pack that is changed', async () => {
    const [one] = await packs.add(1, { instances: 1, bytes: 1 });
    const changing = watched.database
      .updateTable('packs')
      .set({ bytes: 2 })
      .where('id', '=', one as string)
      .execute();
    await expect(changing).rejects.toThrow('never changed');
  });
});

describe('a quota', () => {
  const usage = { instances: 10, bytes: 1000, maxInstances: 12, maxBytes: 1500 };

  test.each([
    [{ instances: 2, bytes: 500 }, undefined],
    [{ instances: 3, bytes: 1 }, /12 instances, and holds 10/],
    [{ instances: 1, bytes: 501 }, /1\.5 kB, and holds 1\.0 kB/],
  ])('with %j more', (more, says) => {
    if (says === undefined) expect(exceeded(usage, more)).toBeUndefined();
    else expect(exceeded(usage, more)).toMatch(says);
  });

  test('is none where none is set', () => {
    expect(exceeded({ ...usage, maxInstances: null, maxBytes: null }, { instances: 1e9, bytes: 1e15 })).toBeUndefined();
  });

  test('of nothing refuses the first byte', () => {
    expect(
      exceeded({ instances: 0, bytes: 0, maxInstances: null, maxBytes: 0 }, { instances: 1, bytes: 1 }),
    ).toBeDefined();
  });

  test('is not exceeded by any number of commits at once', async () => {
    const { database } = watched;
    const before = await usageOf(database, accountId);
    const limits = { maxInstances: null, maxBytes: before.bytes + 10_000 };
    await database.transaction().execute((trx) => setLimits(trx, accountId, limits));
    const commit = () =>
      database.transaction().execute(async (trx) => {
        if ((await overQuota(trx, accountId, [600, 400])) !== undefined) return false;
        await packs.addWithin(trx, 1, { instances: 2, bytes: 1000 });
        return true;
      });
    const taken = await Promise.all(Array.from({ length: 30 }, commit));
    expect(taken.filter(Boolean)).toHaveLength(10);
    expect((await usageOf(database, accountId)).bytes).toBe(limits.maxBytes);
    await expect(new QuotaGate(database).require(accountId)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    // Of nothing new nothing is asked: what is held already is answered as such.
    expect(await database.transaction().execute((trx) => overQuota(trx, accountId, []))).toBeUndefined();
    await database.transaction().execute((trx) => setLimits(trx, accountId, { maxInstances: null, maxBytes: null }));
    expect(await commit()).toBe(true);
  });

  test('asks the database at most once a second and account, and at once after it was changed', async () => {
    const { database } = watched;
    const gate = new QuotaGate(database);
    const severalTimes = async () => {
      for (let at = 0; at < 5; at += 1) await gate.require(accountId);
    };
    expect(await watched.plansOf(severalTimes)).toHaveLength(1);
    gate.forget(accountId);
    const [plan] = await watched.plansOf(() => gate.require(accountId));
    expect(plan).toMatch(/usage/);
  });
});
