import { z } from 'zod';
import { email, lineOf, password, totpCode } from './line.ts';
import { type Action, actions, roles } from './permissions/index.ts';
import { signInSteps } from './sign-in.ts';

/**
 * Makes the first account and its owner. A program asks for an API token (`as` absent), a browser for a session. Without
 * `name` people see the part of the e-mail address before the @.
 */
export const setupRequest = z.strictObject({
  secret: z.string().min(1).max(200),
  accountName: lineOf(200),
  name: lineOf(200).optional(),
  email,
  password,
  as: z.enum(['token', 'session']).default('token'),
  /** Whoever chose the password is not whose it is: they choose one of their own when they first sign in. */
  changePassword: z.boolean().default(false),
});
export type SetupRequest = z.input<typeof setupRequest>;

/** A token is shown once; the exchange keeps its digest only. */
export const tokenAnswer = z.object({
  token: z.string(),
  accountId: z.uuid(),
  userId: z.uuid(),
  expiresAt: z.iso.datetime().nullable(),
});
export type TokenAnswer = z.infer<typeof tokenAnswer>;

/** `code`: of an authenticator app, where they have a second factor. */
export const tokenRequest = z.strictObject({ email, password, label: lineOf(100), code: totpCode.optional() });
export type TokenRequest = z.input<typeof tokenRequest>;

/** A role as others name it. `builtin`: which of the four that every account has from the start; null for an account's own. */
export const roleNamed = z.object({ id: z.uuid(), name: z.string(), builtin: z.enum(roles).nullable() });
export type RoleNamed = z.infer<typeof roleNamed>;

const actionName = z.enum(Object.keys(actions) as [Action, ...Action[]]);

export const meAnswer = z.object({
  userId: z.uuid(),
  name: z.string(),
  /** Empty of a program. */
  email: z.string(),
  accountId: z.uuid(),
  accountName: z.string(),
  role: roleNamed,
  /** What they may do to something, whatever it is: what a page offers. */
  permissions: z.array(actionName),
});
export type MeAnswer = z.infer<typeof meAnswer>;

/** Signs a browser in: the session travels in a cookie that no script can read. */
export const sessionRequest = z.strictObject({ email, password });
export type SessionRequest = z.input<typeof sessionRequest>;

/**
 * `unclaimed`: nobody has an account yet; the set-up page is the one to open. `unfinished`: signed in, and `steps` are to be done
 * before anything opens.
 */
export const sessionAnswer = z.object({
  state: z.enum(['unclaimed', 'signed out', 'unfinished', 'signed in']),
  me: meAnswer.nullable(),
  steps: z.array(z.enum(signInSteps)).optional(),
  /** With what the step `second-factor` can be done, and for how many days this browser can be trusted then. */
  secondFactor: z
    .object({ totp: z.boolean(), passkey: z.boolean(), recoveryCodes: z.boolean(), trustDays: z.int() })
    .optional(),
  /** After how long without a touch the page locks itself; absent where it does not. Unit: minutes. */
  lockMinutes: z.int().optional(),
  /**
   * Where the account wants a second password for identities: whether they are open in this session, and until when; `unset` where
   * one is still to be chosen. Absent where none is wanted.
   */
  identities: z.object({ state: z.enum(['unset', 'closed', 'open']), until: z.iso.datetime().nullable() }).optional(),
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;
