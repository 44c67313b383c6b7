import { sql } from 'kysely';
import type { Database } from './database.ts';
import { type Lock, locks } from './locks.ts';

/**
 * Does the work while nobody else on this database does it, on whatever node, and says whether it did. Where the connection
 * breaks the lock is gone with it, and another may go on.
 */
export async function aloneWith<T>(
  db: Database,
  lock: Lock,
  work: () => Promise<T>,
): Promise<{ readonly done: T } | undefined> {
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ taken: boolean }>`select pg_try_advisory_lock(${locks[lock]}) as taken`.execute(
      connection,
    );
    if (!rows[0]?.taken) return undefined;
    try {
      return { done: await work() };
    } finally {
      await sql`select pg_advisory_unlock(${locks[lock]})`.execute(connection).catch(() => {});
    }
  });
}
