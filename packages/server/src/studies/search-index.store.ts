import { sql } from 'kysely';
import { type Database, plannedOnce, type Trx } from '../platform/db/database.ts';
import { locks } from '../platform/db/locks.ts';
import { tokenArray } from '../platform/db/token-array.ts';

/** The version of docs/formats/search-tokens.md that rows are written by. */
export const formatVersion = 2;

/** By which generations of keys an account is searched and written, and of which version of the format all of its rows are. */
export type SearchIndex = {
  readonly asked: number;
  readonly written: readonly number[];
  readonly version: number;
};

/**
 * `whole`     every row has the tokens of the generation that is asked for, and no others
 * `adding`    rows get those of the next generation beside
 * `resting`   the next one is asked for; those of the one before stay for searches that are under way
 * `removing`  rows lose those of the one before
 */
export type IndexPhase = 'whole' | 'adding' | 'resting' | 'removing';

export type IndexState = SearchIndex & {
  readonly phase: IndexPhase;
  /** Studies that this phase has done, of how many, and how many did not open. */
  readonly done: number;
  readonly damaged: number;
  readonly begunAt: Date | null;
  /** When this phase began. */
  readonly since: Date | null;
  /** For how long it is in this phase. Seconds. */
  readonly forSeconds: number;
};

/** Of an account that nobody indexed anew, or that came since. */
export const firstIndex: SearchIndex = { asked: 1, written: [1], version: formatVersion };
const firstState: IndexState = {
  ...firstIndex,
  phase: 'whole',
  done: 0,
  damaged: 0,
  begunAt: null,
  since: null,
  forSeconds: 0,
};

export async function searchIndexOf(db: Database | Trx, accountId: string): Promise<SearchIndex> {
  const { rows } = await sql<SearchIndex>`${plannedOnce}select asked, written, version from search_indexes
    where account_id = ${accountId}`.execute(db);
  return rows[0] ?? firstIndex;
}

/** Waits for who changes it, and is then waited for by whoever wants to, until the transaction ends. */
export async function holdSearchIndex(trx: Trx, accountId: string): Promise<SearchIndex> {
  await sql`${plannedOnce}select pg_advisory_xact_lock_shared(${locks['search index']}, hashtext(${accountId}::text))`.execute(
    trx,
  );
  // Another statement: it must see what was committed while the first one waited.
  return searchIndexOf(trx, accountId);
}

export async function indexState(db: Database | Trx, accountId: string): Promise<IndexState> {
  const { rows } =
    await sql<IndexState>`select asked, written, version, phase, done, damaged, begun_at as "begunAt", since,
    extract(epoch from clock_timestamp() - since)::float8 as "forSeconds" from search_indexes where account_id = ${accountId}`.execute(
      db,
    );
  return rows[0] ?? firstState;
}

/** The accounts whose rows are to be written anew, or were written by an older version. */
export async function indexesToDo(db: Database): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select account_id as id from search_indexes
    where phase <> 'whole' or version < ${formatVersion} order by begun_at nulls last, account_id`.execute(db);
  return rows.map(({ id }) => id);
}

/** How many accounts and studies are not done yet, for who watches. */
export async function indexesUnderWay(db: Database): Promise<{ accounts: number; damaged: number }> {
  const { rows } = await sql<{ accounts: number; damaged: number }>`select
    count(*) filter (where phase <> 'whole' or version < ${formatVersion})::int as accounts,
    coalesce(sum(damaged), 0)::int as damaged from search_indexes`.execute(db);
  return rows[0] as { accounts: number; damaged: number };
}

/**
 * Goes from one phase to the next, when all who write tokens are done; false where somebody else went on meanwhile. `since` is
 * taken behind them: what was stored before has the tokens that were written before, what comes from now on those of the new phase.
 */
export async function nextPhase(
  trx: Trx,
  accountId: string,
  from: IndexPhase,
  to: SearchIndex & { readonly phase: IndexPhase },
): Promise<boolean> {
  // Behind who waits here wait all who store. So not for long: a study that is told anew holds this for minutes, and the next try comes.
  await sql`set local lock_timeout = '5s'`.execute(trx);
  await sql`select pg_advisory_xact_lock(${locks['search index']}, hashtext(${accountId}::text))`.execute(trx);
  await sql`insert into search_indexes (account_id, version) values (${accountId}, ${formatVersion}) on conflict do nothing`.execute(
    trx,
  );
  const begins = from === 'whole';
  const { numAffectedRows } =
    await sql`update search_indexes set asked = ${to.asked}, written = ${[...to.written]}::int[],
      version = ${to.version}, phase = ${to.phase}, since = clock_timestamp(), position = null, position_at = null,
      done = case when ${to.phase} = 'whole' then done else 0 end, damaged = case when ${begins} then 0 else damaged end,
      begun_at = case when ${begins} then clock_timestamp() else begun_at end
    where account_id = ${accountId} and phase = ${from}`.execute(trx);
  return numAffectedRows === 1n;
}

/** How many studies there are of an account. */
export async function studiesOf(db: Database, accountId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from studies where account_id = ${accountId}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

/** The next studies that were there when this phase began, the oldest arrivals first. */
export async function studiesToIndex(db: Database | Trx, accountId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select studies.id from studies
    join search_indexes at on at.account_id = studies.account_id
    where studies.account_id = ${accountId} and studies.created_at <= at.since
      and studies.created_at >= coalesce(at.position_at, '-infinity')
      and (at.position is null or studies.created_at > at.position_at or studies.id < at.position)
    order by studies.created_at, studies.id desc limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Behind these, of which the last is the newest; where it is gone, behind nothing: it is asked for again. */
export async function indexedUpTo(
  trx: Trx,
  accountId: string,
  studyId: string,
  { done, damaged }: { readonly done: number; readonly damaged: number },
): Promise<void> {
  await sql`update search_indexes set position = studies.id, position_at = studies.created_at,
    done = done + ${done}, damaged = damaged + ${damaged}
    from studies where studies.id = ${studyId} and search_indexes.account_id = ${accountId}`.execute(trx);
}

type Tokens = { readonly id: string; readonly tokens: readonly bigint[] };

async function write(trx: Trx, table: string, column: string, rows: readonly Tokens[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(({ id, tokens }) => sql`(${id}::uuid, ${tokenArray(tokens)}::bigint[])`);
  await sql`insert into ${sql.table(table)} (${sql.ref(column)}, tokens) values ${sql.join(values)}
    on conflict (${sql.ref(column)}) do update set tokens = excluded.tokens`.execute(trx);
}

/** Writes tokens anew, also of rows that were lost. */
export async function writeTokens(
  trx: Trx,
  made: {
    readonly patients: readonly Tokens[];
    readonly studies: readonly Tokens[];
    readonly series: readonly Tokens[];
  },
): Promise<void> {
  await write(trx, 'patient_tokens', 'patient_id', made.patients);
  await write(trx, 'study_tokens', 'study_id', made.studies);
  await write(trx, 'series_tokens', 'series_id', made.series);
}

/** From here on tokens are written for crash-safety with the next commit that is waited for: what a crash takes is done again. */
export async function withoutWaitingForTheDisk(trx: Trx): Promise<void> {
  await sql`set local synchronous_commit = off`.execute(trx);
}
