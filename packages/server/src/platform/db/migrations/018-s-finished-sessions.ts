import { type Kysely, sql } from 'kysely';

/** When a session had no step of the sign-in to do for the first time: until then it lives for minutes only. Those that are there are done. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table sessions add column finished_at timestamptz').execute(db);
  await sql.raw('update sessions set finished_at = created_at').execute(db);
}
