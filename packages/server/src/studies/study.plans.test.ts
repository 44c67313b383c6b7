import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  plantGrants,
  plantStudies,
  type WatchedPostgres,
  watchedPostgres,
} from '../platform/db/watched-postgres.testing.ts';
import { patientsWithTokens, seriesOf, studiesByIds, studiesWithTokens, studyById } from './study.store.ts';
import { type ArrivalPlace, countStudies, searchStudies } from './study-search.store.ts';

let watched: WatchedPostgres;
let planted: Awaited<ReturnType<typeof plantStudies>>;
beforeAll(async () => {
  watched = await watchedPostgres();
  planted = await plantStudies(watched.database, 5000);
  await plantGrants(watched.database);
  watched = watched.asAccount(planted.accountId);
});
afterAll(() => watched.stop());

const nothing = { all: [], anyOf: [], modalities: [] };
const page = { limit: 100, offset: 0 };

test('finding a study by one token rides study_tokens_tokens', async () => {
  const [plan] = await watched.plansOf(() => studiesWithTokens(watched.database, planted.accountId, [4711n << 40n]));
  expect(plan).toMatch(/Bitmap Index Scan on study_tokens_tokens/);
  expect(plan).not.toMatch(/Seq Scan on (studies|study_tokens)/);
});

test('finding a study by one token inside a commit rides study_tokens_tokens', async () => {
  const [plan] = await watched.plansOf(() =>
    watched.database
      .transaction()
      .execute((trx) => studiesWithTokens(trx, planted.accountId, [4711n << 40n, 4712n << 40n])),
  );
  expect(plan).toMatch(/Bitmap Index Scan on study_tokens_tokens/);
});

test.each([
  ['all of some tokens', { ...nothing, all: [3n, 4711n << 40n, 4712n << 40n] }],
  ['any of a few days', { ...nothing, anyOf: [[1n << 41n, 2n << 41n, 3n << 41n]] }],
  ['both, with a modality', { all: [4711n << 40n], anyOf: [[1n << 41n, 2n << 41n]], modalities: ['CT'] }],
])('a search by %s rides study_tokens_tokens', async (_, filter) => {
  const [plan] = await watched.plansOf(() => searchStudies(watched.database, planted.accountId, filter, page));
  expect(plan).toMatch(/Bitmap Index Scan on study_tokens_tokens/);
  expect(plan).not.toMatch(/Seq Scan/);
});

test.each([0, 1000])(
  'a page without keys, %s studies in, rides studies_by_arrival and sorts nothing',
  async (offset) => {
    const [plan] = await watched.plansOf(() =>
      searchStudies(watched.database, planted.accountId, nothing, { limit: 25, offset }),
    );
    expect(plan).toMatch(/Index Scan using studies_by_arrival/);
    expect(plan).not.toMatch(/Sort|Seq Scan/);
  },
);

test('a page of the oldest arrivals rides studies_by_arrival backwards', async () => {
  const [plan] = await watched.plansOf(() =>
    searchStudies(watched.database, planted.accountId, nothing, { limit: 25, oldestFirst: true }),
  );
  expect(plan).toMatch(/Index Scan Backward using studies_by_arrival/);
  expect(plan).not.toMatch(/Sort|Seq Scan/);
});

test('reading on behind a study begins in the midst of studies_by_arrival and sorts nothing', async () => {
  const { database } = watched;
  const middle = await searchStudies(database, planted.accountId, nothing, { limit: 1, offset: 2000 });
  const after = middle[0]!;
  const [plan] = await watched.plansOf(() =>
    searchStudies(database, planted.accountId, nothing, { limit: 100, after }),
  );
  expect(plan).toMatch(/Index Scan using studies_by_arrival[^\n]*\n\s+Index Cond: .*created_at <= /);
  expect(plan).not.toMatch(/Sort|Seq Scan/);
  const read = await searchStudies(database, planted.accountId, nothing, { limit: 100, after });
  const expected = await searchStudies(database, planted.accountId, nothing, { limit: 100, offset: 2001 });
  expect(read.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
});

test('studies that arrived in one instant are each read once', async () => {
  const { database, accountId } = { ...watched, ...planted };
  const { sql } = await import('kysely');
  await sql.raw("update studies set created_at = date_trunc('hour', created_at)").execute(database);
  const read: string[] = [];
  for (let after: ArrivalPlace | undefined; ; ) {
    const rows = await searchStudies(database, accountId, nothing, { limit: 700, after });
    read.push(...rows.map(({ id }) => id));
    if (rows.length < 700) break;
    after = rows.at(-1);
  }
  expect(read).toHaveLength(4500);
  expect(new Set(read).size).toBe(4500);
});

test('reading on behind a study that has gone meanwhile misses none of those that are there', async () => {
  const { database, accountId } = { ...watched, ...planted };
  const [last] = await searchStudies(database, accountId, nothing, { limit: 1, offset: 699 });
  const expected = await searchStudies(database, accountId, nothing, { limit: 50, offset: 700 });
  const gone = { ...last!, id: `${last!.id.slice(0, -1)}${last!.id.endsWith('0') ? '1' : '0'}` };
  expect(await studyById(database, accountId, gone.id)).toBeUndefined();
  const read = await searchStudies(database, accountId, nothing, { limit: 51, after: gone });
  expect(read.map(({ id }) => id).filter((id) => id !== last!.id)).toEqual(
    expect.arrayContaining(expected.map(({ id }) => id)),
  );
});

test('counting is cut off, and does not sort', async () => {
  const { database, accountId } = { ...watched, ...planted };
  const [plan] = await watched.plansOf(() => countStudies(database, accountId, nothing, 10_001));
  expect(plan).toMatch(/Limit/);
  expect(plan).not.toMatch(/Sort/);
  expect(await countStudies(database, accountId, nothing, 100)).toBe(100);
  expect(await countStudies(database, accountId, nothing, 10_001)).toBe(4500);
});

test('studies by their ids ride the primary key', async () => {
  const [plan] = await watched.plansOf(() =>
    studiesByIds(watched.database, planted.accountId, [planted.studyId, '00000000-0000-4000-8000-000000000009']),
  );
  expect(plan).toMatch(/studies_pkey/);
  expect(plan).not.toMatch(/Seq Scan/);
});

test('a study by its id rides its primary key, its series ride theirs', async () => {
  const { database } = watched;
  const [byId] = await watched.plansOf(() => studyById(database, planted.accountId, planted.studyId));
  expect(byId).toMatch(/Index Scan using studies_pkey/);
  const [series] = await watched.plansOf(() => seriesOf(database, planted.studyId));
  expect(series).toMatch(/series_study_id_ordinal_key/);
});

test('a patient by a token does not read the table of patients', async () => {
  const { database } = watched;
  const more = `insert into patients (id, account_id, cell) select gen_random_uuid(), '${planted.accountId}', '\\x00' from generate_series(1, 5000)`;
  const { sql } = await import('kysely');
  await sql.raw(more).execute(database);
  await sql
    .raw('insert into patient_tokens select id, array[(random() * 4e18)::bigint] from patients')
    .execute(database);
  await sql.raw('analyze').execute(database);
  const [plan] = await watched.plansOf(() =>
    database.transaction().execute((trx) => patientsWithTokens(trx, planted.accountId, [4711n << 40n])),
  );
  expect(plan).toMatch(/Bitmap Index Scan on patient_tokens_tokens/);
  expect(plan).not.toMatch(/Seq Scan/);
});
