import type { SignInPolicy } from '@symbolon/contract';
import { sql } from 'kysely';
import type { SignedIn } from '../access/index.ts';
import type { Database, SessionFactor, Trx } from '../platform/db/database.ts';
import { withPolicy } from './policy-of.ts';

export type Wanting = { readonly policy: SignInPolicy; readonly roleWantsFactor: boolean };

/** What each account of somebody says of signing in; `inAccount`: of that one alone, also where they were only invited so far. */
export async function wantingOf(db: Database | Trx, userId: string, inAccount?: string): Promise<Wanting[]> {
  const query = db
    .selectFrom('memberships')
    .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
    .innerJoin('roles', 'roles.id', 'memberships.role_id')
    .select(['accounts.sign_in_policy as policy', 'roles.second_factor as roleWantsFactor'])
    .where('memberships.user_id', '=', userId);
  const rows = await (inAccount === undefined
    ? query.where('memberships.state', '=', 'active')
    : query.where('memberships.account_id', '=', inAccount)
  ).execute();
  return rows.map(withPolicy);
}

/** Which of the two there is; recovery codes come with either. */
export async function factorKindsOf(
  db: Database | Trx,
  userId: string,
): Promise<{ readonly totp: boolean; readonly passkey: boolean }> {
  const { rows } = await sql<{ totp: boolean; passkey: boolean }>`
    select coalesce(bool_or(kind = 'totp'), false) as totp, coalesce(bool_or(kind = 'passkey'), false) as passkey
    from second_factors where user_id = ${userId}`.execute(db);
  return rows[0] as { totp: boolean; passkey: boolean };
}

/** What proved a session beside the password, held until the transaction ends; undefined where the session is over. */
export async function factorOfSession(
  trx: Trx,
  { credentialId, digest }: SignedIn,
): Promise<{ readonly factor: SessionFactor | null } | undefined> {
  return trx
    .selectFrom('sessions')
    .select('factor')
    .where('id', '=', credentialId)
    .where('digest', '=', Buffer.from(digest ?? []))
    .forUpdate()
    .executeTakeFirst();
}

/** Whether a session showed a second factor itself, and did not merely begin in a browser that is trusted. */
export async function hasShownFactor(db: Database | Trx, sessionId: string): Promise<boolean> {
  const row = await db.selectFrom('sessions').select('factor').where('id', '=', sessionId).executeTakeFirst();
  return row !== undefined && row.factor !== null && row.factor !== 'trusted device';
}

/** Nobody has a second factor any more: whoever adds one later shows it in each session. */
export async function forgetSessionFactors(trx: Trx, userId: string): Promise<void> {
  await trx.updateTable('sessions').set({ factor: null }).where('user_id', '=', userId).execute();
}

/** In how many accounts somebody is, beside this one. Not where they were invited only: anybody can invite anybody, and must not keep help from them by that. */
export async function otherAccounts(trx: Trx, userId: string, accountId: string): Promise<number> {
  const row = await trx
    .selectFrom('memberships')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .where('account_id', '<>', accountId)
    .where('state', 'in', ['active', 'suspended'])
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Where all sessions of somebody were, and ends them. */
export async function endSessionsEverywhere(trx: Trx, userId: string): Promise<void> {
  await trx.deleteFrom('sessions').where('user_id', '=', userId).execute();
}

/** A person by their address, for who administers the machine. */
export async function personByEmail(
  db: Database | Trx,
  email: string,
): Promise<{ readonly id: string; readonly accountIds: readonly string[] } | undefined> {
  const { rows } = await sql<{ id: string; accountIds: string[] }>`
    select u.id, coalesce(array_agg(m.account_id) filter (where m.state <> 'removed'), '{}') as "accountIds"
    from users u left join memberships m on m.user_id = u.id where u.email = ${email} group by u.id`.execute(db);
  return rows[0];
}
