import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personWith } from '../access/actor.testing.ts';
import { may, reachOf, type SignedIn } from '../access/index.ts';
import { type WatchedPostgres, watchedPostgres } from '../platform/db/watched-postgres.testing.ts';
import { studiesByIds } from './study.store.ts';
import { type ArrivalPlace, countStudies, searchStudies } from './study-search.store.ts';
import { thingOf } from './thing.ts';

const drill = process.env.SYMBOLON_DRILL === '1';
const studies = drill ? 1_000_000 : 50_000;
const accountId = '00000000-0000-4000-8000-000000000001';
const id = (kind: number, at: number): string => `0000000${kind}-0000-4000-8000-${at.toString(16).padStart(12, '0')}`;
const people = 1000;
/** Who was granted twenty times as many has these looked up one by one: four pages each. */
const mostPages = drill ? 4000 : 1000;

/** Namespace 1 has half of the studies, as a department's; the others have fifty each or, in the drill, a thousand. */
const statements = [
  `insert into accounts (id, name) values ('${accountId}', 'A')`,
  `insert into users (id, email) select ('00000002-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'u' || i from generate_series(1, ${people}) i`,
  `insert into namespaces (id, account_id) select ('00000003-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '${accountId}' from generate_series(1, ${people}) i`,
  `insert into patients (id, account_id, cell) values ('${id(4, 1)}', '${accountId}', '\\x00')`,
  `insert into studies (id, account_id, namespace_id, patient_id, cell, modalities, series_count, instance_count, bytes, created_at, updated_at, unapproved)
    select ('00000005-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '${accountId}',
      ('00000003-0000-4000-8000-' || lpad(to_hex(case when i % 2 = 0 then 1 else 2 + i / 2 % ${people - 1} end), 12, '0'))::uuid,
      '${id(4, 1)}', decode(repeat('ab', 100), 'hex'), array['CT'], 1, 20, 1000000, now() - i * interval '1 minute', now(), i % 97 = 0
    from generate_series(1, ${studies}) i`,
  // To each person one study in a thousand; one in eight has been revoked.
  `insert into grants (id, account_id, study_id, namespace_id, granted_by, created_at, revoked_at)
    select gen_random_uuid(), '${accountId}', ('00000005-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
      ('00000003-0000-4000-8000-' || lpad(to_hex(2 + i % ${people - 1}), 12, '0'))::uuid, '${id(2, 1)}', now(),
      case when i % 8 = 0 then now() end from generate_series(1, ${studies}) i where i % 5 = 0`,
  `insert into openings (id, account_id, user_id, study_id, kind, cell, opened_at, expires_at)
    select gen_random_uuid(), '${accountId}', ('00000002-0000-4000-8000-' || lpad(to_hex(1 + i % ${people}), 12, '0'))::uuid,
      ('00000005-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'emergency', '\\x00', now(), now() + interval '1 hour'
    from generate_series(1, ${studies}) i where i % 50 = 0`,
  'analyze',
];

let watched: WatchedPostgres;
beforeAll(async () => {
  watched = await watchedPostgres();
  for (const statement of statements) await sql.raw(statement).execute(watched.database);
  watched = watched.asAccount(accountId);
}, 600_000);
afterAll(() => watched?.stop());

const person = (at: number, more: Parameters<typeof personWith>[0], groups: string[] = []): SignedIn =>
  personWith(more, {
    accountId,
    userId: id(2, at),
    namespaceId: id(3, at),
    groups: groups.map((namespaceId) => ({ namespaceId, decisions: null })),
  });
const nothing = { all: [], anyOf: [], modalities: [] };

const who: [string, () => SignedIn][] = [
  ['a member', () => person(7, 'member')],
  ['a member of a department that has half of all', () => person(8, 'member', [id(3, 1)])],
  ['a guest', () => person(9, 'guest')],
  ['an administrator', () => person(10, 'administrator')],
  ['who opened some in an emergency', () => person(11, { 'study.search.emergency': 'permit' })],
  [
    'who may see all but their department’s',
    () => person(12, { 'study.search': 'permit', 'study.search.group': 'deny' }, [id(3, 1)]),
  ],
  ['nobody', () => person(13, {})],
];

test.each(who)('%s finds exactly what the policy engine would open for them, newest first', async (_, actor) => {
  const all = await studiesByIds(
    watched.database,
    accountId,
    Array.from({ length: 3000 }, (_, at) => id(5, at + 1)),
  );
  const expected = all
    .filter((row) => may(actor(), 'study.search', thingOf(row, actor())))
    .sort((a, b) => b.arrivedAt.getTime() - a.arrivedAt.getTime())
    .map((row) => row.id);
  const filter = { ...nothing, reach: reachOf(actor(), 'study.search') };
  const found = await searchStudies(watched.database, accountId, filter, { limit: 3000 });
  const among = found.map((row) => row.id).filter((one) => one <= id(5, 3000));
  expect(among).toEqual(expected.slice(0, among.length));
  // Whoever finds fewer than were asked for has found all of them.
  if (found.length < 3000) expect(among).toHaveLength(expected.length);
  // Read on, page by page, each once.
  const paged: string[] = [];
  for (let after: ArrivalPlace | undefined; paged.length < 200; ) {
    const rows = await searchStudies(watched.database, accountId, filter, { limit: 70, after });
    paged.push(...rows.map((row) => row.id));
    if (rows.length < 70) break;
    after = rows.at(-1);
  }
  expect(paged).toEqual(found.slice(0, paged.length).map((row) => row.id));
  const oldest = await searchStudies(watched.database, accountId, filter, { limit: 20, oldestFirst: true });
  const count = await countStudies(watched.database, accountId, filter, 10_001);
  if (found.length < 3000) {
    expect(count).toBe(found.length);
    expect(oldest.map((row) => row.id)).toEqual(
      found
        .slice(-20)
        .reverse()
        .map((row) => row.id),
    );
  } else expect(count).toBeGreaterThanOrEqual(3000);
});

test.each(who.slice(0, 5))(
  'the first page of %s reads no more than it shows, or has: no table is read through',
  async (_, actor) => {
    const filter = { ...nothing, reach: reachOf(actor(), 'study.search') };
    const search = () => searchStudies(watched.database, accountId, filter, { limit: 25 });
    const [plan] = await watched.plansOf(search);
    expect(plan).not.toMatch(/Seq Scan on (studies|grants|openings)/);
    const [pages] = await watched.pagesOf(search);
    expect(pages).toBeLessThan(mostPages);
  },
);
