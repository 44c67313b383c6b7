import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** A pack that nobody has weighed yet. `storedBytes` of its image halves, sealed. */
export type Unweighed = {
  readonly packId: string;
  readonly accountId: string;
  readonly seriesId: string;
  readonly storedBytes: number;
};

/**
 * Series that compaction is to look at are its own first: it compresses what it joins. What is damaged is left for people. What
 * takes two blocks of a disk or less is not worth a look.
 */
const waiting = sql`weighed_at is null and image_sealed_bytes > 8192 and state = 'current'
  and not exists (select from compaction_due due where due.series_id = packs.series_id)
  and not exists (select from scrub_findings found where found.pack_id = packs.id and gone_at is null)`;

/** The pack that has waited for the longest time, of those that are older than so many seconds and not among `without`. */
export async function nextUnweighed(
  db: Database,
  seconds: number,
  without: readonly string[],
): Promise<Unweighed | undefined> {
  const { rows } = await sql<Unweighed>`select id as "packId", account_id as "accountId", series_id as "seriesId",
      image_sealed_bytes as "storedBytes"
    from packs where ${waiting} and created_at <= now() - make_interval(secs => ${seconds})
      and id <> all(${[...without]}::uuid[])
    order by created_at limit 1`.execute(db);
  return rows[0];
}

/** It does not become smaller, or cannot be read: nobody tries again. */
export async function weighed(db: Database, packId: string): Promise<void> {
  await sql`update packs set weighed_at = now() where id = ${packId}`.execute(db);
}

/** Adds a pack that was compressed to what has been done so far. */
export async function addToCompressed(trx: Trx, before: number, after: number): Promise<void> {
  await sql`update compaction_totals set compressed = compressed + 1, stored_before = stored_before + ${before},
    stored_after = stored_after + ${after}, last_at = now()`.execute(trx);
}

/** Of more nobody needs the number: to count all of a large exchange for each look would cost more than it tells. */
const mostCounted = 100_000;

/** How many packs wait to be weighed, `mostCounted` at most, and what they take; and what has been compressed so far. */
export async function compressionState(db: Database) {
  const { rows } = await sql<{
    toCompress: number;
    toCompressBytes: number;
    compressed: number;
    storedBefore: number;
    storedAfter: number;
  }>`with those as (select image_sealed_bytes from packs where ${waiting} limit ${mostCounted})
    select (select count(*) from those)::int as "toCompress",
      (select coalesce(sum(image_sealed_bytes), 0) from those)::float8 as "toCompressBytes",
      compressed, stored_before as "storedBefore", stored_after as "storedAfter"
    from compaction_totals`.execute(db);
  return rows[0]!;
}
