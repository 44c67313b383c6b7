import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';
import { locks } from '../platform/db/locks.ts';
import type { Joinable } from './runs-to-join.ts';

/** A series to be looked at. `lookAt` as the database spells it: a JavaScript date would lose its microseconds. */
export type DueSeries = { readonly seriesId: string; readonly lookAt: string };

/** The series that has been due for the longest time. */
export async function nextDue(db: Database): Promise<DueSeries | undefined> {
  const { rows } = await sql<DueSeries>`select series_id as "seriesId", look_at::text as "lookAt" from compaction_due
    where look_at <= now() order by look_at limit 1`.execute(db);
  return rows[0];
}

/** A series that nothing was added to since it was due needs no other look. */
export async function doneWith(db: Database, { seriesId, lookAt }: DueSeries): Promise<void> {
  await sql`delete from compaction_due where series_id = ${seriesId} and look_at = ${lookAt}::timestamptz`.execute(db);
}

export async function lookAgainIn(db: Database, { seriesId }: DueSeries, seconds: number): Promise<void> {
  await sql`update compaction_due set look_at = greatest(look_at, now() + make_interval(secs => ${seconds}))
    where series_id = ${seriesId}`.execute(db);
}

/**
 * Has every series that waits looked at now, quiet or not; says how many. One to which a commit is just adding is left to its
 * five minutes: whoever waited for one commit while holding what the next needs would have both wait for ever.
 */
export async function lookAtAllNow(trx: Trx): Promise<number> {
  const { rows } = await sql<{ due: number }>`with woken as
      (update compaction_due set look_at = now() where series_id in
        (select series_id from compaction_due where look_at > now() for update skip locked) returning 1)
    select (select count(*) from compaction_due)::int as due, (select count(*) from woken) as woken`.execute(trx);
  return rows[0]?.due ?? 0;
}

/** All packs of a series, in the order of their arrival. */
export async function packsOfSeries(
  db: Database,
  seriesId: string,
): Promise<(Joinable & { readonly accountId: string })[]> {
  const { rows } = await sql<Joinable & { accountId: string }>`
    select packs.id as "packId", packs.account_id as "accountId", state, sent_by as "sentBy", bytes,
      instance_count as "instanceCount", exists (select from scrub_findings found where found.pack_id = packs.id and gone_at is null) as damaged
    from packs where series_id = ${seriesId} order by ordinal`.execute(db);
  return rows;
}

/** Adds a rewrite to what has been done so far. */
export async function addToTotals(
  trx: Trx,
  { packs, instances, bytes }: { readonly packs: number; readonly instances: number; readonly bytes: number },
): Promise<void> {
  await sql`update compaction_totals set rewrites = rewrites + 1, packs_before = packs_before + ${packs},
    instances = instances + ${instances}, bytes = bytes + ${bytes}, last_at = now()`.execute(trx);
}

/**
 * How far it is. `waiting`: series of several packs that nobody has looked at yet; of them `due` by now. `joined` packs
 * became so many others in `rewrites`. `kept`: what was replaced and is still there. `running`: whether any node holds the lock of this work.
 */
export async function compactionState(db: Database) {
  const { rows } = await sql<{
    waiting: number;
    due: number;
    rewrites: number;
    joined: number;
    instances: number;
    bytes: number;
    lastAt: Date | null;
    kept: number;
    keptBytes: number;
    running: boolean;
  }>`select (select count(*) from compaction_due)::int as waiting,
      (select count(*) from compaction_due where look_at <= now())::int as due,
      rewrites, packs_before as joined, instances, bytes, last_at as "lastAt",
      (select count(*) from replaced_packs)::int as kept,
      (select coalesce(sum(identity_sealed_bytes + image_sealed_bytes), 0) from replaced_packs)::float8 as "keptBytes",
      exists (select from pg_locks where locktype = 'advisory' and objid = ${locks.compaction} and database = (select oid from pg_database where datname = current_database())) as running
    from compaction_totals`.execute(db);
  return rows[0]!;
}
