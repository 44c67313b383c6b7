import { type Kysely, sql } from 'kysely';

/**
 * Tries that were turned away past a limit, counted by limit and window: the first is recorded at once, the others as one record
 * when the window is over. Nothing here says what was tried.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table refused_tries (
    name text not null, since timestamptz not null, ends_at timestamptz not null, tries integer not null,
    account_id uuid, user_id uuid, link_id uuid, address text, action text not null, kind text not null,
    primary key (name, since))`.execute(db);
  await sql`create index refused_tries_by_end on refused_tries (ends_at)`.execute(db);
  await sql`create index refused_tries_of_a_user on refused_tries (user_id) where user_id is not null`.execute(db);
}
