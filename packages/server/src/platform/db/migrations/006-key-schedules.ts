import { type Kysely, sql } from 'kysely';

/** After how many days an account has its keys replaced; without a row after as many as the exchange's standard says. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table key_schedules (
        account_id uuid primary key references accounts,
        patient_days integer not null check (patient_days > 0), account_days integer not null check (account_days > 0))`,
    )
    .execute(db);
}
