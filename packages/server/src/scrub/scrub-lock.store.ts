import { sql } from 'kysely';
import type { Database } from '../platform/db/database.ts';

/** One scrub at a time, whatever the number of nodes. */
const scrubLock = 7_305_823;

/** Does the work while no other node does it. Where the connection breaks the lock is gone with it, and another may go on. */
export async function aloneWithScrubLock(db: Database, work: () => Promise<void>): Promise<void> {
  await db.connection().execute(async (connection) => {
    const { rows } = await sql<{ taken: boolean }>`select pg_try_advisory_lock(${scrubLock}) as taken`.execute(
      connection,
    );
    if (!rows[0]?.taken) return;
    try {
      await work();
    } finally {
      await sql`select pg_advisory_unlock(${scrubLock})`.execute(connection).catch(() => {});
    }
  });
}
