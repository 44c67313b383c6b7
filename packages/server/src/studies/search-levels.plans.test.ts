import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reach } from '../access/index.ts';
import { plantStudies, type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { studiesOfPatients, studiesOfSeriesWithTokens } from './study.store.ts';
import { searchStudies } from './study-search.store.ts';

let watched: WatchedPostgres;
let accountId: string;
beforeAll(async () => {
  watched = await watchedPostgres();
  ({ accountId } = await plantStudies(watched.database, 5000));
  const { database } = watched;
  await sql`insert into series_tokens select id, array[hashtext(id::text)::bigint] from series on conflict do nothing`.execute(
    database,
  );
  // Two studies of each patient.
  await sql`insert into patients (id, account_id, cell)
    select gen_random_uuid(), ${accountId}, '' from generate_series(1, 2500)`.execute(database);
  await sql`update studies set patient_id = fresh.id from
    (select id, row_number() over (order by id) % 2500 as nth from patients where cell = '') as fresh,
    (select id, row_number() over (order by id) % 2500 as nth from studies) as old
    where old.id = studies.id and fresh.nth = old.nth`.execute(database);
  await sql`analyze`.execute(database);
  watched = watched.asAccount(accountId);
});
afterAll(() => watched.stop());

const nothing = { all: [], anyOf: [], modalities: [] };
const none = { all: false, livingIn: [], grantedTo: [], openings: [] };
const all = { ...none, all: true };
const everything: Reach = {
  userId: '0a3d62c1-4f7e-4b8e-9d5f-0f6c7a1b2c3d',
  permitted: all,
  denied: none,
  unapproved: { permitted: all, denied: none },
};

test('a page that goes on from a place rides studies_by_arrival, and misses no study of the same microsecond', async () => {
  const some = await searchStudies(watched.database, accountId, nothing, { limit: 100 });
  const [at, ...behind] = some.slice(40);
  const from = { arrivedUs: at!.arrivedUs, id: at!.id };
  const [plan] = await watched.plansOf(async () => {
    const page = await searchStudies(watched.database, accountId, nothing, { limit: 60, from });
    expect(page.map(({ id }) => id)).toEqual([at!.id, ...behind.map(({ id }) => id)]);
  });
  expect(plan).toMatch(/Index Scan using studies_by_arrival/);
  expect(plan).not.toMatch(/Sort|Seq Scan on studies/);
});

test('the studies of a series that is asked for by its UID ride series_tokens_tokens', async () => {
  const [plan] = await watched.plansOf(() => studiesOfSeriesWithTokens(watched.database, accountId, [1n, 2n]));
  expect(plan).toMatch(/Bitmap Index Scan on series_tokens_tokens/);
  expect(plan).not.toMatch(/Seq Scan/);
});

test('a search among studies by their ids rides studies_pkey', async () => {
  const [one] = await searchStudies(watched.database, accountId, nothing, { limit: 1 });
  const [plan] = await watched.plansOf(() =>
    searchStudies(watched.database, accountId, { ...nothing, ids: [one!.id] }, { limit: 100 }),
  );
  expect(plan).toMatch(/studies_pkey/);
  expect(plan).not.toMatch(/Seq Scan on studies/);
});

test('the studies of the patients of a page ride studies_of_a_patient', async () => {
  const some = await searchStudies(watched.database, accountId, nothing, { limit: 25 });
  const ids = some.map(({ patientId }) => patientId);
  const [plan] = await watched.plansOf(() => studiesOfPatients(watched.database, accountId, ids, everything, 10_001));
  expect(plan).toMatch(/studies_of_a_patient/);
  expect(plan).not.toMatch(/Seq Scan on studies/);
});
