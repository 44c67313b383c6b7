import { type Kysely, sql } from 'kysely';

/** Since when a browser is trusted: an account that makes the time shorter makes it shorter for who is trusted already. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table devices add column trusted_at timestamptz`.execute(db);
}
