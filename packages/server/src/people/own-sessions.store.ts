import type { Database, Trx } from '../platform/db/database.ts';
import { endTrust } from './device.store.ts';
import { withPolicy } from './policy-of.ts';
import type { SessionTimes } from './session-limits.ts';

/** All of somebody's; how long each lasts is its account's to say. */
export async function sessionsOf(db: Database, userId: string, now: Date) {
  const rows = await db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .select([
      'sessions.id',
      'sessions.agent',
      'sessions.address',
      'sessions.created_at as createdAt',
      'sessions.seen_at as seenAt',
      'sessions.expires_at as expiresAt',
      'sessions.finished_at as finishedAt',
      'accounts.name as accountName',
      'accounts.sign_in_policy as policy',
    ])
    .where('sessions.user_id', '=', userId)
    .where('sessions.expires_at', '>', now)
    .orderBy('sessions.seen_at', 'desc')
    .orderBy('sessions.id')
    .limit(200)
    .execute();
  return rows.map(withPolicy);
}

/** Ends one of somebody's sessions, all but one, or all; returns in which account each was, and until when it could be used. */
export async function endOwnSessions(
  trx: Trx,
  userId: string,
  which: { readonly id: string } | { readonly allBut: string } | 'all',
): Promise<(SessionTimes & { readonly accountId: string })[]> {
  let sessions = trx
    .deleteFrom('sessions')
    .using('accounts')
    .whereRef('accounts.id', '=', 'sessions.account_id')
    .where('sessions.user_id', '=', userId);
  if (which !== 'all')
    sessions = sessions.where('sessions.id', 'id' in which ? '=' : '<>', 'id' in which ? which.id : which.allBut);
  const ended = await sessions
    .returning(['sessions.account_id as accountId', 'sessions.seen_at as seenAt', 'sessions.expires_at as expiresAt'])
    .returning(['sessions.created_at as createdAt', 'sessions.finished_at as finishedAt'])
    .returning('accounts.sign_in_policy as policy')
    .execute();
  return ended.map(withPolicy);
}

/** Kept to compare with; nobody changes their password so often that older ones matter. */
const formerKept = 24;

/**
 * The user's e-mail address and password, locked until the transaction ends; undefined of a program. Rows that only refer to the
 * user can be added meanwhile: the mail job does, with a mail in its hands that whoever has this lock may wait for.
 */
export async function ownPassword(trx: Trx, userId: string) {
  return trx
    .selectFrom('users')
    .select(['email', 'password_hash as hash'])
    .where('id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export async function formerPasswords(db: Database, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('former_passwords')
    .select('password_hash as hash')
    .where('user_id', '=', userId)
    .orderBy('replaced_at', 'desc')
    .limit(formerKept)
    .execute();
  return rows.map(({ hash }) => hash);
}

/** Of programs there is none to change. */
export async function requirePasswordChange(trx: Trx, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  await trx
    .updateTable('users')
    .set({ password_must_change: true })
    .where('id', 'in', userIds)
    .where('password_hash', 'is not', null)
    .execute();
}

export async function passwordMustChange(db: Database, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('users')
    .select('password_must_change as must')
    .where('id', '=', userId)
    .executeTakeFirst();
  return row?.must ?? false;
}

/**
 * The password that they had goes to the former ones, of which the oldest go for good: no hash is kept without a use. No browser is
 * trusted any more: whoever knew the old one may have trusted theirs.
 */
export async function replacePassword(
  trx: Trx,
  userId: string,
  { former, hash, at }: { readonly former: string; readonly hash: string; readonly at: Date },
): Promise<void> {
  await trx
    .insertInto('former_passwords')
    .values({ user_id: userId, replaced_at: at, password_hash: former })
    .execute();
  await trx
    .updateTable('users')
    .set({ password_hash: hash, password_changed_at: at, password_must_change: false })
    .where('id', '=', userId)
    .execute();
  await trx
    .deleteFrom('former_passwords')
    .where('user_id', '=', userId)
    .where('replaced_at', 'not in', (of) =>
      of
        .selectFrom('former_passwords')
        .select('replaced_at')
        .where('user_id', '=', userId)
        .orderBy('replaced_at', 'desc')
        .limit(formerKept),
    )
    .execute();
  await endTrust(trx, userId);
}
