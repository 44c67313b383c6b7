import { type Kysely, sql } from 'kysely';

/** An account's patients may keep their keys until somebody replaces them: null is "never by itself". */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table key_schedules alter column patient_days drop not null').execute(db);
}
