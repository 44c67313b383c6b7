import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { TokenAnswer } from '@symbolon/contract';
import type { Actor, SignedIn } from '../access/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { addToken, tokenByDigest } from './people.store.ts';
import { provenUser, type SessionDeps } from './sessions.ts';

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
export async function actorOfToken(
  deps: Pick<SessionDeps, 'database' | 'now'>,
  token: string,
  address: string,
): Promise<SignedIn | undefined> {
  const row = await tokenByDigest(deps.database, digestOf(token));
  if (!row || (row.expiresAt !== null && row.expiresAt <= deps.now())) return undefined;
  const { id, userId, accountId, namespaceId, role } = row;
  return { kind: 'person', by: 'token', credentialId: id, userId, accountId, namespaceId, role, address };
}

/** A token for e-mail address and password; the refusal is the same whichever of them was wrong, and takes as long. */
export async function createToken(
  deps: SessionDeps,
  actor: Actor,
  input: { email: string; password: string; label: string },
): Promise<TokenAnswer> {
  const user = await provenUser({ ...deps, action: 'token.create' }, actor, input);
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
