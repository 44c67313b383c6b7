import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { changeDigest, deviceByDigest } from './device.store.ts';
import { rememberDevice } from './known-devices.ts';

const userId = randomUUID();
let watched: WatchedPostgres;
beforeAll(async () => {
  watched = await watchedPostgres(3);
  await sql`insert into users (id, email, name) values (${userId}, 'ada@example.org', 'Ada')`.execute(watched.database);
});
afterAll(() => watched.stop());

test('who signs in from two tabs of a known browser at the same moment is let in by both', async () => {
  const { database } = watched;
  const from = { agent: '', address: '192.0.2.1' };
  const signedIn = (device?: string) =>
    database.transaction().execute((trx) => rememberDevice(trx, userId, { ...from, device }, new Date()));
  const { secret: device } = await signedIn();
  const waiting = () =>
    sql<{ pid: number }>`select pid from pg_stat_activity where wait_event_type = 'Lock'`.execute(database);
  let other: ReturnType<typeof signedIn> | undefined;
  const one = await database.transaction().execute(async (trx) => {
    const remembered = await rememberDevice(trx, userId, { ...from, device }, new Date());
    // It has seen the browser as it was, and waits for what becomes of it.
    other = signedIn(device);
    await expect.poll(async () => (await waiting()).rows.length, { timeout: 30_000 }).toBe(1);
    return remembered;
  });
  for (const { secret } of [one, await (other as NonNullable<typeof other>)])
    expect(await signedIn(secret)).toMatchObject({ isNew: false });
});

test('a browser is found by its digest alone, without looking at every browser of the exchange', async () => {
  const { database } = watched;
  await sql`insert into devices (id, user_id, digest, agent, address, created_at, seen_at)
    select gen_random_uuid(), ${userId}, sha256(n::text::bytea), '', '192.0.2.1', now(), now()
    from generate_series(1, 20000) n`.execute(database);
  await sql`analyze devices`.execute(database);
  const plans = await watched.plansOf(() =>
    database.transaction().execute((trx) => changeDigest(trx, randomBytes(32), randomBytes(32))),
  );
  expect(plans).toEqual([expect.stringMatching(/devices_by_digest/)]);
  const [own] = await watched.plansOf(() => deviceByDigest(database, userId, randomBytes(32)));
  expect(own).not.toMatch(/Seq Scan/);
});
