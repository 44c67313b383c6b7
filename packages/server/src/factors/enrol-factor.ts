import { randomBytes, randomUUID } from 'node:crypto';
import type { factorRequest, TotpEnrolment } from '@symbolon/contract';
import type { z } from 'zod';
import type { Trx } from '../platform/db/database.ts';
import { addChallenge, challengeOf, type Purpose, takeChallenge } from './challenge.store.ts';
import { FactorError } from './errors.ts';
import { addPasskey, factorsOf, replaceTotp } from './factor.store.ts';
import type { FactorDeps } from './factor-deps.ts';
import { challengeMs, madePasskey } from './passkeys.ts';
import { openSecret, sealSecret } from './sealed-secret.ts';
import { base32, secretBytes, stepOfCode } from './totp.ts';

/** Somebody keeps one at home, one at work, and one in a drawer. */
const mostPasskeys = 20;

/** A new secret for an authenticator app: told once, and sealed until a code of it was shown. It has no effect before. */
export async function beginTotp(
  { database, keyService, publicUrl, now }: FactorDeps,
  userId: string,
  email: string,
): Promise<TotpEnrolment> {
  const id = randomUUID();
  const secret = randomBytes(secretBytes);
  const sealedSecret = await sealSecret(keyService, secret, userId, id);
  const at = now();
  // What it is sealed for is its own id, which becomes that of the factor.
  const challenge = { id, purpose: 'enrol-totp', userId, bytes: randomBytes(16), sealedSecret } as const;
  // Longer than a passkey may take: there is an app to be found and installed.
  const expiresAt = new Date(at.getTime() + 3 * challengeMs);
  await database.transaction().execute((trx) => addChallenge(trx, challenge, at, expiresAt));
  const issuer = encodeURIComponent(`Symbolon ${new URL(publicUrl).hostname}`);
  const told = base32(secret);
  return {
    enrolment: id,
    secret: told,
    // As authenticator apps read it; algorithm, digits and period are what all of them take for granted.
    address: `otpauth://totp/${issuer}:${encodeURIComponent(email)}?secret=${told}&issuer=${issuer}`,
  };
}

type Asked = z.output<typeof factorRequest>;

const over = (): FactorError =>
  new FactorError('FACTOR_ENROLMENT_OVER', 'What was begun is over, or was finished already. Begin anew.');

/**
 * Checks what confirms an enrolment. What is returned adds the factor, in the transaction in which everything else about it is
 * decided; of two at once one goes on.
 *
 * @throws FactorError FACTOR_ENROLMENT_OVER, FACTOR_WRONG, FACTOR_TOO_MANY, PASSKEY_NOT_HERE
 */
export async function confirmedFactor(
  deps: FactorDeps,
  userId: string,
  asked: Asked,
): Promise<(trx: Trx) => Promise<string>> {
  const { database, keyService, publicUrl, now } = deps;
  const purpose: Purpose = asked.kind === 'totp' ? 'enrol-totp' : 'enrol-passkey';
  const which = { id: asked.enrolment, purpose, userId };
  const at = now();
  const { kind, label } = asked;
  if (kind === 'passkey') {
    // Spent with the answer, whatever comes of it.
    const begun = await takeChallenge(database, which, at);
    if (begun === undefined) throw over();
    const made = await madePasskey(publicUrl, begun.bytes, asked.credential);
    return async (trx) => {
      const passkeys = (await factorsOf(trx, userId)).filter((one) => one.kind === 'passkey').length;
      if (passkeys >= mostPasskeys)
        throw new FactorError('FACTOR_TOO_MANY', `Nobody has more than ${mostPasskeys} passkeys. Remove one first.`);
      if (!(await addPasskey(trx, { ...made, id: begun.id, userId, label, at })))
        throw new FactorError('FACTOR_WRONG', 'This passkey is known already.');
      return begun.id;
    };
  }
  const begun = await challengeOf(database, which, at);
  if (begun?.sealedSecret === undefined || begun.sealedSecret === null) throw over();
  const sealedSecret = begun.sealedSecret;
  const secret = await openSecret(keyService, sealedSecret, userId, begun.id);
  const step = stepOfCode(secret, asked.code, at);
  secret.fill(0);
  // Mistyped: the secret that was scanned is still good.
  if (step === undefined)
    throw new FactorError('FACTOR_WRONG', 'This is not the code that the app shows now. Is its clock right?');
  return async (trx) => {
    if ((await takeChallenge(trx, which, at)) === undefined) throw over();
    await replaceTotp(trx, { id: begun.id, userId, label, sealedSecret, step, at });
    return begun.id;
  };
}
