import { z } from 'zod';
import { signInPolicy } from './sign-in.ts';
import { pageQuery } from './users.ts';

/** What a change of how people sign in does to people who are in the account already. */
export const signInEffectKinds = [
  'password-now',
  'password-soon',
  'password-next',
  'enrol',
  'trust-ends',
  'session-ends',
  'session-shorter',
  'screen-locks',
  'identities-close',
] as const;
/**
 * `password-now`      must choose a new password with their next request
 * `password-soon`     must within a fortnight
 * `password-next`     keep the password they have; the next one has to keep more rules
 * `enrol`             must set up a second factor with their next request
 * `trust-ends`        a browser that they trust asks for the second factor again
 * `session-ends`      are signed out somewhere at once
 * `session-shorter`   are signed out sooner than they would have been
 * `screen-locks`      have their screen locked, or sooner than before, when nobody touches it
 * `identities-close`  see no identities until they give, or choose, a second password
 */
export type SignInEffectKind = (typeof signInEffectKinds)[number];

/**
 * How people are to sign in from now on; what is not said is as in the standard. `changePasswords`: everybody in the account
 * chooses a new password before they go on, who sets it too.
 */
export const signInPolicyRequest = z.strictObject({
  policy: signInPolicy,
  changePasswords: z.boolean().default(false),
});
export type SignInPolicyRequest = z.input<typeof signInPolicyRequest>;

export const signInPolicyAnswer = z.object({ policy: signInPolicy });
export type SignInPolicyAnswer = z.infer<typeof signInPolicyAnswer>;

/** The same, asked before it is done. `more`: of one effect the people behind this one. */
export const signInEffectsRequest = signInPolicyRequest.extend({
  more: z.strictObject({ kind: z.enum(signInEffectKinds), before: pageQuery.shape.before.unwrap() }).optional(),
});
export type SignInEffectsRequest = z.input<typeof signInEffectsRequest>;

/** Whom it concerns: how many, whether who asks is among them, and by name the first twenty; `next` is the `before` of those that follow. */
export const signInEffect = z.object({
  kind: z.enum(signInEffectKinds),
  count: z.int(),
  you: z.boolean(),
  people: z.array(z.object({ id: z.uuid(), name: z.string(), email: z.string().nullable() })),
  next: z.string().nullable(),
});
export type SignInEffect = z.infer<typeof signInEffect>;

/** Those that concern anybody, in the order of the kinds. */
export const signInEffectsAnswer = z.object({ effects: z.array(signInEffect) });
export type SignInEffectsAnswer = z.infer<typeof signInEffectsAnswer>;
