import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { maxTokenDays, type TokenAnswer } from '@symbolon/contract';
import { AccessError, type Actor, type SignedIn } from '../access/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { markUsed, tokenByDigest } from './credential.store.ts';
import { atTheDoor } from './door.ts';
import { behindFactor, type ProvingDeps } from './prove-second-factor.ts';
import { provenUser, type SessionDeps } from './sessions.ts';
import { signInPolicyOf } from './sign-in-policy.store.ts';
import { signedInAs } from './signed-in.ts';
import { addToken, type NewToken } from './token.store.ts';

const minuteMs = 60_000;

const digestOf = (token: string): Uint8Array => createHash('sha256').update(token).digest();

/** What a token carries beside its holder; by default all that they may, from anywhere, without an end. */
type Limits = Pick<NewToken, 'expiresAt' | 'scope' | 'addresses' | 'createdBy' | 'madeWith'>;

/** When a token ends that a person got without saying when: the latest that one they made could. */
export const longestLife = (now: Date): Date => new Date(now.getTime() + maxTokenDays * 86_400_000);

/** Makes a token of 256 random bits. It is shown once: the exchange keeps its digest, which needs no salt. */
export async function issueToken(
  trx: Trx,
  owner: { userId: string; accountId: string; namespaceId: string },
  label: string,
  limits: Limits = {},
): Promise<{ readonly id: string; readonly answer: TokenAnswer }> {
  const token = `symbolon_${randomBytes(32).toString('base64url')}`;
  const id = randomUUID();
  const { userId, accountId, namespaceId } = owner;
  await addToken(trx, { id, digest: digestOf(token), label, userId, accountId, namespaceId, ...limits });
  return { id, answer: { token, accountId, userId, expiresAt: limits.expiresAt?.toISOString() ?? null } };
}

/** The actor behind a token, or undefined where it is unknown or has expired. */
export async function actorOfToken(
  deps: Pick<SessionDeps, 'database' | 'now'>,
  token: string,
  address: string,
): Promise<SignedIn | undefined> {
  const row = await tokenByDigest(deps.database, digestOf(token));
  if (!row || (row.expiresAt !== null && row.expiresAt <= deps.now())) return undefined;
  // To the minute: a token in use is not a write with every request.
  const now = deps.now();
  if (row.usedAt === null || now.getTime() - row.usedAt.getTime() > minuteMs)
    await markUsed(deps.database, row.id, now);
  return signedInAs(row, 'token', address);
}

/** A token shows identities without being asked again: where they open with a second password, it is made where that was given. */
export async function refuseWhereSecondIsWanted(db: Database | Trx, accountId: string): Promise<void> {
  if ((await signInPolicyOf(db, accountId)).secondPassword)
    throw new AccessError(
      'IDENTITIES_CLOSED',
      'Sign in with a browser, open identities there, and make the token there.',
    );
}

/** A token for e-mail address and password; the refusal is the same whichever of them was wrong, and takes as long. */
export async function createToken(
  deps: ProvingDeps,
  actor: Actor,
  input: { email: string; password: string; label: string; code?: string | undefined },
): Promise<TokenAnswer> {
  const user = await atTheDoor(actor, () => provenUser({ ...deps, action: 'token.create' }, actor, input));
  await refuseWhereSecondIsWanted(deps.database, user.accountId);
  const owner = { userId: user.id, accountId: user.accountId, namespaceId: user.namespaceId };
  const refused = (detail: unknown) =>
    deps.audit.record(deps.database, [
      { actor, ...owner, action: 'token.create', kind: 'create', outcome: 'refused', detail },
    ]);
  return behindFactor(deps, { ...owner, code: input.code, refused }, async (trx) => {
    const { answer } = await issueToken(trx, owner, input.label, { expiresAt: longestLife(deps.now()) });
    const detail = { label: input.label };
    await deps.audit.record(trx, [
      { actor, ...owner, action: 'token.create', kind: 'create', outcome: 'success', detail },
    ]);
    return answer;
  });
}
