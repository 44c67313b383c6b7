import { z } from 'zod';
import { passkeyAnswer } from './factors.ts';
import { password } from './line.ts';
import { passwordPolicy } from './sign-in.ts';

/** One browser in which somebody is signed in. `device`: as the browser said of itself, in words; empty where it said nothing that is known. */
export const ownSession = z.object({
  id: z.uuid(),
  /** The one that asks. */
  current: z.boolean(),
  device: z.string(),
  address: z.string(),
  accountName: z.string(),
  createdAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  /** When it ends at the latest. */
  expiresAt: z.iso.datetime(),
});
export type OwnSession = z.infer<typeof ownSession>;

/** The newest use first. */
export const ownSessionsAnswer = z.object({ sessions: z.array(ownSession) });
export type OwnSessionsAnswer = z.infer<typeof ownSessionsAnswer>;

export const endedSessionsAnswer = z.object({ ended: z.number().int() });
export type EndedSessionsAnswer = z.infer<typeof endedSessionsAnswer>;

/** What the next one must keep, since when one has this one, and until when; `until` is null where it gets as old as it likes. */
export const ownPasswordAnswer = z.object({
  /** Whose it is: a password does not contain it. */
  email: z.string(),
  rules: passwordPolicy,
  changedAt: z.iso.datetime(),
  until: z.iso.datetime().nullable(),
});
export type OwnPasswordAnswer = z.infer<typeof ownPasswordAnswer>;

/**
 * Shows that whoever is signed in is still there: by the password with which one signs in, or by a passkey, which asks by itself who
 * is there. A code alone is no proof: the telephone that makes it lies beside the keyboard.
 */
export const proofRequest = z.union([
  z.strictObject({ password }),
  z.strictObject({ passkey: z.strictObject({ challenge: z.uuid(), answer: passkeyAnswer }) }),
]);
export type ProofRequest = z.input<typeof proofRequest>;

/** Chooses the second password, which opens identities. `current`: the first one. `former`: the second one that holds, where there is one. */
export const secondPasswordChange = z.strictObject({ current: password, former: password.optional(), password });
export type SecondPasswordChange = z.input<typeof secondPasswordChange>;

/** Opens identities in this session, for an hour. */
export const identitiesRequest = z.strictObject({ password });
export type IdentitiesRequest = z.input<typeof identitiesRequest>;

/** `current` proves that it is asked by whoever knows it, and not by whoever found a screen unlocked. */
export const passwordChange = z.strictObject({ current: password, password });
export type PasswordChange = z.input<typeof passwordChange>;
