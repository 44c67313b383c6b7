import { type SignInPolicy, standardSignInPolicy } from '@symbolon/contract';

/** What an account says of signing in, with the standard where it says nothing. */
export const policyOf = (said: Partial<SignInPolicy>): SignInPolicy => ({ ...standardSignInPolicy, ...said });

/** The row with its account's policy made whole: once, as it is read. */
export const withPolicy = <Row extends { readonly policy: Partial<SignInPolicy> }>(
  row: Row,
): Omit<Row, 'policy'> & { readonly policy: SignInPolicy } => ({ ...row, policy: policyOf(row.policy) });
