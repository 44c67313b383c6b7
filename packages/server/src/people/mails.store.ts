import type { Trx } from '../platform/db/database.ts';

/** Where somebody is written to, and what they are called; undefined of a program. */
export async function recipientOf(
  trx: Trx,
  userId: string,
): Promise<{ readonly email: string; readonly name: string } | undefined> {
  const row = await trx.selectFrom('users').select(['email', 'name']).where('id', '=', userId).executeTakeFirst();
  return row && row.email !== null ? { email: row.email, name: row.name } : undefined;
}
