import { randomUUID } from 'node:crypto';
import type { UserState } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Trx } from '../platform/db/database.ts';

export type NewMember = {
  readonly accountId: string;
  readonly userId: string;
  readonly name: string;
  readonly roleId: string;
  readonly state: 'invited' | 'active';
};

/** The user behind an e-mail address, made where there is none: in both cases the same is done and said. */
export async function userForEmail(trx: Trx, email: string, name: string): Promise<string> {
  await trx
    .insertInto('users')
    .values({ id: randomUUID(), email, name, password_hash: null })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .execute();
  return (await trx.selectFrom('users').select('id').where('email', '=', email).executeTakeFirstOrThrow()).id;
}

/** A user who has neither e-mail address nor password. */
export async function addService(trx: Trx, name: string): Promise<string> {
  const id = randomUUID();
  await trx.insertInto('users').values({ id, email: null, name, kind: 'service', password_hash: null }).execute();
  return id;
}

/** Puts somebody into an account, or back into it, with a namespace of their own; false where they are in it already. */
export async function addMember(trx: Trx, { accountId, userId, name, roleId, state }: NewMember): Promise<boolean> {
  const added = await sql`insert into memberships as m (account_id, user_id, role_id, name, state)
    values (${accountId}, ${userId}, ${roleId}, ${name}, ${state})
    on conflict (account_id, user_id) do update set role_id = excluded.role_id, name = excluded.name,
      state = excluded.state, seen_at = null, second_password_hash = null, created_at = now(), changed_at = now()
      where m.state = 'removed'`.execute(trx);
  if (added.numAffectedRows === 0n) return false;
  // Who comes back has nothing of what they had, whatever their removal missed.
  await trx.deleteFrom('group_members').where('account_id', '=', accountId).where('user_id', '=', userId).execute();
  await sql`insert into namespaces (id, account_id, user_id) values (${randomUUID()}, ${accountId}, ${userId})
    on conflict (user_id, account_id) where user_id is not null do nothing`.execute(trx);
  return true;
}

type Who = { readonly accountId: string; readonly userId: string };

/** False where they are not, or no longer, in one of these states. */
export async function changeState(
  trx: Trx,
  { accountId, userId }: Who,
  from: readonly UserState[],
  to: UserState,
): Promise<boolean> {
  const changed = await trx
    .updateTable('memberships')
    .set({ state: to, changed_at: sql`now()`, held_at: null })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('state', 'in', from)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

export async function changeRole(trx: Trx, { accountId, userId }: Who, roleId: string): Promise<void> {
  await trx
    .updateTable('memberships')
    .set({ role_id: roleId, changed_at: sql`now()` })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
}

/** What they are called in this account; and everywhere, where they are in no other. */
export async function changeName(trx: Trx, { accountId, userId }: Who, name: string): Promise<void> {
  await trx
    .updateTable('memberships')
    .set({ name, changed_at: sql`now()` })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
  await sql`update users set name = ${name} where id = ${userId}
    and not exists (select from memberships where user_id = ${userId} and account_id <> ${accountId})`.execute(trx);
}

export async function markSignedIn(trx: Trx, { accountId, userId }: Who, now: Date): Promise<void> {
  await trx
    .updateTable('memberships')
    .set({ seen_at: now })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
}

export async function endSessionsOf(trx: Trx, { accountId, userId }: Who): Promise<void> {
  await endSessionsOfAll(trx, { accountId, userIds: [userId] });
}

/** Ends what these people have open in the account; not the session `but`, where somebody changes what concerns themselves. */
export async function endSessionsOfAll(
  trx: Trx,
  {
    accountId,
    userIds,
    but,
  }: { readonly accountId: string; readonly userIds: readonly string[]; readonly but?: string },
): Promise<void> {
  if (userIds.length === 0) return;
  const ending = trx.deleteFrom('sessions').where('account_id', '=', accountId).where('user_id', 'in', userIds);
  await (but === undefined ? ending : ending.where('id', '<>', but)).execute();
}

/** All that somebody has in an account by which they, or a group on their behalf, reach anything. Gives the links of theirs that this ended. */
export async function endAllOf(
  trx: Trx,
  who: Who & { readonly namespaceId: string; readonly by: string },
  now: Date,
): Promise<readonly { readonly id: string }[]> {
  const { accountId, userId, namespaceId, by } = who;
  await endSessionsOf(trx, who);
  await trx.deleteFrom('invitations').where('account_id', '=', accountId).where('user_id', '=', userId).execute();
  await trx.deleteFrom('group_members').where('account_id', '=', accountId).where('user_id', '=', userId).execute();
  await trx
    .updateTable('api_tokens')
    .set({ revoked_at: now, revoked_by: by })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .execute();
  await trx
    .updateTable('grants')
    .set({ revoked_at: now, revoked_by: by })
    .where('account_id', '=', accountId)
    .where('namespace_id', '=', namespaceId)
    .where('revoked_at', 'is', null)
    .execute();
  await trx
    .updateTable('openings')
    .set({ ended_at: now })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
  return trx
    .updateTable('links')
    .set({ revoked_at: now, revoked_by: by })
    .where('account_id', '=', accountId)
    .where('created_by', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .execute();
}

/** Whether something is granted to them at the moment. */
export async function hasGrants(trx: Trx, accountId: string, namespaceId: string, now: Date): Promise<boolean> {
  const found = await trx
    .selectFrom('grants')
    .select('id')
    .where('account_id', '=', accountId)
    .where('namespace_id', '=', namespaceId)
    .where('revoked_at', 'is', null)
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}
