import type { TokenRow, TokenState, TokensAnswer, tokensQuery } from '@symbolon/contract';
import type { z } from 'zod';
import { may, type SignedIn } from '../access/index.ts';
import type { AuditEntry } from '../audit/index.ts';
import { PeopleError, userNotFound } from './errors.ts';
import type { ListDeps } from './list-members.ts';
import { type ChangeDeps, changingAccount, presentMember } from './member-change.ts';
import { type KeptToken, markTokenRevoked, tokenOfAccount, tokensOf } from './token.store.ts';

function stateOf({ revokedAt, heldAt, expiresAt }: KeptToken, now: Date): TokenState {
  if (revokedAt !== null) return 'revoked';
  if (heldAt !== null) return 'held';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active';
}

/** A token as people see it: never the token itself, nor its digest. */
export function shownToken(token: KeptToken, now: Date): TokenRow {
  const { id, label, userId, holder, kind, scope, addresses, createdBy, revokedBy } = token;
  return {
    id,
    label,
    holder: { id: userId, name: holder, kind },
    state: stateOf(token, now),
    scope: scope && [...scope],
    addresses: [...addresses],
    createdAt: token.createdAt.toISOString(),
    createdBy,
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.usedAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
    revokedBy,
  };
}

/** The tokens of the account, or one's own where one may see no others. */
export async function listTokens(
  deps: ListDeps,
  actor: SignedIn,
  { user, all, before, limit }: z.output<typeof tokensQuery>,
): Promise<TokensAnswer> {
  const { accountId } = actor;
  let userId = user;
  if (user === undefined) {
    if (!may(actor, 'token.list', { accountId })) userId = actor.userId;
  } else {
    if (!may(actor, 'token.list', { accountId, userId: user })) throw userNotFound();
    await presentMember(deps.database, accountId, user);
  }
  await deps.looks.record({ actor, action: 'token.list', kind: 'read', outcome: 'success' });
  const filter = { userId, all: all === 'true', before, limit: limit + 1 };
  const found = await tokensOf(deps.database, accountId, filter, deps.now());
  const page = found.slice(0, limit);
  const now = deps.now();
  return {
    tokens: page.map((token) => shownToken(token, now)),
    next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** From the next request on it opens nothing, nor does what was made with it. Revoking twice says the same. @throws PeopleError TOKEN_NOT_FOUND */
export function revokeToken(deps: ChangeDeps, asker: SignedIn, tokenId: string): Promise<TokenRow> {
  const { accountId } = asker;
  return changingAccount(deps, asker, 'token.revoke', async ({ trx, actor }) => {
    const token = await tokenOfAccount(trx, accountId, tokenId);
    if (!token || !may(actor, 'token.revoke', { accountId, userId: token.userId }))
      throw new PeopleError('TOKEN_NOT_FOUND', 'There is no such token in the account.');
    const revoked = await markTokenRevoked(trx, tokenId, actor.userId, deps.now());
    await deps.audit.record(
      trx,
      revoked.map(({ id, userId, label }): AuditEntry => {
        const detail = { user: userId, token: id, before: { label }, ...(id !== tokenId && { madeWith: tokenId }) };
        return { actor, action: 'token.revoke', kind: 'delete', outcome: 'success', detail };
      }),
    );
    return shownToken((await tokenOfAccount(trx, accountId, tokenId)) as KeptToken, deps.now());
  });
}
