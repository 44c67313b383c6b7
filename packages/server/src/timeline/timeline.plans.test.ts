import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plantStudies, type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { type Position, recordsOf } from './timeline.store.ts';

let watched: WatchedPostgres;
let accountId: string;
let studyId: string;
const user = '00000000-0000-4000-8000-0000000000aa';
const link = '00000000-0000-4000-8000-0000000000bb';

/** 100,000 records: nine in ten of one account, most of a few busy people, one in fifty a list that showed 25 studies. */
beforeAll(async () => {
  watched = await watchedPostgres();
  ({ accountId } = await plantStudies(watched.database, 2000));
  const statements = [
    `insert into users (id, email, password_hash) select gen_random_uuid(), 'u' || i, '' from generate_series(1, 200) i`,
    `insert into users (id, email, password_hash) values ('${user}', 'me', '')`,
    `create temporary table numbered as select id, row_number() over () as n from studies where account_id = '${accountId}'`,
    `create temporary table people as select id, row_number() over () as n from users`,
    `insert into audit_records (id, at, account_id, user_id, link_id, address, action, kind, outcome, study_id, shown, detail)
      select gen_random_uuid(), now() - i * interval '10 seconds',
        case when i % 10 = 0 then gen_random_uuid() else '${accountId}' end,
        case when i % 500 = 1 then '${user}' else p.id end, case when i % 1000 = 7 then '${link}'::uuid end,
        '127.0.0.1', 'study.view', 'read', 'success', case when i % 50 <> 1 then s.id end,
        case when i % 50 = 1 then array(select id from numbered where n between (i % 1700) and (i % 1700) + 24) end,
        decode(repeat('ab', 200), 'hex')
      from generate_series(1, 100000) i
      join numbered s on s.n = 1 + i % 1700 join people p on p.n = 1 + i % 200`,
    'analyze',
  ];
  for (const statement of statements) await sql.raw(statement).execute(watched.database);
  const { rows } = await sql<{ id: string }>`select study_id as id from audit_records where study_id in
    (select unnest(shown) from audit_records) limit 1`.execute(watched.database);
  studyId = rows[0]!.id;
  watched = watched.asAccount(accountId);
}, 120_000);
afterAll(() => watched.stop());

const planOf = async (filter: Parameters<typeof recordsOf>[2], before?: Position): Promise<string> => {
  const [plan] = await watched.plansOf(() => recordsOf(watched.database, accountId, filter, { before, limit: 51 }));
  return plan as string;
};
const middle = { at: new Date(Date.now() - 300_000_000), id: '00000000-0000-4000-8000-000000000000' };

test.each([undefined, middle])('the timeline of a study rides its own two indexes, from %j on', async (before) => {
  const plan = await planOf({ study: studyId }, before);
  expect(plan).toMatch(/Index Scan (Backward )?(using|on) audit_records_of_a_study/);
  expect(plan).toMatch(/Bitmap Index Scan on audit_records_that_showed/);
  expect(plan).not.toMatch(/Seq Scan on audit_records/);
});

test.each([undefined, middle])('the timeline of a person rides audit_records_of_a_user, from %j on', async (before) => {
  const plan = await planOf({ user }, before);
  expect(plan).toMatch(/Index Scan (Backward )?(using|on) audit_records_of_a_user/);
  expect(plan).not.toMatch(/Seq Scan on audit_records/);
});

test('the timeline of a link rides audit_records_of_a_link', async () => {
  const plan = await planOf({ link });
  expect(plan).toMatch(/Index Scan (Backward )?(using|on) audit_records_of_a_link/);
});

test.each([undefined, middle])('that of the account rides audit_records_of_an_account, from %j on', async (before) => {
  const plan = await planOf({}, before);
  expect(plan).toMatch(/Index Scan Backward using audit_records_of_an_account/);
  expect(plan).not.toMatch(/Seq Scan on audit_records/);
  if (before) expect(plan).toMatch(/Index Cond: .*at <= /);
});

test('days are a part of the index, not a filter over all that ever happened', async () => {
  const from = new Date(Date.now() - 86_400_000);
  expect(await planOf({ from })).toMatch(/Index Cond: .*at >= /);
});

test('the pages of a study are all of its records, in order, each once', async () => {
  const { rows } = await sql<{ id: string }>`select id from audit_records where account_id = ${accountId}
    and (study_id = ${studyId} or shown @> array[${studyId}::uuid]) order by at desc, id desc`.execute(
    watched.database,
  );
  const read: string[] = [];
  for (let before: Position | undefined; ; ) {
    const page = await recordsOf(watched.database, accountId, { study: studyId }, { before, limit: 7 });
    read.push(...page.map(({ id }) => id));
    before = page.at(-1);
    if (page.length < 7) break;
  }
  expect(read.length).toBeGreaterThan(20);
  expect(read).toEqual(rows.map(({ id }) => id));
});
