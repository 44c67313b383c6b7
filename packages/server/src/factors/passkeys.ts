import { randomBytes, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { FactorRequest, PasskeyAnswer, PasskeyChallenge, PasskeyEnrolment } from '@symbolon/contract';
import { networkOf } from '../access/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { addChallenge, takeChallenge } from './challenge.store.ts';
import { FactorError } from './errors.ts';
import { factorsOf, passkeyByCredential, takeCount } from './factor.store.ts';
import type { FactorDeps } from './factor-deps.ts';

/** Read when a passkey is shown for the first time: it brings hundreds of modules, a tenth of what the exchange's start costs. */
const webAuthn = () => import('@simplewebauthn/server');

const minuteMs = 60_000;
/** How long somebody may take to find their key, and how long what was begun can be finished. */
export const challengeMs = 5 * minuteMs;
const challengeBytes = 32;
const algorithms = [-8, -7, -257];

/**
 * The exchange as browsers bind passkeys to it: the host of its public URL, and that URL itself.
 * Source: WebAuthn §5.1.2: an RP ID is a domain; an IP address is none.
 *
 * @throws FactorError PASSKEY_NOT_HERE
 */
function relyingParty(publicUrl: string): { readonly id: string; readonly origin: string } {
  const { hostname, origin } = new URL(publicUrl);
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0)
    throw new FactorError(
      'PASSKEY_NOT_HERE',
      'This exchange is reached by an IP address, and passkeys need a name. Its administrator can give it one (SYMBOLON_PUBLIC_URL).',
    );
  return { id: hostname, origin };
}

export function takesPasskeys(publicUrl: string): boolean {
  try {
    relyingParty(publicUrl);
    return true;
  } catch {
    return false;
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64url, 'base64url'));

type Descriptor = PasskeyEnrolment['options']['excludeCredentials'][number];

async function credentialsOf(db: Parameters<typeof factorsOf>[0], userId: string): Promise<Descriptor[]> {
  const all = await factorsOf(db, userId);
  return all.flatMap(({ credentialId, transports }) =>
    credentialId === null
      ? []
      : [{ type: 'public-key', id: text(credentialId), transports: (transports ?? []) as Descriptor['transports'] }],
  );
}

/** What the browser is to make a passkey with. One that is there already is not made twice in the same place. */
export async function beginPasskey(
  { database, publicUrl, now }: FactorDeps,
  { userId, email, name }: { readonly userId: string; readonly email: string; readonly name: string },
): Promise<PasskeyEnrolment> {
  const { id: rpId } = relyingParty(publicUrl);
  const challenge = { id: randomUUID(), bytes: randomBytes(challengeBytes), sealedSecret: null };
  return database.transaction().execute(async (trx) => {
    const at = now();
    const expiresAt = new Date(at.getTime() + challengeMs);
    await addChallenge(trx, { ...challenge, purpose: 'enrol-passkey', userId }, at, expiresAt);
    return {
      enrolment: challenge.id,
      options: {
        rp: { id: rpId, name: 'Symbolon' },
        // By it a passkey says whose it is: the user's id, which says nothing about them.
        user: { id: text(Buffer.from(userId.replaceAll('-', ''), 'hex')), name: email, displayName: name },
        challenge: text(challenge.bytes),
        pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
        timeout: challengeMs,
        excludeCredentials: await credentialsOf(trx, userId),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        attestation: 'none',
      },
    };
  });
}

type Made = Extract<FactorRequest, { kind: 'passkey' }>['credential'];

const wrong = (found?: string): FactorError =>
  new FactorError('FACTOR_WRONG', 'The passkey was not accepted. Try again, or another one.', found ? { found } : {});

/** What was made, checked. @throws FactorError FACTOR_WRONG */
export async function madePasskey(publicUrl: string, challenge: Uint8Array, made: Made) {
  const { id, origin } = relyingParty(publicUrl);
  const { verifyRegistrationResponse } = await webAuthn();
  const verified = await verifyRegistrationResponse({
    response: {
      ...made,
      response: { ...made.response, transports: made.response.transports ?? [] },
      clientExtensionResults: {},
    },
    expectedChallenge: text(challenge),
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch(() => undefined);
  if (!verified?.verified) throw wrong();
  const { credential, credentialBackedUp } = verified.registrationInfo;
  const known = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);
  return {
    credentialId: bytesOf(credential.id),
    publicKey: credential.publicKey,
    signCount: credential.counter,
    transports: (credential.transports ?? []).filter((one) => known.has(one)),
    backedUp: credentialBackedUp,
  };
}

/** Of one network, in five minutes: a ward behind one address signs in at the change of shift. */
const mostChallenges = 300;

/**
 * Asks for a signature: of one of a person's passkeys, or, without `userId`, of whichever passkey for this exchange is there.
 *
 * @throws AccessError ACCESS_TOO_MANY_TRIES
 */
export async function askPasskey(
  { database, publicUrl, attempts, now }: FactorDeps,
  userId: string | null,
  address: string,
): Promise<PasskeyChallenge> {
  const { id: rpId } = relyingParty(publicUrl);
  const limit = { name: `passkey challenges for ${networkOf(address)}`, tries: mostChallenges, windowMs: challengeMs };
  await attempts.take({ own: limit, all: { ...limit, name: `${limit.name} in all` } });
  const challenge = { id: randomUUID(), bytes: randomBytes(challengeBytes), sealedSecret: null };
  const purpose = userId === null ? 'sign-in' : 'prove';
  return database.transaction().execute(async (trx) => {
    const at = now();
    await addChallenge(trx, { ...challenge, purpose, userId }, at, new Date(at.getTime() + challengeMs));
    return {
      challenge: challenge.id,
      options: {
        rpId,
        challenge: text(challenge.bytes),
        timeout: challengeMs,
        allowCredentials: userId === null ? [] : await credentialsOf(trx, userId),
        userVerification: 'required',
      },
    };
  });
}

export type CheckedPasskey = {
  readonly id: string;
  readonly userId: string;
  readonly signCount: number;
  readonly backedUp: boolean;
};

/**
 * Whose passkey signed this challenge. The challenge is spent with it, whatever comes of it; that the counter grew is for
 * `takePasskey` to say, in the transaction that goes on.
 *
 * @throws FactorError FACTOR_WRONG  also where the passkey is somebody else's than `userId`
 */
export async function checkPasskey(
  { database, publicUrl, now }: FactorDeps,
  userId: string | null,
  { challenge, answer }: { readonly challenge: string; readonly answer: PasskeyAnswer },
): Promise<CheckedPasskey> {
  const { id: rpId, origin } = relyingParty(publicUrl);
  const purpose = userId === null ? 'sign-in' : 'prove';
  const asked = await takeChallenge(database, { id: challenge, purpose, userId }, now());
  if (asked === undefined) throw wrong('no such challenge, or answered already');
  const row = await passkeyByCredential(database, bytesOf(answer.id));
  if (row === undefined || (userId !== null && row.userId !== userId)) throw wrong('not a passkey of theirs');
  const { userHandle, ...response } = answer.response;
  if (userHandle && Buffer.from(userHandle, 'base64url').toString('hex') !== row.userId.replaceAll('-', ''))
    throw wrong('a passkey that says it is somebody else’s');
  const { verifyAuthenticationResponse } = await webAuthn();
  const verified = await verifyAuthenticationResponse({
    response: { ...answer, response, clientExtensionResults: {} },
    expectedChallenge: text(asked.bytes),
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    // Held against ours where it is raised, so that what goes back is told from what was not signed.
    credential: { id: answer.id, publicKey: new Uint8Array(row.publicKey), counter: 0 },
  }).catch(() => undefined);
  if (!verified?.verified) throw wrong('not signed for this exchange');
  const { newCounter, credentialBackedUp } = verified.authenticationInfo;
  return { id: row.id, userId: row.userId, signCount: newCounter, backedUp: credentialBackedUp };
}

/** Raises the counter. One that did not grow is of a copy: WebAuthn §6.1.1. @throws FactorError FACTOR_WRONG */
export async function takePasskey(trx: Trx, passkey: CheckedPasskey, now: Date): Promise<void> {
  if (!(await takeCount(trx, passkey.id, passkey, now)))
    throw wrong('its counter went back: there may be a copy of it');
}
