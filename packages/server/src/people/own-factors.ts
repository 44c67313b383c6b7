import type {
  factorRequest,
  OwnFactorsAnswer,
  PasskeyEnrolment,
  RecoveryCodesAnswer,
  TotpEnrolment,
} from '@symbolon/contract';
import type { z } from 'zod';
import { AccessError, type SignedIn } from '../access/index.ts';
import {
  beginPasskey,
  beginTotp,
  confirmedFactor,
  FactorError,
  factorsOf,
  lockUser,
  recoveryCodesOf,
  removeFactor,
  removeRecoveryCodes,
  renewRecoveryCodes,
  takesPasskeys,
} from '../factors/index.ts';
import type { SessionFactor, Trx } from '../platform/db/database.ts';
import { endTrust, forgetDevices } from './device.store.ts';
import { factorOfSession, forgetSessionFactors, hasShownFactor } from './factor-standing.store.ts';
import { isFactorWanted } from './factor-standing.ts';
import { mustBeBrowser } from './own-sessions.ts';
import { profileOf } from './people.store.ts';
import type { ProvingDeps } from './prove-second-factor.ts';
import { renewSession } from './sessions.ts';

/** One's own factors, and what is left of the recovery codes. */
export async function ownFactors(deps: ProvingDeps, actor: SignedIn): Promise<OwnFactorsAnswer> {
  mustBeBrowser(actor);
  const { userId } = actor;
  const codes = await recoveryCodesOf(deps.database, userId);
  const factors = await factorsOf(deps.database, userId);
  return {
    factors: factors.map(({ id, kind, label, createdAt, usedAt, backedUp }) => ({
      ...{ id, kind, label, backedUp },
      createdAt: createdAt.toISOString(),
      usedAt: usedAt?.toISOString() ?? null,
    })),
    recoveryCodes: codes && { left: codes.left, createdAt: codes.createdAt.toISOString() },
    required: await isFactorWanted(deps.database, userId),
    passkeys: takesPasskeys(deps.publicUrl),
    toShow: factors.length > 0 && !(await hasShownFactor(deps.database, actor.credentialId)),
  };
}

/** In a mail to who has it. */
const called = ({ kind, label }: { readonly kind: 'totp' | 'passkey'; readonly label: string }): string =>
  kind === 'totp' ? 'an authenticator app' : `the passkey “${label}”`;

async function whoIs(deps: ProvingDeps, { userId, accountId }: SignedIn) {
  const found = await profileOf(deps.database, userId, accountId);
  if (!found) throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'You are no longer a member of this account.');
  return found;
}

/**
 * Where a browser is trusted a session begins by the password alone, which is also what is asked again before anything dangerous: so
 * it would be enough to take the second factor away from whose it is. Who has one shows it in this very session.
 */
function mustHaveShown({ factor }: { readonly factor: SessionFactor | null }): void {
  // The guard looked before: meanwhile they may have got one elsewhere, and this session has the password alone.
  if (factor === null)
    throw new AccessError('ACCESS_SIGN_IN_UNFINISHED', 'You have a second factor now: show it first, at /sign-in.');
  if (factor === 'trusted device')
    throw new FactorError(
      'FACTOR_NEEDED',
      'This browser is trusted, and you were not asked for your second factor. Show it first (POST /api/v1/session/factor).',
    );
}

/** The same before anything is begun that could not be finished. */
async function mayBegin(deps: ProvingDeps, actor: SignedIn): Promise<void> {
  mustBeBrowser(actor);
  const { database } = deps;
  if ((await factorsOf(database, actor.userId)).length === 0) return;
  if (!(await hasShownFactor(database, actor.credentialId))) mustHaveShown({ factor: 'trusted device' });
}

export async function beginOwnTotp(deps: ProvingDeps, actor: SignedIn): Promise<TotpEnrolment> {
  await mayBegin(deps, actor);
  return beginTotp(deps, actor.userId, (await whoIs(deps, actor)).email);
}

export async function beginOwnPasskey(deps: ProvingDeps, actor: SignedIn): Promise<PasskeyEnrolment> {
  await mayBegin(deps, actor);
  const { email, name } = await whoIs(deps, actor);
  return beginPasskey(deps, { userId: actor.userId, email, name });
}

/** Runs a change of one's factors, one at a time, in a session that has shown one where there is one. */
async function changingFactors<T>(
  deps: ProvingDeps,
  actor: SignedIn,
  change: (trx: Trx, had: Awaited<ReturnType<typeof factorsOf>>) => Promise<T>,
): Promise<T> {
  mustBeBrowser(actor);
  return deps.database.transaction().execute(async (trx) => {
    await lockUser(trx, actor.userId);
    const session = await factorOfSession(trx, actor);
    if (session === undefined) throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'The session is over.');
    const had = await factorsOf(trx, actor.userId);
    if (had.length > 0) mustHaveShown(session);
    return change(trx, had);
  });
}

/**
 * Adds a factor that was begun and is confirmed. The session goes on under a new secret, as one that has shown it; every other of
 * theirs that has not is asked for it. With the first one come recovery codes, and no browser is known any more: in those that were,
 * the password was enough.
 */
export async function enrolFactor(
  deps: ProvingDeps,
  actor: SignedIn,
  asked: z.output<typeof factorRequest>,
): Promise<{ readonly secret: string; readonly recoveryCodes: string[] | null }> {
  mustBeBrowser(actor);
  const { userId } = actor;
  const entry = { actor, userId, action: 'factor.enrol', kind: 'create' } as const;
  try {
    const add = await confirmedFactor(deps, userId, asked);
    return await changingFactors(deps, actor, async (trx, had) => {
      const now = deps.now();
      const factor = await add(trx);
      const first = had.length === 0;
      const recoveryCodes = first ? await renewRecoveryCodes(trx, userId, now) : null;
      if (first) await forgetDevices(trx, userId);
      const secret = await renewSession(trx, actor, first ? { factor: asked.kind } : {}, now);
      const detail = { factor, kind: asked.kind, label: asked.label };
      await deps.mail.tell(trx, { kind: 'factor-added', userId, about: { what: called(asked) } });
      await deps.audit.record(trx, [{ ...entry, outcome: 'success', detail }]);
      return { secret, recoveryCodes };
    });
  } catch (error) {
    if (error instanceof FactorError)
      await deps.audit.record(deps.database, [{ ...entry, outcome: 'refused', detail: { kind: asked.kind } }]);
    throw error;
  }
}

/**
 * Removes one. The last is kept where one is wanted of them: it would only be asked for again at the next request. With it go the
 * recovery codes; and no browser is trusted any more.
 *
 * @throws FactorError FACTOR_NOT_FOUND, FACTOR_REQUIRED
 */
export async function removeOwnFactor(deps: ProvingDeps, actor: SignedIn, id: string): Promise<OwnFactorsAnswer> {
  const { userId } = actor;
  await changingFactors(deps, actor, async (trx, had) => {
    const kind = await removeFactor(trx, userId, id);
    if (kind === undefined) throw new FactorError('FACTOR_NOT_FOUND', 'You have no such second factor, or no longer.');
    if (had.length === 1) {
      if (await isFactorWanted(trx, userId))
        throw new FactorError(
          'FACTOR_REQUIRED',
          'An account of yours wants a second factor, and this is your last one. Add another one first.',
        );
      await removeRecoveryCodes(trx, userId);
      await forgetSessionFactors(trx, userId);
    }
    await endTrust(trx, userId);
    const label = had.find((one) => one.id === id)?.label ?? '';
    await deps.mail.tell(trx, { kind: 'factor-removed', userId, about: { what: called({ kind, label }) } });
    await deps.audit.record(trx, [
      { actor, userId, action: 'factor.remove', kind: 'delete', outcome: 'success', detail: { factor: id, kind } },
    ]);
  });
  return ownFactors(deps, actor);
}

/** Ten new codes; those before are worth nothing. @throws FactorError FACTOR_NOT_FOUND  there is nothing to recover from */
export async function renewOwnRecoveryCodes(deps: ProvingDeps, actor: SignedIn): Promise<RecoveryCodesAnswer> {
  const { userId } = actor;
  return changingFactors(deps, actor, async (trx, had) => {
    if (had.length === 0) throw new FactorError('FACTOR_NOT_FOUND', 'You have no second factor.');
    const recoveryCodes = await renewRecoveryCodes(trx, userId, deps.now());
    await deps.audit.record(trx, [{ actor, userId, action: 'factor.recover', kind: 'update', outcome: 'success' }]);
    return { recoveryCodes };
  });
}
