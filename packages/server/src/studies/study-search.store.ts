import { type RawBuilder, sql } from 'kysely';
import type { Reach } from '../access/index.ts';
import { type Database, plannedOnce } from '../platform/db/database.ts';
import { tokenArray } from '../platform/db/token-array.ts';
import { firstOf, reached, reachedOfKind } from './reached.store.ts';
import { type StudyRow, studyColumns } from './study.store.ts';

/** Conditions on a search, all of which must hold; each inner list is an "any of". */
export type StudyFilter = {
  readonly all: readonly bigint[];
  readonly anyOf: readonly (readonly bigint[])[];
  readonly modalities: readonly string[];
  /** Only these. */
  readonly ids?: readonly string[];
  /** Only what awaits approval. */
  readonly awaiting?: boolean;
  /** Only what somebody reaches; undefined for the exchange's own work. */
  readonly reach?: Reach;
};

/**
 * A page of studies: behind another study, or so many on. `after` rather than `offset` is for whoever reads on while
 * studies arrive: none is met twice. The study there may have gone meanwhile: its place has not.
 */
export type StudyPage = {
  readonly limit: number;
  readonly offset?: number;
  readonly after?: ArrivalPlace | undefined;
  /** From this place on, newest first, the study there included. */
  readonly from?: ArrivalPlace;
  readonly oldestFirst?: boolean;
};

/** Where a study stands in the order of arrival. */
export type ArrivalPlace = { readonly arrivedUs: string; readonly id: string };

/** What a row of `studies` must keep, whatever its tokens are. */
function plainly(
  accountId: string,
  filter: StudyFilter,
  { after, from }: Pick<StudyPage, 'after' | 'from'>,
): RawBuilder<boolean> {
  const conditions: RawBuilder<boolean>[] = [sql`studies.account_id = ${accountId}`, sql`studies.instance_count > 0`];
  if (filter.awaiting) conditions.push(sql`studies.unapproved`);
  if (filter.modalities.length > 0) conditions.push(sql`studies.modalities && ${[...filter.modalities]}::text[]`);
  const place = after ?? from;
  if (place !== undefined) {
    const arrival = sql<Date>`(select 'epoch'::timestamptz + ${place.arrivedUs}::bigint * interval '1 microsecond')`;
    const behind = sql.raw(after ? '>' : '>=');
    conditions.push(sql`studies.created_at <= ${arrival}`);
    conditions.push(sql`(studies.created_at < ${arrival} or studies.id ${behind} ${place.id})`);
  }
  if (filter.ids) conditions.push(sql`studies.id = any(${[...filter.ids]}::uuid[])`);
  const { reach } = filter;
  if (reach) conditions.push(reached(reach));
  if (reach && filter.modalities.length > 0) conditions.push(reachedOfKind(reach, filter.modalities));
  return both(conditions);
}

const carriesAll = (tokens: readonly bigint[]): RawBuilder<boolean> =>
  sql<boolean>`study_tokens.tokens @> ${tokenArray(tokens)}::bigint[]`;
const isLong = (tokens: readonly bigint[]): boolean => tokens.length > 8;
/**
 * Never by the index, which `nominees` asks. Of long lists token by token, by their hashes: `&&` compares each with each. PostgreSQL makes
 * hashes of values alone that it plans with.
 */
const carriesAny = (tokens: readonly bigint[]): RawBuilder<boolean> =>
  isLong(tokens)
    ? sql<boolean>`exists (select from unnest(study_tokens.tokens) as held(token) where held.token = any(${tokenArray(tokens)}::bigint[]))`
    : sql<boolean>`study_tokens.tokens && ${tokenArray(tokens)}::bigint[]`;
const both = (conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> =>
  sql<boolean>`${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)}`;
const carries = ({ all, anyOf }: StudyFilter): RawBuilder<boolean> =>
  both([...(all.length > 0 ? [carriesAll(all)] : []), ...anyOf.map(carriesAny)]);

/** So many nominees are looked up and sorted at once; of more, the page is looked for among the first arrivals before. */
const fewNominees = 1_000;
/** Of more than that, some come soon enough on the way from the first arrival on. */
const mostNominees = 20_000;
/** So many first arrivals are looked through for each study of a page: enough where one in twenty matches. */
const walkedEach = 20;

const shortestFirst = (lists: StudyFilter['anyOf']) => lists.toSorted((a, b) => a.length - b.length);

/**
 * The ids that the tokens nominate, up to a limit: of the shortest list of which any will do token by token, each with all that
 * must be there. For `tokens && '{…}'` the planner reckons half a percent of all studies for each token that it does not know as a
 * common one: for two hundred UIDs, or thirty days, it sooner read through the whole account by arrival.
 */
function nominees({ all, anyOf }: StudyFilter, limit: number): RawBuilder<unknown> {
  const [shortest = all, ...others] = shortestFirst(anyOf);
  const each = shortest === all ? all.slice(0, 1) : shortest;
  // From a row of its own: how many there are nobody plans by, and one plan is for all.
  return sql`(select study_tokens.study_id from (select ${tokenArray(each)}::bigint[] as tokens offset 0) as asked
    cross join lateral unnest(asked.tokens) as wanted(token)
    join study_tokens on study_tokens.tokens @> (array[wanted.token] || ${tokenArray(all)}::bigint[])
    where ${both(others.map(carriesAny))} limit ${sql.lit(limit)})`;
}

const hasTokens = ({ all, anyOf }: StudyFilter): boolean => all.length + anyOf.length > 0;
const isNarrow = (reach: Reach | undefined): reach is Reach => reach !== undefined && !reach.permitted.all;

/**
 * Each key that lists values makes another text: one or two are usual, and of more each connection would keep as many plans as
 * anybody can think of. And what the first list nominates is compared with a second one that is long by its hashes, or for
 * minutes: ten thousand Patient IDs with each token of all studies of some years.
 */
function plannedIf({ anyOf }: StudyFilter): RawBuilder<unknown> {
  const [, second = [], third] = shortestFirst(anyOf);
  return third === undefined && !isLong(second) ? plannedOnce : sql``;
}

/** The order of arrival, and the page that is cut from it. */
function orderOf({ limit, offset = 0, oldestFirst = false }: StudyPage) {
  const order = sql.raw(oldestFirst ? 'studies.created_at, studies.id desc' : 'studies.created_at desc, studies.id');
  return {
    order,
    first: (many: number) => sql`order by ${order} limit ${many}`,
    cut: sql`order by ${order} limit ${limit} offset ${offset}`,
    /** The same where nobody is to plan by its numbers. */
    hidden: sql`order by ${order} limit (select ${limit}::bigint) offset (select ${offset}::bigint)`,
  };
}

/** Studies of an account, newest arrival first unless said otherwise. Without conditions it walks `studies_by_arrival`. */
export async function searchStudies(
  db: Database,
  accountId: string,
  filter: StudyFilter,
  page: StudyPage,
): Promise<StudyRow[]> {
  if (!hasTokens(filter)) return byArrival(db, accountId, filter, page);
  const few = await amongFew(db, accountId, filter, page);
  if (few) return few;
  // Whom a reach holds to few does not find enough among the first arrivals.
  const near = isNarrow(filter.reach) ? [] : await amongNear(db, accountId, filter, page);
  return near.length === page.limit ? near : amongMany(db, accountId, filter, page);
}

/** So many of the index of arrivals the planner reckons with, at the most: of a million it sooner sorts all of them. */
const reckoned = [1_000, 10_000, 100_000, 1_000_000];

/**
 * Cut to the page before anything is asked of a study: not of those that are passed over, too. Where the page lies the planner is
 * not told: for the second thousand of two it sorts, which takes ten times as long. Planned each time, since how many studies an
 * account has is part of it.
 */
async function byArrival(db: Database, accountId: string, filter: StudyFilter, page: StudyPage): Promise<StudyRow[]> {
  const where = plainly(accountId, filter, page);
  const { order, hidden } = orderOf(page);
  const { limit, offset = 0, oldestFirst = false } = page;
  const among = isNarrow(filter.reach)
    ? sql<boolean>`studies.id = any(${firstOf(filter.reach, where, limit + offset, oldestFirst)})`
    : sql<boolean>`true`;
  const most = reckoned.find((some) => some >= limit + offset) ?? limit + offset;
  const { rows } = await sql<StudyRow>`select ${studyColumns}
    from (select * from (select * from studies where ${where} and ${among} order by ${order} limit ${most}) as studies
      ${hidden}) as studies
    order by ${order}`.execute(db);
  return rows;
}

/**
 * Each nominee, looked up by nothing but its id: whatever is asked besides, and however many the account has, that is the plan for
 * any of them.
 */
const few = sql`(select distinct study_id from few) as nominee
  cross join lateral (select * from studies where studies.id = nominee.study_id offset 0) as studies`;

/** The page where few are nominated, and undefined where more are. One statement, so that both are of one moment. */
async function amongFew(
  db: Database,
  accountId: string,
  filter: StudyFilter,
  page: StudyPage,
): Promise<StudyRow[] | undefined> {
  const { order, hidden } = orderOf(page);
  const { rows } = await sql<StudyRow & { readonly tooMany: boolean }>`${plannedIf(filter)}with few as materialized
      ${nominees(filter, fewNominees + 1)}
    select ${studyColumns}, told.too_many as "tooMany"
    from (select count(*) > ${sql.lit(fewNominees)} as too_many from few) as told left join lateral (
      select studies.* from ${few} where not told.too_many and ${plainly(accountId, filter, page)} ${hidden}) as studies on true
    order by ${order}`.execute(db);
  if (rows[0]?.tooMany) return undefined;
  // Of none there is one row all the same, which tells that.
  return rows.flatMap(({ tooMany, ...row }) => (row.id === null ? [] : [row]));
}

/** What of the page is found among the first arrivals: all of it, or there may be more further on. */
async function amongNear(db: Database, accountId: string, filter: StudyFilter, page: StudyPage): Promise<StudyRow[]> {
  const { order, first, cut } = orderOf(page);
  const many = page.limit + (page.offset ?? 0);
  const { all, anyOf } = filter;
  const behind = plainly(accountId, { all, anyOf, modalities: [] }, page);
  // Each is looked up by itself (`offset 0`): for two thousand the planner may sooner read through all tokens.
  const { rows } = await sql<StudyRow>`select ${studyColumns} from (
      select studies.* from (select * from studies where ${behind} ${first(Math.max(2_000, walkedEach * many))}) as studies
        cross join lateral (select from study_tokens where study_id = studies.id and ${carries(filter)} offset 0) as carrying
      where ${plainly(accountId, filter, page)} ${cut}) as studies
    order by ${order}`.execute(db);
  return rows;
}

/** What matches where many are nominated: these, or of very many whatever a walk over all meets. */
function matching(
  accountId: string,
  filter: StudyFilter,
  page: Pick<StudyPage, 'after' | 'from'>,
  first: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const where = plainly(accountId, filter, page);
  const isSome = sql<boolean>`(select count(*) from several) <= ${sql.lit(mostNominees)}`;
  // A condition without a column is asked once, and first: only one of the two is looked at.
  return sql`(select studies.* from studies where studies.id = any(array(select study_id from several)) and ${isSome} and ${where} ${first})
    union all (select studies.* from studies join study_tokens on study_tokens.study_id = studies.id
      where not ${isSome} and ${carries(filter)} and ${where} ${first})`;
}
const several = (filter: StudyFilter): RawBuilder<unknown> =>
  sql`with several as materialized ${nominees(filter, mostNominees + 1)}`;

async function amongMany(db: Database, accountId: string, filter: StudyFilter, page: StudyPage): Promise<StudyRow[]> {
  const { order, first, cut } = orderOf(page);
  const found = matching(accountId, filter, page, first(page.limit + (page.offset ?? 0)));
  const { rows } = await sql<StudyRow>`${several(filter)} select ${studyColumns}
    from (select * from (${found}) as studies ${cut}) as studies order by ${order}`.execute(db);
  return rows;
}

/** How many studies match, counted no further than `most`. */
export async function countStudies(
  db: Database,
  accountId: string,
  filter: StudyFilter,
  most: number,
): Promise<number> {
  const where = plainly(accountId, filter, {});
  if (hasTokens(filter)) {
    const { rows } = await sql<{ count: number | null }>`${plannedIf(filter)}with few as materialized
        ${nominees(filter, fewNominees + 1)}
      select case when (select count(*) from few) <= ${sql.lit(fewNominees)} then
        (select count(*) from ${few} where ${where}) end as count`.execute(db);
    const count = rows[0]?.count ?? undefined;
    if (count !== undefined) return Math.min(count, most);
  }
  const among = isNarrow(filter.reach)
    ? sql<boolean>`studies.id = any(${firstOf(filter.reach, where, most, false)})`
    : sql<boolean>`true`;
  const some = hasTokens(filter)
    ? matching(accountId, filter, {}, sql`limit ${most}`)
    : sql`select from studies where ${where} and ${among} limit ${most}`;
  const counted = sql<{ count: number }>`select least(count(*), ${most}::int)::int as count from (${some}) as counted`;
  const { rows } = await (hasTokens(filter) ? sql<{ count: number }>`${several(filter)} ${counted}` : counted).execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

/** A study with the place of the token that it was found by among those that were asked for in turn. */
export type TurnRow = StudyRow & { readonly turn: number };

/**
 * Studies that match and carry one of these tokens besides: those of the first token, then those of the second, until there are
 * `limit`. Within a token in no order, so that nothing but the token's own list is read; one that nobody carries costs some pages of the index.
 */
export async function studiesInTurn(
  db: Database,
  accountId: string,
  filter: StudyFilter,
  turns: readonly bigint[],
  limit: number,
): Promise<TurnRow[]> {
  // All tokens in one comparison, so that the index walks the rarest of them and skips in the others.
  const { rows } = await sql<TurnRow>`select ${studyColumns}, (turns.place - 1)::int as turn
    from (select token, place from unnest(${tokenArray(turns)}::bigint[]) with ordinality as asked(token, place) order by place) as turns
    cross join lateral (select studies.* from studies join study_tokens on study_tokens.study_id = studies.id
      where study_tokens.tokens @> (array[turns.token] || ${tokenArray(filter.all)}::bigint[])
        and ${both(filter.anyOf.map(carriesAny))} and ${plainly(accountId, filter, {})} limit ${limit}) as studies
    order by turns.place limit ${limit}`.execute(db);
  return rows;
}
