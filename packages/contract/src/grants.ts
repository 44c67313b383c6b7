import { z } from 'zod';

/** The most series that one request grants by themselves. */
const mostSeries = 1_000;

/** Somebody, or a group, of the account: what a study can be granted to. */
export const granteeKinds = ['person', 'service', 'group', 'location'] as const;
export const grantee = z.object({ kind: z.enum(granteeKinds), id: z.uuid(), name: z.string() });
export type Grantee = z.infer<typeof grantee>;

/** `seriesIds`: only these series; null: the study, with what comes into it later. `expiresAt`: null where it does not end by itself. */
export const grantRequest = z.strictObject({
  to: z.union([z.strictObject({ userId: z.uuid() }), z.strictObject({ groupId: z.uuid() })]),
  seriesIds: z.array(z.uuid()).min(1).max(mostSeries).nullable(),
  expiresAt: z.iso.datetime().nullable(),
});
export type GrantRequest = z.infer<typeof grantRequest>;

/** The study, or one series of it, granted to somebody. `seriesId`: null for all of it. */
export const grantRow = z.object({
  id: z.uuid(),
  to: grantee,
  seriesId: z.uuid().nullable(),
  grantedBy: z.string(),
  grantedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});
export type GrantRow = z.infer<typeof grantRow>;

/** Those in force, by the name of whom they are to. */
export const grantsAnswer = z.object({ grants: z.array(grantRow) });
export type GrantsAnswer = z.infer<typeof grantsAnswer>;

/** What was revoked: the grant, and those that its holder had given on by it. */
export const revokedAnswer = z.object({ grant: grantRow, givenOn: z.int().nonnegative() });
export type RevokedAnswer = z.infer<typeof revokedAnswer>;

/** `search`: a part of the name, in any case. */
export const granteesQuery = z.strictObject({ search: z.string().trim().max(100).default('') });
/** People and groups by name, without oneself. `more`: there are others that fit. */
export const granteesAnswer = z.object({ found: z.array(grantee), more: z.boolean() });
export type GranteesAnswer = z.infer<typeof granteesAnswer>;

/** Whether a study awaits approval, and who approved it. */
export const approvalAnswer = z.object({
  unapproved: z.boolean(),
  approvedBy: z.string().nullable(),
  approvedAt: z.iso.datetime().nullable(),
});
export type ApprovalAnswer = z.infer<typeof approvalAnswer>;
