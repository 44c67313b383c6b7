import { type Kysely, sql } from 'kysely';

/** What the timelines of studies and of people ride; `shown` are the studies whose identity a list gave out. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  'alter table audit_records add column shown uuid[]',
  'create index audit_records_that_showed on audit_records using gin (shown) where shown is not null',
  'create index audit_records_of_a_user on audit_records (user_id, at) where user_id is not null',
];
