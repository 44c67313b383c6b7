import { afterAll, beforeAll, expect, test } from 'vitest';
import { plantStudies, type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { patientsWithToken, searchStudies, seriesOf, studiesWithTokens, studyById } from './study.store.ts';

let watched: WatchedPostgres;
let planted: Awaited<ReturnType<typeof plantStudies>>;
beforeAll(async () => {
  watched = await watchedPostgres();
  planted = await plantStudies(watched.database, 5000);
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
    database.transaction().execute((trx) => patientsWithToken(trx, planted.accountId, 4711n << 40n)),
  );
  expect(plan).toMatch(/Bitmap Index Scan on patient_tokens_tokens/);
  expect(plan).not.toMatch(/Seq Scan/);
});
