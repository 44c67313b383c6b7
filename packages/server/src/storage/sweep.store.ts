import { sql } from 'kysely';
import type { Database } from '../platform/db/database.ts';

/**
 * Since when the oldest transaction of ours that has not ended runs, by the database's own clock: seconds ago; undefined
 * where none runs. COMMIT whose answer was lost is one of them until the database itself has done with it, even while it
 * waits for a standby; prepared transactions would be, and there are none of ours.
 */
export async function oldestOpenTransactionSeconds(db: Database): Promise<number | undefined> {
  const { rows } = await sql<{ seconds: number | null }>`
    select extract(epoch from clock_timestamp() - min(xact_start))::float8 as seconds from pg_stat_activity
    where usename = current_user and pid <> pg_backend_pid() and xact_start is not null`.execute(db);
  return rows[0]?.seconds ?? undefined;
}

/** Those of these names that no pack has, and none that a rewrite replaced and that is kept for a while. */
export async function namesWithoutPack(db: Database, names: readonly string[]): Promise<string[]> {
  const named = sql<boolean>`id = any(${[...names]}::uuid[])`;
  // One statement sees one state: a name goes from the one table to the other.
  const rows = await db
    .selectFrom('packs')
    .select('id')
    .where(named)
    .unionAll(db.selectFrom('replaced_packs').select('id').where(named))
    .execute();
  const known = new Set(rows.map(({ id }) => id));
  return names.filter((name) => !known.has(name));
}

/** Those of these keys' owners that have no row. */
export async function ownersWithoutRow(
  db: Database,
  kind: 'patient' | 'study',
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const among = sql`any(${[...ids]}::uuid[])`;
  // A study that was sealed anew, and packs that were not yet or not any more, name their keys themselves.
  const named =
    kind === 'patient'
      ? sql`select id from patients where id = ${among}`
      : sql`select id from studies where id = ${among} union all select key_id from studies where key_id = ${among}
          union all select key_id from packs where key_id = ${among} union all select key_id from replaced_packs where key_id = ${among}`;
  const { rows } = await sql<{ id: string }>`${named}`.execute(db);
  const known = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

/** Whether rows name objects in a store. Costs a walk over all packs where none does. */
export async function objectsExpected(db: Database, store: 'images' | 'identity'): Promise<boolean> {
  const named = store === 'images' ? sql<boolean>`image_sealed_bytes > 0` : sql<boolean>`identity is null`;
  return (await db.selectFrom('packs').select('id').where(named).limit(1).executeTakeFirst()) !== undefined;
}
