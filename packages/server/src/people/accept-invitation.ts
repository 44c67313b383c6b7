import { type acceptInvitationRequest, type LookAtInvitationAnswer, strictest } from '@symbolon/contract';
import type { z } from 'zod';
import type { Actor, Past } from '../access/index.ts';
import { recordPast } from '../audit/index.ts';
import { mustBeGood } from '../passwords/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { PeopleError } from './errors.ts';
import { type InvitationRow, invitationById, setFirstPassword, useInvitation } from './invitation.store.ts';
import { endLinksOf } from './mailed-link.store.ts';
import { changeName, changeState } from './membership.store.ts';
import { provenSecret } from './one-time-secret.ts';
import { ownPassword } from './own-sessions.store.ts';
import { hashPassword } from './passwords.ts';
import { provePassword, signInLimits } from './prove-password.ts';
import { behindFactor, type ProvingDeps } from './prove-second-factor.ts';
import { endSession } from './session.store.ts';
import { type From, type SessionDeps, startSession } from './sessions.ts';
import type { SetUpDone } from './set-up.ts';
import { issueToken, longestLife, refuseWhereSecondIsWanted } from './tokens.ts';

/** The invitation whose secret this is. @throws PeopleError INVITATION_NOT_FOUND, INVITATION_USED, INVITATION_EXPIRED */
async function provenInvitation(
  deps: SessionDeps,
  actor: Actor,
  text: string,
  refused: (row: InvitationRow | undefined, past?: Past) => Promise<unknown>,
): Promise<InvitationRow> {
  const row = await provenSecret(
    deps.attempts,
    { kind: 'invitation', text, address: actor.address },
    { find: (id) => invitationById(deps.database, id), refused: (past) => refused(undefined, past) },
  );
  const problem = row === undefined ? notFound() : problemWith(row, deps.now());
  if (problem === undefined) return row as InvitationRow;
  await refused(row);
  throw problem;
}

const notFound = (): PeopleError => new PeopleError('INVITATION_NOT_FOUND', 'There is no such invitation.');

function problemWith({ usedAt, state, expiresAt }: InvitationRow, now: Date): PeopleError | undefined {
  if (usedAt !== null) return new PeopleError('INVITATION_USED', 'This invitation was taken up already.');
  if (state !== 'invited') return notFound();
  if (expiresAt <= now) return new PeopleError('INVITATION_EXPIRED', 'The time of this invitation is over.');
  return undefined;
}

/** Who invites to what; nothing of what the person may be elsewhere on this exchange. */
export async function lookAtInvitation(
  deps: SessionDeps,
  actor: Actor,
  secret: string,
): Promise<LookAtInvitationAnswer> {
  const row = await provenInvitation(deps, actor, secret, async () => {});
  const { from, accountName, name, email, expiresAt, policy } = row;
  const rules = strictest([policy]);
  return { from, accountName, name, email, expiresAt: expiresAt.toISOString(), rules };
}

/**
 * Their own password of who has one, otherwise the hash of the one they chose. It takes as long, and a weak one is answered
 * the same, so that a look does not tell who is known here.
 */
async function firstPassword(
  deps: SessionDeps,
  actor: Actor,
  { email, passwordHash, policy }: InvitationRow,
  password: string,
  refused: (past?: Past) => Promise<unknown>,
): Promise<string | undefined> {
  // By the rules of the account alone, in both cases: those of others would tell that they are in others.
  const mustKeepRules = () => mustBeGood(deps, { password, email }, policy);
  if (passwordHash === null) {
    const chosen = await hashPassword(password);
    try {
      await mustKeepRules();
    } catch (error) {
      await refused();
      throw error;
    }
    return chosen;
  }
  const limits = signInLimits(email, actor.address);
  if (
    await provePassword(deps.attempts, { password, hash: passwordHash, limits, refused: ({ past }) => refused(past) })
  )
    return undefined;
  await mustKeepRules();
  throw wrongPassword();
}

const wrongPassword = (): PeopleError =>
  new PeopleError('INVITATION_PASSWORD_WRONG', 'Give the password with which you sign in on this exchange.');

/** Takes an invitation up: from then on the person is a member, and signed in. It works once. */
export async function acceptInvitation(
  deps: ProvingDeps,
  actor: Actor,
  input: z.output<typeof acceptInvitationRequest>,
  agent: From['agent'],
): Promise<SetUpDone> {
  const entry = { actor, action: 'invitation.accept', kind: 'update' } as const;
  const refused = (row: InvitationRow | undefined, past?: Past): Promise<unknown> => {
    const about = row && { accountId: row.accountId, userId: row.userId };
    const refusal = { ...entry, ...about, outcome: 'refused' } as const;
    return past ? recordPast(deps.audit, deps.database, past, refusal) : deps.audit.record(deps.database, [refusal]);
  };
  const row = await provenInvitation(deps, actor, input.secret, refused);
  const chosen = await firstPassword(deps, actor, row, input.password, (past) => refused(row, past));
  const { accountId, userId, namespaceId } = row;
  const owner = { accountId, userId, namespaceId };
  const now = deps.now();
  // A browser is asked for the second factor later: its session has that step. A program is asked now, or never.
  const refusedToken = (detail: unknown) =>
    deps.audit.record(deps.database, [{ ...entry, accountId, userId, outcome: 'refused', detail }]);
  const run = <T>(work: (trx: Trx) => Promise<T>): Promise<T> =>
    input.as === 'token'
      ? behindFactor(deps, { accountId, userId, code: input.code, refused: refusedToken }, work)
      : deps.database.transaction().execute(work);
  return run(async (trx) => {
    // First, as with whoever makes a link for them.
    await ownPassword(trx, userId);
    if (!(await useInvitation(trx, row.id, now))) throw problemWith({ ...row, usedAt: now }, now) as PeopleError;
    if (!(await changeState(trx, owner, ['invited'], 'active'))) throw notFound();
    // Another invitation may have been taken up since it was looked at.
    if (chosen !== undefined && !(await setFirstPassword(trx, userId, chosen, now))) throw wrongPassword();
    // An administrator of where they were before may have been shown such a link; it would open this account, too.
    await endLinksOf(trx, 'password_resets', userId);
    if (input.name !== undefined) await changeName(trx, owner, input.name);
    await deps.audit.record(trx, [
      { ...entry, accountId, userId, outcome: 'success', detail: { user: userId, before: 'invited', after: 'active' } },
    ]);
    if (input.as === 'token') {
      await refuseWhereSecondIsWanted(trx, accountId);
      const { answer } = await issueToken(trx, owner, 'made with the invitation', { expiresAt: longestLife(now) });
      return { token: answer };
    }
    // Whoever signs in anew leaves no session behind.
    if (actor.kind === 'person' && actor.by === 'session') await endSession(trx, actor);
    return { session: await startSession(trx, owner, { address: actor.address, agent }, now) };
  });
}
