import { type Kysely, sql } from 'kysely';

/** Who asks for a new password names an address: whether somebody has it is found out when the mail is made, and not before the answer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table mails alter column user_id drop not null').execute(db);
}
