import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

export type NewAddressChange = {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly userId: string;
  readonly email: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};

/** Adds a change of address that waits for its link; the one that waited ends. */
export async function replaceAddressChange(trx: Trx, change: NewAddressChange): Promise<void> {
  await endAddressChangesOf(trx, change.userId);
  await trx
    .insertInto('address_changes')
    .values({
      id: change.id,
      digest: Buffer.from(change.digest),
      user_id: change.userId,
      email: change.email,
      created_at: change.createdAt,
      expires_at: change.expiresAt,
    })
    .execute();
}

/** Ends what waits for its link. */
export async function endAddressChangesOf(trx: Trx, userId: string): Promise<void> {
  await trx.deleteFrom('address_changes').where('user_id', '=', userId).where('used_at', 'is', null).execute();
}

export async function addressChangeById(db: Database, id: string) {
  return db
    .selectFrom('address_changes')
    .select(['id', 'digest', 'user_id as userId', 'email', 'expires_at as expiresAt', 'used_at as usedAt'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** False where somebody else was faster, or where it ended meanwhile. */
export async function useAddressChange(trx: Trx, id: string, now: Date): Promise<boolean> {
  const used = await trx
    .updateTable('address_changes')
    .set({ used_at: now })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return used.numUpdatedRows > 0n;
}

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
