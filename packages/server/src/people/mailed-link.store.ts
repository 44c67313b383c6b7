import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';

/** Where links lie that are mailed and work once: those for a new password, and those that prove a new address. */
export type MailedLinks = 'password_resets' | 'address_changes';

type NewLink = {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly userId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};

const rowOf = ({ id, digest, userId, createdAt, expiresAt }: NewLink) => ({
  ...{ id, digest: Buffer.from(digest), user_id: userId },
  ...{ created_at: createdAt, expires_at: expiresAt },
});

/** Adds a link for a new password; the one that waited ends. `createdBy`: the administrator who had it made; null where the person asked themselves, or the shell did. */
export async function replaceReset(trx: Trx, link: NewLink & { readonly createdBy: string | null }): Promise<void> {
  await endLinksOf(trx, 'password_resets', link.userId);
  await trx
    .insertInto('password_resets')
    .values({ ...rowOf(link), created_by: link.createdBy })
    .execute();
}

/** Adds a change of address that waits for its link; the one that waited ends. */
export async function replaceAddressChange(trx: Trx, link: NewLink & { readonly email: string }): Promise<void> {
  await endLinksOf(trx, 'address_changes', link.userId);
  await trx
    .insertInto('address_changes')
    .values({ ...rowOf(link), email: link.email })
    .execute();
}

/** Ends what waits for its link. */
export async function endLinksOf(trx: Trx, links: MailedLinks, userId: string): Promise<void> {
  await trx.deleteFrom(links).where('user_id', '=', userId).where('used_at', 'is', null).execute();
}

/** False where somebody else was faster, or where it ended meanwhile. */
export async function useLink(trx: Trx, links: MailedLinks, id: string, now: Date): Promise<boolean> {
  const used = await trx
    .updateTable(links)
    .set({ used_at: now })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return used.numUpdatedRows > 0n;
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

export async function addressChangeById(db: Database, id: string) {
  return db
    .selectFrom('address_changes')
    .select(['id', 'digest', 'user_id as userId', 'email', 'expires_at as expiresAt', 'used_at as usedAt'])
    .where('id', '=', id)
    .executeTakeFirst();
}
