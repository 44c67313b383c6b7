import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { beginRound, countInRound, latestRounds, type OpenRound, openRound } from './scrub.store.ts';

let watched: WatchedPostgres;
beforeAll(async () => {
  watched = await watchedPostgres();
});
afterAll(() => watched?.stop());

test('of two nodes that read the same page, since one of them lost the lock, one notes it', async () => {
  const { database } = watched;
  expect([await beginRound(database, new Date()), await beginRound(database, new Date())]).toEqual([true, false]);
  const seen = () => ({ packs: 16, bytes: 100, damaged: 1, afterPack: randomUUID() });
  for (const noted of [1, 2]) {
    const round = (await openRound(database)) as OpenRound;
    const both = await Promise.all([countInRound(database, round, seen()), countInRound(database, round, seen())]);
    expect(both.sort()).toEqual([false, true]);
    expect(await latestRounds(database)).toMatchObject([{ packs: 16 * noted, bytes: 100 * noted, damaged: noted }]);
  }
});
