import type { factorProof } from '@symbolon/contract';
import type { z } from 'zod';
import { AccessError, type Limits } from '../access/index.ts';
import type { SessionFactor, Trx } from '../platform/db/database.ts';
import { FactorError } from './errors.ts';
import { takeRecoveryCode, takeStep, totpOf } from './factor.store.ts';
import type { FactorDeps } from './factor-deps.ts';
import { checkPasskey, takePasskey } from './passkeys.ts';
import { digestOfRecoveryCode } from './recovery-codes.ts';
import { openSecret } from './sealed-secret.ts';
import { stepOfCode } from './totp.ts';

export type Proof = z.output<typeof factorProof>;

const dayMs = 86_400_000;

/** Who shows it. `device`: the id of the browser's row, where it is known for this person: others' tries there are none of theirs. */
export type Prover = { readonly userId: string; readonly device?: string | undefined };

/**
 * How often codes are guessed at, over all networks: of a million, three count at a time, so that 16 in a window of a day, at most 32
 * in any 24 hours, are right with less than 1 in 10,000. Only who has proven the password can try. A browser in which the person
 * finished signing in before counts by itself: who knows the password alone has none, and cannot use up the tries of who it is.
 * Recovery codes are 80 bits; they are bounded so that nobody makes the exchange work.
 */
function limitsOf(kind: 'totp' | 'recovery code', { userId, device }: Prover): Limits {
  const what = kind === 'totp' ? 'codes' : 'recovery codes';
  const where = device === undefined ? 'unknown browsers' : `browser ${device}`;
  const tries = kind === 'totp' ? 16 : 100;
  const all = { name: `${what} of ${userId} in ${where}`, tries, windowMs: dayMs };
  // What is right gives one's own tries back and this one alone of `all`: being right in between wins nobody further guesses.
  return { own: { ...all, name: `${all.name}, since one was right` }, all };
}

/**
 * Whether somebody holds their second factor. `proven` runs in the transaction in which the code, the counter or the recovery code
 * is used up: of two at once one goes on, and whoever is not let go on can show the same again.
 *
 * @param refused  records the refusal, before it is told; `found` is for the audit
 * @throws FactorError FACTOR_WRONG
 * @throws AccessError ACCESS_TOO_MANY_TRIES
 */
export async function proveFactor<T>(
  deps: FactorDeps,
  who: Prover,
  proof: Proof,
  {
    refused,
    proven,
  }: {
    readonly refused: (found: { readonly kind: Proof['kind']; readonly found?: string }) => Promise<void>;
    readonly proven: (trx: Trx, factor: SessionFactor) => Promise<T>;
  },
): Promise<T> {
  const limits = proof.kind === 'passkey' ? undefined : limitsOf(proof.kind, who);
  try {
    if (limits) await deps.attempts.take(limits);
    const take = await checked(deps, who.userId, proof);
    const done = await deps.database.transaction().execute(async (trx) => {
      await take(trx);
      return proven(trx, proof.kind);
    });
    if (limits) await deps.attempts.giveBack(limits);
    return done;
  } catch (error) {
    if (error instanceof FactorError || (error instanceof AccessError && error.code === 'ACCESS_TOO_MANY_TRIES'))
      await refused({ kind: proof.kind, ...(error instanceof FactorError && error.found) });
    throw error;
  }
}

const wrong = (found?: string): FactorError =>
  new FactorError('FACTOR_WRONG', 'This code is not right, or it was used already.', found ? { found } : {});

/** Looks whether it is right; what is returned uses it up. */
async function checked(deps: FactorDeps, userId: string, proof: Proof): Promise<(trx: Trx) => Promise<void>> {
  const { database, keyService } = deps;
  const now = deps.now();
  if (proof.kind === 'passkey') {
    const passkey = await checkPasskey(deps, userId, proof);
    return (trx) => takePasskey(trx, passkey, now);
  }
  if (proof.kind === 'recovery code')
    return async (trx) => {
      if (!(await takeRecoveryCode(trx, userId, digestOfRecoveryCode(proof.code), now))) throw wrong();
    };
  const totp = await totpOf(database, userId);
  if (totp === undefined) throw wrong('they have no authenticator app');
  const secret = await openSecret(keyService, totp.sealedSecret, userId, totp.id);
  const step = stepOfCode(secret, proof.code, now);
  secret.fill(0);
  if (step === undefined) throw wrong();
  return async (trx) => {
    if (!(await takeStep(trx, totp.id, step, now))) throw wrong('it was used already');
  };
}
