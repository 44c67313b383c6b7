import type { EndedSessionsAnswer, OwnSessionsAnswer } from '@symbolon/contract';
import { AccessError, type Actor, type SignedIn } from '../access/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { endTrust } from './device.store.ts';
import { deviceOf } from './device.ts';
import { PeopleError } from './errors.ts';
import { endOwnSessions, sessionsOf } from './own-sessions.store.ts';
import { endsAt, isOver } from './session-limits.ts';
import type { SessionDeps } from './sessions.ts';

/** A token acts in one account, and is not told where else its holder is signed in. @throws AccessError ACCESS_REFUSED */
export function mustBeBrowser(actor: SignedIn): void {
  if (actor.by !== 'session') throw new AccessError('ACCESS_REFUSED', 'This is for who is signed in with a browser.');
}

/** Where somebody is signed in, in all their accounts. */
export async function ownSessions(deps: SessionDeps, actor: SignedIn): Promise<OwnSessionsAnswer> {
  mustBeBrowser(actor);
  const now = deps.now();
  const rows = await sessionsOf(deps.database, actor.userId, now);
  return {
    sessions: rows
      .filter((row) => !isOver(row, now))
      .map((row) => ({
        id: row.id,
        current: row.id === actor.credentialId,
        device: deviceOf(row.agent),
        address: row.address,
        accountName: row.accountName,
        createdAt: row.createdAt.toISOString(),
        seenAt: row.seenAt.toISOString(),
        expiresAt: endsAt(row).toISOString(),
      })),
  };
}

/** Ends one, or every one but the one that asks: the next request of each is refused. @throws PeopleError SESSION_NOT_FOUND */
export async function endSessions(deps: SessionDeps, actor: SignedIn, id?: string): Promise<EndedSessionsAnswer> {
  mustBeBrowser(actor);
  return deps.database.transaction().execute(async (trx) => {
    const ended = await endRecorded(deps, trx, actor, id === undefined ? { allBut: actor.credentialId } : { id });
    if (id !== undefined && ended === 0)
      throw new PeopleError('SESSION_NOT_FOUND', 'You are not signed in there any more.');
    // Signed out everywhere else, and then let in there without the second factor: that is not what was meant.
    if (id === undefined) await endTrust(trx, actor.userId);
    return { ended };
  });
}

/**
 * Each account is told of what ended in it, and of no other. Rows of what was over already go too, but no list showed them:
 * they are not counted.
 */
export const endRecorded = (
  deps: SessionDeps,
  trx: Trx,
  actor: SignedIn,
  which: Parameters<typeof endOwnSessions>[2],
): Promise<number> => endSome(deps, trx, { actor, userId: actor.userId }, which);

/** The same of everything that somebody has, by who is not signed in as them, such as who holds a link for a new password. */
export const endAllRecorded = (deps: SessionDeps, trx: Trx, actor: Actor, userId: string): Promise<number> =>
  endSome(deps, trx, { actor, userId }, 'all');

async function endSome(
  deps: SessionDeps,
  trx: Trx,
  { actor, userId }: { readonly actor: Actor; readonly userId: string },
  which: Parameters<typeof endOwnSessions>[2],
): Promise<number> {
  const now = deps.now();
  const ended = (await endOwnSessions(trx, userId, which)).filter((times) => !isOver(times, now));
  await deps.audit.record(
    trx,
    [...Map.groupBy(ended, ({ accountId }) => accountId)].map(([accountId, some]) => ({
      actor,
      accountId,
      userId,
      action: 'session.end',
      kind: 'delete',
      outcome: 'success',
      detail: { sessions: some.length },
    })),
  );
  return ended.length;
}
