import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { provenMinutes } from '@symbolon/contract';
import { AccessError, type Actor, type Attempts, admits, type SignedIn, standingOf } from '../access/index.ts';
import { type Audit, recordCounted, recordPast } from '../audit/index.ts';
import type { Outbox } from '../mail/index.ts';
import type { PasswordLists } from '../passwords/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { sessionBy } from './credential.store.ts';
import { atTheDoor } from './door.ts';
import { isKnownTo, isTrusted, knownDevice } from './known-devices.ts';
import { markSignedIn } from './membership.store.ts';
import { userByEmail } from './people.store.ts';
import { doorLimits, provePassword } from './prove-password.ts';
import {
  addSession,
  changeSecret,
  endSession,
  endSessionOf,
  forgetSessionsBefore,
  lockSession,
  markFinished,
  markSeen,
  type SessionProof,
} from './session.store.ts';
import { isOver } from './session-limits.ts';
import { signInPolicyOf } from './sign-in-policy.store.ts';
import { signedInAs } from './signed-in.ts';
import { stepsOf } from './steps.ts';

export type SessionDeps = PasswordLists & {
  readonly database: Database;
  readonly audit: Audit;
  readonly attempts: Attempts;
  readonly mail: Outbox;
  readonly now: () => Date;
};

/** What a session goes on with from the one before it. */
type Before = SessionProof & {
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly finishedAt: Date | null;
};

/** What a browser says of itself, and by what it is known where somebody signed in there before (`deviceSecretIn`). */
export type Browser = { readonly agent: string; readonly device?: string | undefined };

/** From where somebody signs in. */
export type From = Browser & { readonly address: string };

type Owner = { readonly userId: string; readonly accountId: string; readonly namespaceId: string };

const minuteMs = 60_000;
const nobody = '00000000-0000-0000-0000-000000000000';

const newSecret = (): string => randomBytes(32).toString('base64url');
const digestOf = (secret: string): Uint8Array => createHash('sha256').update(secret).digest();

/** Makes a session with a new secret of 256 bits: whatever cookie a browser came with is no session of anybody's. */
export async function startSession(
  trx: Trx,
  { userId, accountId, namespaceId }: Owner,
  { address, agent }: Pick<From, 'address' | 'agent'>,
  now: Date,
  before: Partial<Before> = {},
): Promise<string> {
  const secret = newSecret();
  await forgetSessionsBefore(trx, now);
  const hours = before.expiresAt ? 0 : (await signInPolicyOf(trx, accountId)).sessionHours;
  const session = { id: randomUUID(), digest: digestOf(secret), userId, accountId, namespaceId };
  await addSession(trx, {
    ...{ ...session, address, agent, seenAt: now },
    createdAt: before.createdAt ?? now,
    expiresAt: before.expiresAt ?? new Date(now.getTime() + hours * 60 * minuteMs),
    finishedAt: before.finishedAt ?? null,
    factor: before.factor ?? null,
    provenAt: before.provenAt ?? now,
    lockedAt: before.lockedAt ?? null,
    identitiesUntil: before.identitiesUntil ?? null,
  });
  await markSignedIn(trx, { userId, accountId }, now);
  return secret;
}

/** The session goes on under a new secret with what was proven now: whoever knew the one before is out. @throws AccessError ACCESS_SIGN_IN_NEEDED */
export async function renewSession(
  trx: Trx,
  actor: SignedIn,
  proven: Partial<SessionProof>,
  now: Date,
): Promise<string> {
  const secret = newSecret();
  if (!(await changeSecret(trx, actor, digestOf(secret), proven, now)))
    throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'The session is over.');
  await markSignedIn(trx, actor, now);
  return secret;
}

/**
 * The actor behind a session, or undefined where it is unknown or over; by its secret, or by its id, of one that was found by its
 * secret before. `byItself`: nobody asks but the page, which does not keep a session from being idle.
 */
export async function actorOfSession(
  deps: Pick<SessionDeps, 'database' | 'now'>,
  shown: { readonly secret: string } | { readonly id: string },
  address: string,
  byItself = false,
): Promise<SignedIn | undefined> {
  const row = await sessionBy(deps.database, 'secret' in shown ? { digest: digestOf(shown.secret) } : shown);
  const now = deps.now();
  if (row === undefined || isOver(row, now)) return undefined;
  const steps = stepsOf(row, now);
  const locked = steps.includes('unlock');
  if (row.finishedAt === null && steps.length === 0) await markFinished(deps.database, row.id, now);
  if (locked && row.lockedAt === null) await lockSession(deps.database, row, now);
  // A session in use is not a write with every request: to the minute, or closer where its screen locks by the minute.
  const everyMs = row.policy.lockMinutes === null ? minuteMs : minuteMs / 4;
  if (!byItself && now.getTime() - row.seenAt.getTime() > everyMs) await markSeen(deps.database, row.id, now);
  const proven = now.getTime() - row.provenAt.getTime() <= provenMinutes * minuteMs;
  const open = row.identitiesUntil !== null && row.identitiesUntil > now;
  const closed = row.policy.secondPassword && !open;
  return signedInAs(row, 'session', address, { steps, proven, closed, digest: row.digest });
}

/** A session for e-mail address and password; the refusal is the same whichever of them was wrong, and takes as long. */
export async function signIn(
  deps: SessionDeps,
  actor: Actor,
  input: { email: string; password: string },
  browser: Browser,
): Promise<string> {
  const coming = { address: actor.address, known: await isKnownTo(deps.database, input.email, browser) };
  const user = await atTheDoor(coming, () => provenUser({ ...deps, action: 'session.create' }, actor, input, browser));
  const owner = { userId: user.id, accountId: user.accountId, namespaceId: user.namespaceId };
  return deps.database.transaction().execute(async (trx) => {
    // Whoever signs in anew leaves no session behind.
    if (actor.kind === 'person' && actor.by === 'session') await endSession(trx, actor);
    const now = deps.now();
    const { agent } = browser;
    const factor = (await isTrusted(trx, user.id, browser, now)) ? 'trusted device' : null;
    const secret = await startSession(trx, owner, { address: actor.address, agent }, now, { factor });
    await deps.audit.record(trx, [{ actor, ...owner, action: 'session.create', kind: 'create', outcome: 'success' }]);
    return secret;
  });
}

/** Ends the session of whoever asks; for somebody without one there is nothing to do. */
export async function signOut(deps: SessionDeps, actor: Actor): Promise<void> {
  if (actor.kind !== 'person' || actor.by !== 'session') return;
  await deps.database.transaction().execute(async (trx) => {
    if (!(await endSessionOf(trx, actor))) return;
    await deps.audit.record(trx, [{ actor, action: 'session.delete', kind: 'delete', outcome: 'success' }]);
  });
}

/** Whether the lists of addresses of an account and of somebody's role there let them in. */
export async function isLetIn(
  database: Database,
  { accountId, userId }: Pick<Owner, 'accountId' | 'userId'>,
  address: string,
): Promise<boolean> {
  const standing = await standingOf(database, accountId, userId);
  return [standing?.accountAddresses, standing?.role.addresses].every((list) => admits(list ?? [], address));
}

/** Once for each limit that is reached, and not for each guess: the person may want to know, and needs do nothing. */
const tellOfGuesses = ({ database, mail }: SessionDeps, userId: string): Promise<void> =>
  database.transaction().execute((trx) => mail.tell(trx, { kind: 'password-guessed', userId }));

/**
 * Whose password this is. Each refusal is audited; those past a limit together.
 *
 * @throws AccessError ACCESS_SIGN_IN_NEEDED, ACCESS_TOO_MANY_TRIES
 */
export async function provenUser(
  deps: SessionDeps & { readonly action: 'session.create' | 'token.create' },
  actor: Actor,
  { email, password }: { email: string; password: string },
  browser?: Browser,
): Promise<NonNullable<Awaited<ReturnType<typeof userByEmail>>>> {
  const user = await userByEmail(deps.database, email);
  const concerning = user ? { accountId: user.accountId, userId: user.id } : {};
  const entry = { actor, action: deps.action, kind: 'create', outcome: 'refused', ...concerning } as const;
  const refuse = (detail?: { readonly address: 'refused' }) =>
    deps.audit.record(deps.database, [{ ...entry, ...(detail && { detail }) }]);
  // Asked whether there is such a user or not, and before the password is looked at: neither is told by the time it takes.
  const letIn = await isLetIn(
    deps.database,
    { accountId: user?.accountId ?? nobody, userId: user?.id ?? nobody },
    actor.address,
  );
  const device = browser && (await knownDevice(deps.database, user?.id ?? nobody, browser));
  const proven = await provePassword(deps.attempts, {
    password,
    hash: user?.passwordHash,
    limits: doorLimits(email, actor.address, device?.id),
    besides: letIn,
    refused: async ({ right, past }) => {
      if (past === undefined) return refuse(right ? { address: 'refused' } : undefined);
      const first = await recordPast(deps.audit, deps.database, past, entry);
      if (first && past.everywhere && user) await tellOfGuesses(deps, user.id);
    },
  });
  if (user && proven) {
    await deps.database.transaction().execute((trx) => recordCounted(deps.audit, trx, { userId: user.id }));
    return user;
  }
  throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'E-mail address or password are not right.');
}
