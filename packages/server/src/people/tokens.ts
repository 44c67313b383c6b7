import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { TokenAnswer } from '@symbolon/contract';
import { AccessError, type Actor, type SignedIn } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { verifyPassword } from './passwords.ts';
import { addToken, tokenByDigest, userByEmail } from './people.store.ts';

export type TokenDeps = { readonly database: Database; readonly audit: Audit; readonly now: () => Date };

const digestOf = (token: string): Uint8Array => createHash('sha256').update(token).digest();

/** Makes a token of 256 random bits. It is shown once: the exchange keeps its digest, which needs no salt. */
export async function issueToken(
  trx: Trx,
  owner: { userId: string; accountId: string; namespaceId: string },
  label: string,
): Promise<TokenAnswer> {
  const token = `symbolon_${randomBytes(32).toString('base64url')}`;
  await addToken(trx, { id: randomUUID(), digest: digestOf(token), label, ...owner });
  return { token, accountId: owner.accountId, userId: owner.userId, expiresAt: null };
}

/** The actor behind a token, or undefined where it is unknown or has expired. */
export async function actorOfToken(deps: TokenDeps, token: string, address: string): Promise<SignedIn | undefined> {
  const row = await tokenByDigest(deps.database, digestOf(token));
  if (!row || (row.expiresAt !== null && row.expiresAt <= deps.now())) return undefined;
  const { id, userId, accountId, namespaceId, role } = row;
  return { kind: 'token', tokenId: id, userId, accountId, namespaceId, role, address };
}

/** A token for e-mail address and password; the refusal is the same whichever of them was wrong, and takes as long. */
export async function createToken(
  deps: TokenDeps,
  actor: Actor,
  input: { email: string; password: string; label: string },
): Promise<TokenAnswer> {
  const user = await userByEmail(deps.database, input.email);
  const right = await verifyPassword(input.password, user?.passwordHash);
  if (!user || !right) {
    const concerning = user ? { accountId: user.accountId, userId: user.id } : {};
    await deps.audit.record(deps.database, [
      { actor, action: 'token.create', kind: 'create', outcome: 'refused', ...concerning },
    ]);
    throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'E-mail address or password are not right.');
  }
  return deps.database.transaction().execute(async (trx) => {
    const owner = { userId: user.id, accountId: user.accountId, namespaceId: user.namespaceId };
    const answer = await issueToken(trx, owner, input.label);
    const detail = { label: input.label };
    await deps.audit.record(trx, [
      { actor, ...owner, action: 'token.create', kind: 'create', outcome: 'success', detail },
    ]);
    return answer;
  });
}
