import { z } from 'zod';
import { addressRange } from './addresses.ts';
import { lineOf } from './line.ts';
import { allPermissions, type Permission } from './permissions/index.ts';
import { pageQuery, userKinds } from './users.ts';

/** The longest that a token which a person makes for themselves may live. Units: days. */
export const maxTokenDays = 366;

/**
 * An API token, made by who is signed in. For oneself it ends within `maxTokenDays`; for a program it may have no end
 * (`expiresAt` null). `scope`: the only permissions that it carries; null is all that its holder has. `addresses`: the
 * only ones from which it can be used; none is any.
 */
export const issueTokenRequest = z.strictObject({
  label: lineOf(100),
  expiresAt: z.iso.datetime().nullable(),
  scope: z
    .array(z.enum(allPermissions as [Permission, ...Permission[]]))
    .min(1)
    .max(allPermissions.length)
    .nullable()
    .default(null),
  addresses: z.array(addressRange).max(50).default([]),
});
export type IssueTokenRequest = z.input<typeof issueTokenRequest>;

export const tokenStates = ['active', 'expired', 'revoked', 'held'] as const;
/** `held`: a restore brought it back, and nobody has decided about it yet. */
export type TokenState = (typeof tokenStates)[number];

/** Never the token itself. `createdBy`: null where its holder got it with e-mail address and password. */
export const tokenRow = z.object({
  id: z.uuid(),
  label: z.string(),
  holder: z.object({ id: z.uuid(), name: z.string(), kind: z.enum(userKinds) }),
  state: z.enum(tokenStates),
  scope: z.array(z.string()).nullable(),
  addresses: z.array(z.string()),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  revokedBy: z.string().nullable(),
});
export type TokenRow = z.infer<typeof tokenRow>;

/** `user`: only theirs. `all`: also those that are over or were revoked. */
export const tokensQuery = pageQuery.extend({
  user: z.uuid().optional(),
  all: z.enum(['true', 'false']).default('false'),
});
export type TokensQuery = z.input<typeof tokensQuery>;

/** Newest first; `next` is the `before` of the page that follows. */
export const tokensAnswer = z.object({ tokens: z.array(tokenRow), next: z.string().nullable() });
export type TokensAnswer = z.infer<typeof tokensAnswer>;

/** The token is shown once; the exchange keeps its digest only. */
export const issuedTokenAnswer = z.object({ secret: z.string(), token: tokenRow });
export type IssuedTokenAnswer = z.infer<typeof issuedTokenAnswer>;
