import { z } from 'zod';
import { lineOf, password, totpCode } from './line.ts';
import { passwordPolicy } from './sign-in.ts';

/** What stands behind the `#` of an invitation's address: its id and its secret. It works once, for seven days. */
export const secret = z
  .string()
  .regex(/^[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$/, 'must be <id>.<secret>, as behind the # of the address');

export const lookAtInvitationRequest = z.strictObject({ secret });

/**
 * Who invites to what. Whether the address is known here already is not said: the page asks for a password, and says that
 * whoever signs in with this address elsewhere on this exchange gives the one they have.
 */
export const lookAtInvitationAnswer = z.object({
  from: z.string(),
  accountName: z.string(),
  name: z.string(),
  email: z.string(),
  expiresAt: z.iso.datetime(),
  /** What a password must keep that is chosen here. */
  rules: passwordPolicy,
});
export type LookAtInvitationAnswer = z.infer<typeof lookAtInvitationAnswer>;

/**
 * Takes it up. `password`: of who has none on this exchange, the one that they choose; of anybody else their own. `name`: what
 * they want to be called in the account. A browser goes on with a session, a program with a token; `code`: of an authenticator app,
 * where a token is asked for and they have a second factor.
 */
export const acceptInvitationRequest = z.strictObject({
  secret,
  password,
  name: lineOf(200).optional(),
  code: totpCode.optional(),
  as: z.enum(['token', 'session']).default('session'),
});
export type AcceptInvitationRequest = z.input<typeof acceptInvitationRequest>;
