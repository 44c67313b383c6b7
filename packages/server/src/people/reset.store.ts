import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

export type NewReset = {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly userId: string;
  /** The administrator who had it made; null where the person asked themselves, or the shell did. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};

/** Adds a link for a new password; those that the person had end. */
export async function replaceReset(trx: Trx, reset: NewReset): Promise<void> {
  await endResetsOf(trx, reset.userId);
  await trx
    .insertInto('password_resets')
    .values({
      id: reset.id,
      digest: Buffer.from(reset.digest),
      user_id: reset.userId,
      created_by: reset.createdBy,
      created_at: reset.createdAt,
      expires_at: reset.expiresAt,
    })
    .execute();
}

/** Ends the links for a new password that somebody has. */
export async function endResetsOf(trx: Trx, userId: string): Promise<void> {
  await trx.deleteFrom('password_resets').where('user_id', '=', userId).where('used_at', 'is', null).execute();
}

export async function resetById(db: Database, id: string) {
  return db
    .selectFrom('password_resets')
    .innerJoin('users', 'users.id', 'password_resets.user_id')
    .select(['password_resets.id as id', 'digest', 'expires_at as expiresAt', 'used_at as usedAt'])
    .select(['users.id as userId', 'users.password_hash as passwordHash'])
    .select(sql<string>`coalesce(users.email, '')`.as('email'))
    .where('password_resets.id', '=', id)
    .executeTakeFirst();
}

/** False where somebody else was faster, or where it ended meanwhile. */
export async function useReset(trx: Trx, id: string, now: Date): Promise<boolean> {
  const used = await trx
    .updateTable('password_resets')
    .set({ used_at: now })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return used.numUpdatedRows > 0n;
}
