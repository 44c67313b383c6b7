import type { proofRequest } from '@symbolon/contract';
import type { z } from 'zod';
import type { SignedIn } from '../access/index.ts';
import { recordPast } from '../audit/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { PeopleError } from './errors.ts';
import { knownDevice } from './known-devices.ts';
import { ownPassword } from './own-sessions.store.ts';
import { mustBeBrowser } from './own-sessions.ts';
import { provePassword, provingLimits } from './prove-password.ts';
import { type ProvingDeps, proveOwnFactor } from './prove-second-factor.ts';
import { lockSession } from './session.store.ts';
import { type Browser, renewSession, type SessionDeps } from './sessions.ts';

/** That whoever asks knows the password with which they sign in: counted as at the door, each refusal recorded. @throws PeopleError PASSWORD_WRONG */
export async function mustKnowPassword(
  deps: SessionDeps,
  actor: SignedIn,
  { password, browser }: { readonly password: string; readonly browser: Browser },
  action: 'session.prove' | 'identity.protect',
): Promise<{ readonly email: string; readonly hash: string }> {
  mustBeBrowser(actor);
  const { userId, accountId } = actor;
  const refusal = { actor, accountId, userId, action, kind: 'update', outcome: 'refused' } as const;
  const found = await deps.database.transaction().execute((trx) => ownPassword(trx, userId));
  const { email, hash } = found ?? {};
  const device = await knownDevice(deps.database, userId, browser);
  const proven = await provePassword(deps.attempts, {
    password,
    hash: hash ?? undefined,
    limits: provingLimits(email ?? '', actor.address, device?.id),
    refused: ({ past }) =>
      past ? recordPast(deps.audit, deps.database, past, refusal) : deps.audit.record(deps.database, [refusal]),
  });
  if (!proven || !email || !hash) throw new PeopleError('PASSWORD_WRONG', 'The password is not right.');
  return { email, hash };
}

/**
 * Whoever is signed in shows once more that it is them: before what is dangerous, and behind a locked screen, which it unlocks. The
 * session goes on under the secret that this gives.
 *
 * @throws PeopleError PASSWORD_WRONG; FactorError FACTOR_WRONG; AccessError ACCESS_TOO_MANY_TRIES
 */
export async function proveAgain(
  deps: ProvingDeps,
  actor: SignedIn,
  given: z.output<typeof proofRequest>,
  browser: Browser,
): Promise<string> {
  mustBeBrowser(actor);
  const unlocked = actor.steps.includes('unlock');
  const goOn = async (trx: Trx): Promise<string> => {
    const now = deps.now();
    const secret = await renewSession(trx, actor, { provenAt: now, lockedAt: null }, now);
    const detail = { unlocked, by: 'passkey' in given ? 'passkey' : 'password' };
    await deps.audit.record(trx, [{ actor, action: 'session.prove', kind: 'update', outcome: 'success', detail }]);
    return secret;
  };
  if ('passkey' in given)
    return proveOwnFactor(deps, actor, { proof: { kind: 'passkey', ...given.passkey }, browser }, goOn);
  await mustKnowPassword(deps, actor, { password: given.password, browser }, 'session.prove');
  return deps.database.transaction().execute(goOn);
}

/** Nothing is served to the session any more until whoever is there proves who they are. */
export async function lockScreen(deps: SessionDeps, actor: SignedIn): Promise<void> {
  mustBeBrowser(actor);
  await deps.database.transaction().execute(async (trx) => {
    await lockSession(trx, { id: actor.credentialId, digest: actor.digest }, deps.now());
    await deps.audit.record(trx, [{ actor, action: 'session.lock', kind: 'update', outcome: 'success' }]);
  });
}
