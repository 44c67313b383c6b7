import { z } from 'zod';
import { email, lineOf } from './line.ts';
import { roleNamed } from './people.ts';
import { handedLink, pageQuery } from './users.ts';

/** `invited`: they have not taken up their invitation yet. */
const owner = z.object({ id: z.uuid(), name: z.string(), email: z.string().nullable(), invited: z.boolean() });

/** `operates`: it operates the exchange: storage, backups, other accounts. `closedAt`: when all that it held was erased. */
export const accountRow = z.object({
  id: z.uuid(),
  name: z.string(),
  owner: owner.nullable(),
  operates: z.boolean(),
  users: z.int(),
  createdAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
});
export type AccountRow = z.infer<typeof accountRow>;

export const accountsQuery = pageQuery;
export type AccountsQuery = z.input<typeof accountsQuery>;
/** The accounts of the exchange, by name; `next` is the `before` of the page that follows. */
export const accountsAnswer = z.object({ accounts: z.array(accountRow), next: z.string().nullable() });
export type AccountsAnswer = z.infer<typeof accountsAnswer>;

/** Makes another account on this exchange, whose owner is invited. */
export const accountRequest = z.strictObject({
  name: lineOf(200),
  owner: z.strictObject({ email, name: lineOf(200).optional() }),
});
export type AccountRequest = z.input<typeof accountRequest>;
export const accountMadeAnswer = z.object({ account: accountRow, invitation: handedLink });
export type AccountMadeAnswer = z.infer<typeof accountMadeAnswer>;

export const accountChange = z.strictObject({ name: lineOf(200) });
export type AccountChange = z.input<typeof accountChange>;

/** Who owns the account from now on: one of its active administrators. Only the owner can say so. */
export const ownerRequest = z.strictObject({ userId: z.uuid() });
export type OwnerRequest = z.input<typeof ownerRequest>;

/** The accounts in which one can go on; `current`: the one that one is in. */
export const myAccountsAnswer = z.object({
  accounts: z.array(z.object({ id: z.uuid(), name: z.string(), role: roleNamed, current: z.boolean() })),
});
export type MyAccountsAnswer = z.infer<typeof myAccountsAnswer>;

/** Goes on in another account: the session ends, and another begins there. */
export const switchAccountRequest = z.strictObject({ accountId: z.uuid() });
