import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personWith } from '../access/actor.testing.ts';
import { may, reachOf, type SignedIn } from '../access/index.ts';
import { type Databases, openDatabases } from '../platform/db/databases.ts';
import {
  plantGrants,
  plantStudies,
  type WatchedPostgres,
  watchedPostgres,
} from '../platform/db/watched-postgres.testing.ts';
import { type StudyRow, studiesByIds } from './study.store.ts';
import { countStudies, type StudyFilter, type StudyPage, searchStudies } from './study-search.store.ts';
import { thingOf } from './thing.ts';

const numRuns = process.env.SYMBOLON_DRILL === '1' ? 3000 : 100;
const accountId = '00000000-0000-4000-8000-000000000001';

let watched: WatchedPostgres;
let databases: Databases & { close: () => Promise<void> };
/** All studies of the account, newest arrival first, and what each is found by. */
let all: readonly StudyRow[];
let tokensOf: ReadonlyMap<string, ReadonlySet<bigint>>;
let people: readonly (SignedIn | undefined)[];
beforeAll(async () => {
  watched = await watchedPostgres();
  const { database } = watched;
  await plantStudies(database, 5000);
  await plantGrants(database);
  // Of one commit are several; every third is of another modality, some await approval, and some have nothing yet.
  await sql`update studies set created_at = date_trunc('hour', created_at),
    modalities = case when hashtext(id::text) % 3 = 0 then '{MR,SR}'::text[] else '{CT}'::text[] end,
    unapproved = hashtext(id::text) % 7 = 0, instance_count = case when hashtext(id::text) % 50 = 0 then 0 else 20 end`.execute(
    database,
  );
  await sql`analyze`.execute(database);
  databases = openDatabases(watched.connection, { bypasses: true }, () => {});
  const { rows } = await sql<{
    id: string;
    tokens: bigint[];
  }>`select id, tokens from studies join study_tokens on study_id = id
    where account_id = ${accountId}`.execute(database);
  tokensOf = new Map(rows.map(({ id, tokens }) => [id, new Set(tokens)]));
  const read = await studiesByIds(
    databases.of(accountId),
    accountId,
    rows.map(({ id }) => id),
  );
  all = read.toSorted((a, b) => Number(b.arrivedUs) - Number(a.arrivedUs) || (a.id < b.id ? -1 : 1));
  const granted = all.flatMap(({ grants }) => grants.map(([to]) => to));
  const opened = all.flatMap(({ openings }) => openings.map(([userId]) => userId));
  people = [
    undefined,
    personWith('administrator', { accountId }),
    personWith('member', { accountId, namespaceId: granted[0]! }),
    personWith('member', { accountId, namespaceId: all[0]!.namespaceId }),
    personWith({ 'study.search.emergency': 'permit' }, { accountId, userId: opened[0]! }),
    personWith({}, { accountId }),
  ];
});
afterAll(async () => {
  await databases?.close();
  await watched?.stop();
});

type Asked = { readonly filter: StudyFilter; readonly who: number; readonly page: StudyPage };

/** What the same search finds where nothing is nominated, and every study is looked at. */
function found({ filter, who, page }: Asked): readonly string[] {
  const { limit, offset = 0, after, from, oldestFirst } = page;
  const actor = people[who];
  const some = all.filter((row) => {
    const tokens = tokensOf.get(row.id)!;
    const place = after ?? from;
    const [at, then] = place ? [Number(row.arrivedUs), Number(place.arrivedUs)] : [0, 0];
    return (
      row.instanceCount > 0 &&
      (!filter.awaiting || row.unapproved) &&
      (filter.modalities.length === 0 || row.modalities.some((one) => filter.modalities.includes(one))) &&
      (filter.ids === undefined || filter.ids.includes(row.id)) &&
      filter.all.every((token) => tokens.has(token)) &&
      filter.anyOf.every((list) => list.some((token) => tokens.has(token))) &&
      (place === undefined || at < then || (at === then && (after ? row.id > after.id : row.id >= place.id))) &&
      (actor === undefined || may(actor, 'study.search', thingOf(row, actor)))
    );
  });
  return (oldestFirst ? some.toReversed() : some).slice(offset, offset + limit).map(({ id }) => id);
}

/** One of a study's tokens: some it has alone, and some a third of all have. */
const token = fc.record({ study: fc.nat(4499), nth: fc.nat(39) });
const search = fc.record({
  kind: fc.constantFrom('common', 'common', 'one study', 'any'),
  all: fc.array(token, { maxLength: 2 }),
  anyOf: fc.array(fc.array(token, { minLength: 1, maxLength: 12 }), { maxLength: 3 }),
  modalities: fc.constantFrom([], [], ['CT'], ['MR', 'US']),
  awaiting: fc.constantFrom(false, false, false, true),
  ids: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.array(fc.nat(4499), { maxLength: 300 }) },
  ),
  who: fc.constantFrom(0, 0, 1, 1, 2, 3, 4, 5),
  limit: fc.constantFrom(1, 26, 101, 700),
  offset: fc.constantFrom(0, 0, 0, 3, 300),
  place: fc.constantFrom('none', 'none', 'after', 'from'),
  at: fc.nat(4499),
  oldestFirst: fc.constantFrom(false, false, true),
});

test('a page, and a count, of whatever is asked are those of a look at every study', async () => {
  const { of } = databases;
  const rowOf = new Map(all.map((row) => [row.id, row]));
  const roads = { few: 0, more: 0, none: 0 };
  await fc.assert(
    fc.asyncProperty(search, async ({ kind, who, limit, offset, place, at, oldestFirst, ids, ...asked }) => {
      const actor = people[who];
      const tokenOf = ({ study, nth }: { study: number; nth: number }): bigint => {
        const tokens = [...tokensOf.get(all[kind === 'one study' ? at : study]!.id)!];
        const some = kind === 'common' ? tokens.filter((one) => one < 1000n) : tokens;
        return some[nth % some.length]!;
      };
      const filter: StudyFilter = {
        all: asked.all.map(tokenOf),
        anyOf: asked.anyOf.map((list) => list.map(tokenOf)),
        modalities: asked.modalities,
        awaiting: asked.awaiting,
        ...(ids && { ids: ids.map((one) => all[one]!.id) }),
        ...(actor && { reach: reachOf(actor, 'study.search') }),
      };
      const { arrivedUs, id } = all[at]!;
      // A place is one of the order that has the newest first.
      const placed = oldestFirst || place === 'none' ? {} : { [place]: { arrivedUs, id } };
      const page: StudyPage = { limit, offset, ...placed, oldestFirst };
      const expected = found({ filter, who, page });
      const rows = await searchStudies(of(accountId), accountId, filter, page);
      expect(rows.map((row) => row.id)).toEqual(expected);
      expect(rows).toEqual(expected.map((one) => rowOf.get(one)));
      const everything = { limit: Number.POSITIVE_INFINITY };
      const whole = found({ filter, who, page: everything }).length;
      expect(await countStudies(of(accountId), accountId, filter, limit)).toBe(Math.min(limit, whole));
      const nominated = found({
        filter: { all: filter.all, anyOf: filter.anyOf, modalities: [] },
        who: 0,
        page: everything,
      }).length;
      if (expected.length === 0) roads.none += 1;
      else roads[nominated > 1000 ? 'more' : 'few'] += 1;
    }),
    { numRuns },
  );
  expect(Math.min(roads.few, roads.more, roads.none)).toBeGreaterThan(0);
}, 300_000);

test('each connection plans a search by tokens once, whoever asks and for whatever values', async () => {
  const one = openDatabases(watched.connection, { bypasses: true }, () => {});
  const { of } = one;
  const [other] = (
    await sql<{ id: string }>`select id from accounts where id <> ${accountId}`.execute(watched.database)
  ).rows;
  try {
    for (const [at, { id }] of all
      .filter(({ instanceCount }) => instanceCount > 0)
      .slice(0, 30)
      .entries()) {
      const [rare] = [...tokensOf.get(id)!].filter((token) => token > 1000n);
      const account = at % 2 === 0 ? accountId : other!.id;
      const filter = {
        all: [],
        anyOf: [[rare!, ...Array.from({ length: at }, (_, more) => -1n - BigInt(more))]],
        modalities: [],
      };
      const found = await searchStudies(of(account), account, filter, { limit: 1 + at });
      expect(found.map((row) => row.id)).toEqual(at % 2 === 0 ? [id] : []);
    }
    // What carries one of a list is looked up in another that is long by hashes, which are made of values that are planned with.
    const list = (from: bigint): bigint[] => Array.from({ length: 9 }, (_, at) => -from - BigInt(at));
    for (let at = 0n; at < 6n; at += 1n) {
      const two = { all: [], anyOf: [list(at), list(100n + at)], modalities: [] };
      expect(await searchStudies(of(accountId), accountId, two, { limit: 1 })).toEqual([]);
      expect(await countStudies(of(accountId), accountId, two, 1)).toBe(0);
    }
    const { rows } = await sql`select custom_plans::int as anew, generic_plans::int as once
      from pg_prepared_statements`.execute(of(accountId));
    expect(rows).toEqual([{ anew: 5, once: 25 }]);
  } finally {
    await one.close();
  }
});
