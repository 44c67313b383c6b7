import type { sessionFactorRequest } from '@symbolon/contract';
import type { z } from 'zod';
import { AccessError, type SignedIn } from '../access/index.ts';
import { type FactorDeps, FactorError, type Proof, proveFactor, recoveryCodesOf } from '../factors/index.ts';
import type { SessionFactor, Trx } from '../platform/db/database.ts';
import { doorFacts } from './credential.store.ts';
import { factorKindsOf } from './factor-standing.store.ts';
import { isFactorWanted } from './factor-standing.ts';
import { knownDevice } from './known-devices.ts';
import { mustBeBrowser } from './own-sessions.ts';
import { type Browser, renewSession, type SessionDeps } from './sessions.ts';
import { stepsOf } from './steps.ts';

export type ProvingDeps = SessionDeps & FactorDeps;

/**
 * The second factor of who is signed in, for whatever wants it shown: `proven` is what happens then, in the transaction that uses the
 * code up. A refusal is recorded as one of `action`.
 *
 * @throws FactorError FACTOR_WRONG
 * @throws AccessError ACCESS_TOO_MANY_TRIES
 */
export async function proveOwnFactor<T>(
  deps: ProvingDeps,
  actor: SignedIn,
  { proof, browser }: { readonly proof: Proof; readonly browser: Browser },
  proven: (trx: Trx, factor: SessionFactor) => Promise<T>,
): Promise<T> {
  const { userId } = actor;
  const device = (await knownDevice(deps.database, userId, browser))?.id;
  return proveFactor(deps, { userId, device }, proof, {
    refused: (detail) =>
      deps.audit.record(deps.database, [
        { actor, userId, action: 'factor.prove', kind: 'execute', outcome: 'refused', detail },
      ]),
    proven,
  });
}

/** The step of signing in. The session goes on under a new secret, which is returned: with the one before nobody is any further. */
export async function proveSecondFactor(
  deps: ProvingDeps,
  actor: SignedIn,
  { proof }: z.output<typeof sessionFactorRequest>,
  browser: Browser,
): Promise<string> {
  mustBeBrowser(actor);
  return proveOwnFactor(deps, actor, { proof, browser }, async (trx, factor) => {
    const now = deps.now();
    // Afterwards a code alone is no proof of who is there: that is asked for at its own door (`prove-again.ts`).
    const asked = actor.steps.includes('second-factor');
    const secret = await renewSession(trx, actor, { factor, ...(asked && { provenAt: now }) }, now);
    const entry = { actor, userId: actor.userId, action: 'factor.prove', kind: 'execute' } as const;
    await deps.audit.record(trx, [{ ...entry, outcome: 'success', detail: { kind: proof.kind } }]);
    if (factor === 'recovery code') {
      const left = String((await recoveryCodesOf(trx, actor.userId))?.left ?? 0);
      await deps.mail.tell(trx, { kind: 'recovery-code-used', userId: actor.userId, about: { left } });
    }
    return secret;
  });
}

/** Who gets a token by their password, and where; `refused` records that they did not. */
type TokenTaker = {
  readonly userId: string;
  readonly accountId: string;
  readonly code: string | undefined;
  readonly refused: (detail: unknown) => Promise<void>;
};

/**
 * A session with a password that must be changed, or before the terms of use, opens nothing until that is done in it; a token is
 * asked for nothing later. So none is made by such a password.
 */
async function mustHaveNothingToDo(deps: ProvingDeps, { userId, accountId, refused }: TokenTaker): Promise<void> {
  const now = deps.now();
  const { hasPassword, ...facts } = await doorFacts(deps.database, { userId, accountId });
  const chosenNow = { passwordChangedAt: now, passwordMustChange: false };
  const session = { roleWantsFactor: false, factor: null, hasFactor: false, lockedAt: null, seenAt: now };
  const [step] = stepsOf({ ...session, ...facts, ...(!hasPassword && chosenNow) }, now).filter(
    (one) => one !== 'enrol',
  );
  if (step === undefined) return;
  await refused({ step });
  throw new AccessError(
    'ACCESS_SIGN_IN_UNFINISHED',
    step === 'accept-terms'
      ? 'Sign in with a browser first: there are terms of use to be accepted.'
      : 'Sign in with a browser first: you have to choose a new password there.',
  );
}

/**
 * What a password alone opens for a program, to who has no second factor and needs none; otherwise a code of their authenticator app
 * is wanted, too. A program that was given a token is asked for nothing later: it must not be a way around.
 *
 * @throws FactorError FACTOR_NEEDED, FACTOR_WRONG
 * @throws AccessError ACCESS_SIGN_IN_UNFINISHED
 */
export async function behindFactor<T>(
  deps: ProvingDeps,
  taker: TokenTaker,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  const { userId, accountId, code, refused } = taker;
  await mustHaveNothingToDo(deps, taker);
  const { totp, passkey } = await factorKindsOf(deps.database, userId);
  const need = async (message: string): Promise<never> => {
    await refused({ factor: 'none was shown' });
    throw new FactorError('FACTOR_NEEDED', message);
  };
  if (totp && code !== undefined)
    return proveFactor(deps, { userId }, { kind: 'totp', code }, { refused, proven: work });
  if (totp) return need('You have a second factor: give the code of your authenticator app, too (--code).');
  if (passkey)
    return need(
      'Your second factor is a passkey, which only a browser can ask for. Make the token there, on the page API tokens.',
    );
  if ((await isFactorWanted(deps.database, userId)) || (await isFactorWanted(deps.database, userId, accountId)))
    return need('Your account wants a second factor, and you have none yet. Sign in with a browser and set one up.');
  return deps.database.transaction().execute(work);
}
