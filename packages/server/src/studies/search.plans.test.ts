import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packsWithTokens } from '../packs/index.ts';
import { type Planned, type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { plantedAccount, plantedTokens, plantSkewedStudies } from './planted-studies.testing.ts';
import { studiesToIndex } from './search-index.store.ts';
import {
  bytesOfSeries,
  keepStudyKeys,
  patientById,
  patientsWithTokens,
  seriesOf,
  seriesOfAll,
  studiesByIds,
  studiesWithTokens,
  studyById,
} from './study.store.ts';
import { countStudies, type StudyFilter, searchStudies, studiesInTurn } from './study-search.store.ts';

const drill = process.env.SYMBOLON_DRILL === '1';
const studies = drill ? 1_000_000 : 50_000;
const nothing: StudyFilter = { all: [], anyOf: [], modalities: [] };
const accountId = plantedAccount;
const studyId = '00000004-0000-4000-8000-000000000400';
const seriesId = '00000005-0000-4000-8000-000000000400';
const patientId = '00000003-0000-4000-8000-000000000002';

let all: WatchedPostgres;
let watched: WatchedPostgres;
beforeAll(async () => {
  all = await watchedPostgres();
  const before = performance.now();
  await plantSkewedStudies(all.database, studies);
  console.log(`planted ${studies} studies in ${Math.round((performance.now() - before) / 1000)} s`);
  watched = all.asAccount(accountId);
}, 1_200_000);
afterAll(() => all?.stop());

/** The filter of a search by values as they were planted. */
async function by({
  all: each = [],
  anyOf = [],
  modalities = [],
}: {
  all?: string[];
  anyOf?: string[][];
  modalities?: string[];
}) {
  return {
    all: await plantedTokens(watched.database, each),
    anyOf: await Promise.all(anyOf.map((some) => plantedTokens(watched.database, some))),
    modalities,
  };
}

const days = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, at) => `date ${new Date(Date.UTC(2024, 0, 1 + at)).toISOString().slice(0, 10).replaceAll('-', '')}`,
  );
/** Who asks for what ten thousand have looks these up one by one: no more than that, of however many studies. */
const mostPages = 200_000;
const years = Array.from({ length: 401 }, (_, at) => `date ${1800 + at}`);

const tables = '(studies|study_tokens|series|series_tokens|packs|pack_tokens|patients|patient_tokens)';
const readThrough = new RegExp(`Seq Scan on ${tables}`);

/** As a connection plans a statement that it plans once: for what it is asked with at first, then for whatever comes. */
const hows: readonly Planned[] = ['for these', 'for any'];

/** Plans of production's own statements, by the role and under the policies of a request; none reads a table through. */
async function ridesIndexes(work: () => Promise<unknown>, how?: Planned): Promise<string> {
  const plans = await watched.plansOf(work, how);
  expect(plans.length).toBeGreaterThan(0);
  for (const plan of plans) expect(plan).not.toMatch(readThrough);
  return plans.join('\n');
}

const byTokens = /CTE (?:few|several)(?:\n(?! *InitPlan).*)*Bitmap Index Scan on study_tokens_tokens/;

/** Pages of 8 KiB that a statement touches, and its answer's number of rows. */
async function pages(work: () => Promise<unknown>, how?: Planned): Promise<number> {
  const read = await watched.pagesOf(work, how);
  return read.reduce((sum, one) => sum + one, 0);
}

const inTransaction = <T>(
  work: (
    trx: Parameters<Parameters<ReturnType<WatchedPostgres['database']['transaction']>['execute']>[0]>[0],
  ) => Promise<T>,
) => watched.database.transaction().execute(work);

test(`there are ${studies.toLocaleString('en')} studies, and requests work as a role that no policy spares`, async () => {
  const { rows } = await sql<{ n: number; spared: boolean }>`select (select count(*) from studies)::int as n,
    (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as spared`.execute(watched.database);
  expect(rows).toEqual([{ n: studies, spared: false }]);
});

test.each<[string, Parameters<typeof by>[0], number]>([
  ['a study UID', { anyOf: [['studyUid 400']] }, 1],
  ['a list of 200 study UIDs', { anyOf: [Array.from({ length: 200 }, (_, at) => `studyUid ${at + 1}`)] }, 100],
  ['a Patient ID', { anyOf: [['patientId 15000']] }, 2],
  ['the Patient ID of ten thousand studies', { anyOf: [['patientId 1']] }, 100],
  ['a Patient ID or an accession number', { anyOf: [['patientId 15000', 'accession 400']] }, 3],
  ['a word of a name', { all: ['name word w7777'] }, 2],
  ['a rare beginning of a name', { all: ['name begins 0f5', 'name has 0f5'] }, 1],
  ['the first letter of very many names', { all: ['name begins a'] }, 100],
  ['the first letters of two words', { all: ['name begins a', 'name begins 0'] }, 100],
  ['a day', { anyOf: [['date 20240229']] }, 1],
  ['the day of five thousand studies', { anyOf: [['date 20200202']] }, 100],
  ['30 days', { anyOf: [days(30)] }, 100],
  ['366 days', { anyOf: [days(366)] }, 100],
  ['a name and 30 days', { all: ['name begins a'], anyOf: [days(30)] }, 1],
  ['a name, a modality of nearly all', { all: ['name begins a'], modalities: ['CT'] }, 100],
  ['what nobody has', { anyOf: [['patientId -1']] }, 0],
])('a search by %s rides study_tokens_tokens', async (_, asked, least) => {
  const filter = await by(asked);
  const search = () => searchStudies(watched.database, accountId, filter, { limit: 100 });
  const count = () => countStudies(watched.database, accountId, filter, 10_001);
  for (const how of hows) {
    // What is counted and fetched begins with the ids that the tokens nominate, and these with the index of tokens.
    const plan = await ridesIndexes(search, how);
    expect(plan).toMatch(byTokens);
    expect(plan).toMatch(/Index Scan using studies_pkey/);
    expect(await pages(search, how)).toBeLessThan(mostPages);
    expect(await pages(count, how)).toBeLessThan(mostPages);
  }
  expect(await ridesIndexes(count, 'for any')).toMatch(byTokens);
  expect((await search()).length).toBeGreaterThanOrEqual(least);
});

test('what few have is found by as few pages however many studies there are', async () => {
  for (const asked of [{ anyOf: [['studyUid 400']] }, { anyOf: [['patientId 15000']] }, { all: ['name word w7777'] }]) {
    const filter = await by(asked);
    const search = () => searchStudies(watched.database, accountId, filter, { limit: 100 });
    for (const how of hows) expect(await pages(search, how)).toBeLessThan(600);
  }
});

test.each([
  ['newest first', {}],
  ['oldest first', { oldestFirst: true }],
  ['the 40th', { offset: 1000 }],
  ['behind a study', { after: { arrivedUs: '1700000000000000', id: studyId } }],
])('a page by arrival, %s, rides studies_by_arrival and sorts nothing', async (_, more) => {
  const search = () => searchStudies(watched.database, accountId, nothing, { limit: 25, ...more });
  const plan = await ridesIndexes(search);
  expect(plan).toMatch(/Index Scan (Backward )?using studies_by_arrival/);
  expect(plan).not.toMatch(/Sort/);
  expect(await pages(search)).toBeLessThan(1500);
});

test('a page of a modality that nearly all are of reads no more than it shows', async () => {
  const search = () => searchStudies(watched.database, accountId, { ...nothing, modalities: ['CT'] }, { limit: 25 });
  expect(await ridesIndexes(search)).toMatch(/Index Scan using studies_by_arrival/);
  expect(await pages(search)).toBeLessThan(300);
});

test('counting ends at ten thousand', async () => {
  expect(await pages(() => countStudies(watched.database, accountId, nothing, 10_001))).toBeLessThan(mostPages);
  expect(await countStudies(watched.database, accountId, nothing, 10_001)).toBe(10_001);
  expect(await countStudies(watched.database, accountId, await by({ anyOf: [['patientId 1']] }), 10_001)).toBe(10_000);
});

test.each([
  ['years from the newest', years.toReversed(), []],
  ['years from the oldest', years, []],
  ['the months of a year', Array.from({ length: 12 }, (_, at) => `date 2024${String(12 - at).padStart(2, '0')}`), []],
  ['the days of a month', days(31).toReversed(), []],
  ['years, beside a name that many have', years.toReversed(), ['name begins a']],
  ['years, beside a name that few have', years.toReversed(), ['name word w7777']],
])('a walk by date over %s rides study_tokens_tokens, and ends when it has enough', async (_, marks, beside) => {
  const turns = await plantedTokens(watched.database, marks);
  const filter = await by({ all: beside });
  const walk = () => studiesInTurn(watched.database, accountId, filter, turns, 100);
  const plan = await ridesIndexes(walk);
  expect(plan).toMatch(/Bitmap Index Scan on study_tokens_tokens/);
  const found = await walk();
  expect(found.map(({ turn }) => turn)).toEqual(found.map(({ turn }) => turn).toSorted((a, b) => a - b));
  if (beside[0] !== 'name word w7777') expect(found).toHaveLength(100);
  // A year without studies costs some pages of the index; of one with studies its list is read, which grows with them.
  expect(await pages(walk)).toBeLessThan(drill ? 100_000 : 12_000);
});

test('studies without a date are found by their mark, a page at a time', async () => {
  const filter = await by({ all: ['date undated'] });
  const search = () => searchStudies(watched.database, accountId, filter, { limit: 100 });
  expect(await ridesIndexes(search)).toMatch(/study_tokens_tokens/);
  expect(await search()).toHaveLength(100);
});

test('studies and patients by tokens inside a commit ride their indexes, one or a hundred', async () => {
  for (const count of [1, 100]) {
    const uids = await plantedTokens(
      watched.database,
      Array.from({ length: count }, (_, at) => `studyUid ${at + 1}`),
    );
    expect(await ridesIndexes(() => inTransaction((trx) => studiesWithTokens(trx, accountId, uids)))).toMatch(
      /study_tokens_tokens/,
    );
    expect(await ridesIndexes(() => inTransaction((trx) => patientsWithTokens(trx, accountId, uids)))).toMatch(
      /patient_tokens_tokens/,
    );
  }
});

test('packs by one, a hundred or a thousand instances ride pack_tokens_tokens', async () => {
  for (const count of [1, 100, 1000]) {
    const uids = await plantedTokens(
      watched.database,
      Array.from({ length: count }, (_, at) => `sopUid ${at + 1}.1`),
    );
    expect(await ridesIndexes(() => packsWithTokens(watched.database, accountId, uids))).toMatch(/pack_tokens_tokens/);
    expect(await packsWithTokens(watched.database, accountId, uids)).toHaveLength(count);
  }
});

test('studies by ids, their series, keys and sizes ride indexes', async () => {
  const { database } = watched;
  const ids = Array.from({ length: 100 }, (_, at) => studyId.replace(/400$/, (at + 256).toString(16)));
  expect(await ridesIndexes(() => studyById(database, accountId, studyId))).toMatch(/studies_pkey/);
  expect(await ridesIndexes(() => studiesByIds(database, accountId, ids))).toMatch(/studies_pkey/);
  expect(await ridesIndexes(() => seriesOf(database, studyId))).toMatch(/series_study_id_ordinal_key/);
  await ridesIndexes(() => inTransaction((trx) => seriesOfAll(trx, ids)));
  await ridesIndexes(() => inTransaction((trx) => patientById(trx, accountId, patientId)));
  await ridesIndexes(() => inTransaction((trx) => keepStudyKeys(trx, accountId, ids)));
  await ridesIndexes(() => bytesOfSeries(database, [seriesId]));
});

test('what is to be indexed anew rides studies_by_arrival, from wherever the work stands', async () => {
  await sql`insert into search_indexes (account_id, version) values (${accountId}, 2)`.execute(all.database);
  expect(await ridesIndexes(() => studiesToIndex(watched.database, accountId, 25))).toMatch(/studies_by_arrival/);
  await sql`update search_indexes set position = ${studyId}, position_at = (select created_at from studies where id = ${studyId})`.execute(
    all.database,
  );
  const next = () => studiesToIndex(watched.database, accountId, 25);
  await ridesIndexes(next);
  expect(await next()).toEqual(
    Array.from({ length: 25 }, (_, at) => studyId.replace(/400$/, (0x401 + at).toString(16))),
  );
  expect(await pages(next)).toBeLessThan(500);
});
