import { type PasswordPolicy, type SignInPolicy, strictest } from '@symbolon/contract';
import type { Database, Trx } from '../platform/db/database.ts';
import { policyOf } from './steps.ts';

/** What a password of theirs must keep: of each rule the strictest of the accounts in which they are active. */
export async function passwordPolicyOf(db: Database | Trx, userId: string): Promise<PasswordPolicy> {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
    .select('accounts.sign_in_policy as policy')
    .where('memberships.user_id', '=', userId)
    .where('memberships.state', '=', 'active')
    .execute();
  return strictest(rows.map(({ policy }) => policyOf(policy)));
}

export async function signInPolicyOf(db: Database | Trx, accountId: string): Promise<SignInPolicy> {
  const row = await db
    .selectFrom('accounts')
    .select('sign_in_policy as policy')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  return policyOf(row.policy);
}

export async function writeSignInPolicy(trx: Trx, accountId: string, policy: SignInPolicy): Promise<void> {
  await trx.updateTable('accounts').set({ sign_in_policy: policy }).where('id', '=', accountId).execute();
}
