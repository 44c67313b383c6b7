import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** Gives somebody another address, and says which they had; undefined where somebody else has it. */
export async function changeEmail(trx: Trx, userId: string, email: string): Promise<string | undefined> {
  const { rows } = await sql<{ before: string }>`update users u set email = ${email}
    from (select id, email from users where id = ${userId} for update) was
    where u.id = was.id and not exists (select from users o where o.email = ${email} and o.id <> u.id)
    returning was.email as before`.execute(trx);
  return rows[0]?.before;
}

/** The accounts that somebody is in, suspended or not: each is told what happened to its own. */
export async function accountsWith(trx: Database | Trx, userId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('memberships')
    .select('account_id as id')
    .where('user_id', '=', userId)
    .where('state', '<>', 'removed')
    .orderBy('account_id')
    .execute();
  return rows.map(({ id }) => id);
}
