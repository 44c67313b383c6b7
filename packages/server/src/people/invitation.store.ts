import type { SignInPolicy, UserState } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';
import { withPolicy } from './policy-of.ts';

type Who = { readonly accountId: string; readonly userId: string };

export type NewInvitation = Who & {
  readonly id: string;
  readonly digest: Uint8Array;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
};

/** Ends the invitation that somebody has to an account. */
export async function endInvitationsOf(trx: Trx, { accountId, userId }: Who): Promise<void> {
  await trx.deleteFrom('invitations').where('account_id', '=', accountId).where('user_id', '=', userId).execute();
}

/** Adds an invitation; the one that they had ends. */
export async function replaceInvitation(trx: Trx, invitation: NewInvitation): Promise<void> {
  const { id, digest, accountId, userId, createdBy, createdAt, expiresAt } = invitation;
  await endInvitationsOf(trx, { accountId, userId });
  await trx
    .insertInto('invitations')
    .values({
      id,
      digest: Buffer.from(digest),
      account_id: accountId,
      user_id: userId,
      created_by: createdBy,
      created_at: createdAt,
      expires_at: expiresAt,
    })
    .execute();
}

export type InvitationRow = {
  readonly id: string;
  readonly digest: Buffer;
  readonly accountId: string;
  readonly accountName: string;
  readonly policy: SignInPolicy;
  readonly userId: string;
  readonly namespaceId: string;
  readonly name: string;
  readonly email: string;
  readonly passwordHash: string | null;
  readonly state: UserState;
  readonly from: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
};

export async function invitationById(db: Database, id: string): Promise<InvitationRow | undefined> {
  const { rows } = await sql<InvitationRow>`select i.id, i.digest, i.account_id as "accountId", a.name as "accountName",
      a.sign_in_policy as policy,
      i.user_id as "userId", n.id as "namespaceId", coalesce(m.name, u.name) as name, u.email, m.state,
      u.password_hash as "passwordHash", coalesce(inviter.name, f.name) as "from",
      i.created_at as "createdAt", i.expires_at as "expiresAt", i.used_at as "usedAt"
    from invitations i join accounts a on a.id = i.account_id join users u on u.id = i.user_id
    join memberships m on m.account_id = i.account_id and m.user_id = i.user_id
    join namespaces n on n.account_id = i.account_id and n.user_id = i.user_id
    join users f on f.id = i.created_by
    left join memberships inviter on inviter.account_id = i.account_id and inviter.user_id = i.created_by
    where i.id = ${id}`.execute(db);
  return rows[0] && withPolicy(rows[0]);
}

/** The one that somebody can still take up. */
export async function pendingInvitation(db: Database, { accountId, userId }: Who, now: Date) {
  return (
    (await db
      .selectFrom('invitations')
      .innerJoin('users', 'users.id', 'invitations.created_by')
      .leftJoin('memberships as inviter', (join) =>
        join
          .onRef('inviter.user_id', '=', 'invitations.created_by')
          .onRef('inviter.account_id', '=', 'invitations.account_id'),
      )
      .select(['invitations.created_at as createdAt', 'expires_at as expiresAt'])
      .select(sql<string>`coalesce(inviter.name, users.name)`.as('createdBy'))
      .where('invitations.account_id', '=', accountId)
      .where('invitations.user_id', '=', userId)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst()) ?? null
  );
}

/** False where somebody else was faster. */
export async function useInvitation(trx: Trx, id: string, now: Date): Promise<boolean> {
  const used = await trx
    .updateTable('invitations')
    .set({ used_at: now })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return used.numUpdatedRows > 0n;
}

/** The first password of a person; false where they have one. */
export async function setFirstPassword(trx: Trx, userId: string, passwordHash: string, now: Date): Promise<boolean> {
  const set = await trx
    .updateTable('users')
    .set({ password_hash: passwordHash, password_changed_at: now })
    .where('id', '=', userId)
    .where('password_hash', 'is', null)
    .executeTakeFirst();
  return set.numUpdatedRows > 0n;
}
