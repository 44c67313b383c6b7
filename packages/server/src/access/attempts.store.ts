import { sql } from 'kysely';
import type { Database } from '../platform/db/database.ts';

/** Counts one try under a name, atomically, and says how many there were since when. A window that is over begins anew. */
export async function countAttempt(
  db: Database,
  name: string,
  now: Date,
  windowStart: Date,
): Promise<{ count: number; since: Date }> {
  const { rows } = await sql<{ count: number; since: Date }>`
    insert into attempts (name, count, since) values (${name}, 1, ${now})
    on conflict (name) do update set
      count = case when attempts.since <= ${windowStart} then 1 else attempts.count + 1 end,
      since = case when attempts.since <= ${windowStart} then excluded.since else attempts.since end
    returning count, since`.execute(db);
  return rows[0] as { count: number; since: Date };
}

export async function forgetAttempts(db: Database, name: string): Promise<void> {
  await db.deleteFrom('attempts').where('name', '=', name).execute();
}

export async function uncountAttempt(db: Database, name: string): Promise<void> {
  await db.updateTable('attempts').set({ count: sql`greatest(count - 1, 0)` }).where('name', '=', name).execute();
}

export async function forgetAttemptsBefore(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('attempts').where('since', '<', before).execute();
}
