import { z } from 'zod';
import { email, lineOf } from './line.ts';
import { roleNamed } from './people.ts';

export const userKinds = ['person', 'service'] as const;
/** `service`: a program. It has tokens, and neither e-mail address nor password. */
export type UserKind = (typeof userKinds)[number];

export const userStates = ['invited', 'active', 'suspended', 'removed'] as const;
/** In one account. `removed`: is no member any more; what they did stays in the audit under their name. */
export type UserState = (typeof userStates)[number];

/** What a list begins or goes on with: `before` is the `next` of the page before. */
export const pageQuery = z.object({
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** `search`: a part of a name or of an e-mail address. Those who were removed are listed only where that state is asked for. */
export const usersQuery = pageQuery.extend({
  search: z.string().trim().max(200).optional(),
  state: z.enum(userStates).optional(),
  kind: z.enum(userKinds).optional(),
});
export type UsersQuery = z.input<typeof usersQuery>;

/**
 * Somebody in an account. `lastUsedAt`: when they last signed in, or a token or session of theirs was last used here.
 * `secondFactor`: whether they have one.
 */
export const userRow = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string().nullable(),
  kind: z.enum(userKinds),
  state: z.enum(userStates),
  role: roleNamed,
  isOwner: z.boolean(),
  groups: z.int(),
  secondFactor: z.boolean(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export type UserRow = z.infer<typeof userRow>;

/** By name; `next` is the `before` of the page that follows. */
export const usersAnswer = z.object({ users: z.array(userRow), next: z.string().nullable() });
export type UsersAnswer = z.infer<typeof usersAnswer>;

/** Why a mail did not go out: `refused` by the mailbox for good; the others are tried again. */
export const mailProblems = ['refused', 'put off', 'sign-in', 'certificate', 'away', 'other'] as const;
export type MailProblem = (typeof mailProblems)[number];

/**
 * All that is known of somebody. `withinReach`: whether they may no more than the asker may: who may more cannot be invited
 * anew, suspended, removed or given another role by them. `invitation`: the one that can still be taken up.
 * `invitationMail`: the one that has not gone out; `givenUp`: and is not tried any more.
 */
export const userCard = z.object({
  user: userRow,
  memberOf: z.array(
    z.object({ id: z.uuid(), name: z.string(), kind: z.enum(['group', 'location']), role: roleNamed.nullable() }),
  ),
  /** Whether they chose a second password, which opens identities where the account wants one. */
  secondPassword: z.boolean(),
  tokens: z.int(),
  invitation: z.object({ createdAt: z.iso.datetime(), createdBy: z.string(), expiresAt: z.iso.datetime() }).nullable(),
  invitationMail: z.object({ problem: z.enum(mailProblems).nullable(), givenUp: z.boolean() }).nullable(),
  withinReach: z.boolean(),
  /** Whether they choose a new password before they go on, because somebody said so. */
  passwordMustChange: z.boolean(),
});
export type UserCard = z.infer<typeof userCard>;

/** Adds a person. Without `name` people see the part of the address before the @; without `roleId` they get the guest role. */
export const userRequest = z.strictObject({ email, name: lineOf(200).optional(), roleId: z.uuid().optional() });
export type UserRequest = z.input<typeof userRequest>;

/** A link for one person that works once: given to who asked for it, or mailed to who it is for. */
export const handedLink = z.union([
  /** To be given on. Shown once: the exchange keeps its digest only. */
  z.object({ address: z.string(), expiresAt: z.iso.datetime() }),
  /** On its way to this mailbox: nobody else is shown it. */
  z.object({ mailedTo: z.string() }),
]);
export type HandedLink = z.infer<typeof handedLink>;

/** The same for somebody who has another account on this exchange: whether they have is not told. */
export const invitedAnswer = z.object({ user: userRow, invitation: handedLink });
export type InvitedAnswer = z.infer<typeof invitedAnswer>;

/** Adds a program. */
export const serviceRequest = z.strictObject({ name: lineOf(200), roleId: z.uuid().optional() });
export type ServiceRequest = z.input<typeof serviceRequest>;

/** What they are called in this account. */
export const userChange = z.strictObject({ name: lineOf(200) });
export type UserChange = z.input<typeof userChange>;

export const userRoleRequest = z.strictObject({ roleId: z.uuid() });
export type UserRoleRequest = z.input<typeof userRoleRequest>;
