import { type PasswordPolicy, type SignInPolicy, strictest } from '@symbolon/contract';
import { sql } from 'kysely';
import type { Database, Trx } from '../platform/db/database.ts';
import { policyOf } from './policy-of.ts';
import type { PersonFacts } from './sign-in-effects.ts';

async function policiesOf(db: Database | Trx, userId: string): Promise<SignInPolicy[]> {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
    .select('accounts.sign_in_policy as policy')
    .where('memberships.user_id', '=', userId)
    .where('memberships.state', '=', 'active')
    .execute();
  return rows.map(({ policy }) => policyOf(policy));
}

/** What a password of theirs must keep: of each rule the strictest of the accounts in which they are active. */
export async function passwordPolicyOf(db: Database | Trx, userId: string): Promise<PasswordPolicy> {
  return strictest(await policiesOf(db, userId));
}

/** How old the password is, and how old it gets in the strictest of their accounts; null: as old as it likes. Unit: days. */
export async function passwordAgeOf(db: Database, userId: string) {
  const { email, changedAt } = await db
    .selectFrom('users')
    .select(['email', 'password_changed_at as changedAt'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  const all = (await policiesOf(db, userId)).flatMap(({ passwordDays }) => passwordDays ?? []);
  return { email: email ?? '', changedAt, days: all.length === 0 ? null : Math.min(...all) };
}

export async function signInPolicyOf(db: Database | Trx, accountId: string): Promise<SignInPolicy> {
  const row = await db.selectFrom('accounts').select('sign_in_policy').where('id', '=', accountId).executeTakeFirst();
  return policyOf(row?.sign_in_policy ?? {});
}

export async function writeSignInPolicy(trx: Trx, accountId: string, policy: SignInPolicy): Promise<void> {
  await trx.updateTable('accounts').set({ sign_in_policy: policy }).where('id', '=', accountId).execute();
}

/** What decides how a rule concerns each active person of an account; by name. Programs have none of it. */
export async function peopleOf(db: Database | Trx, accountId: string): Promise<PersonFacts[]> {
  const { rows } = await sql<PersonFacts>`
    select u.id, coalesce(m.name, u.name) as name, u.email, u.password_changed_at as "passwordChangedAt",
      u.password_must_change as "passwordMustChange", u.password_hash is not null as "hasPassword",
      r.second_factor as "roleWantsFactor",
      exists (select from second_factors f where f.user_id = u.id) as "hasFactor",
      coalesce((select json_agg(json_build_array(extract(epoch from s.created_at), extract(epoch from s.seen_at),
          extract(epoch from s.expires_at), extract(epoch from s.finished_at)))
        from sessions s where s.user_id = u.id and s.account_id = m.account_id), '[]') as sessions,
      coalesce((select json_agg(json_build_array(extract(epoch from d.trusted_at), extract(epoch from d.trusted_until)))
        from devices d where d.user_id = u.id and d.trusted_until is not null and d.trusted_at is not null), '[]') as trusted
    from memberships m join users u on u.id = m.user_id join roles r on r.id = m.role_id
    where m.account_id = ${accountId} and m.state = 'active' and u.kind = 'person'
    order by lower(coalesce(m.name, u.name)), u.id`.execute(db);
  return rows;
}
