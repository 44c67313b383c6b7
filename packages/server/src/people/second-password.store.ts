import type { Database, Trx } from '../platform/db/database.ts';

type Who = { readonly accountId: string; readonly userId: string };

/** The hash of somebody's second password in an account; null where they have none. */
export async function secondPassword(db: Database | Trx, { accountId, userId }: Who): Promise<string | null> {
  const row = await db
    .selectFrom('memberships')
    .select('second_password_hash as hash')
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.hash ?? null;
}

/** Of all accounts in which somebody is: the first is never one of them. */
export async function secondPasswordsOf(db: Database, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('memberships')
    .select('second_password_hash as hash')
    .where('user_id', '=', userId)
    .where('second_password_hash', 'is not', null)
    .execute();
  return rows.flatMap(({ hash }) => hash ?? []);
}

/** Puts another in place of the one that was looked at; false where that is not the one any more. Whatever was opened with it is closed. */
export async function replaceSecondPassword(
  trx: Trx,
  { accountId, userId }: Who,
  { former, hash }: { readonly former: string | null; readonly hash: string | null },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('memberships')
    .set({ second_password_hash: hash })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('second_password_hash', 'is not distinct from', former)
    .executeTakeFirst();
  await trx
    .updateTable('sessions')
    .set({ identities_until: null })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
  return numUpdatedRows > 0n;
}

export async function closeIdentitiesOf(trx: Trx, sessionId: string): Promise<void> {
  await trx.updateTable('sessions').set({ identities_until: null }).where('id', '=', sessionId).execute();
}
