import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser';
import { addFactor, askPasskey, beginPasskey, proveFactor, signInWithPasskey } from '@symbolon/client';
import type { FactorAnswer, PasskeyAnswer, SessionAnswer } from '@symbolon/contract';
import { exchange } from '../app/exchange.ts';
import { PasskeyTrouble, troubleOf } from './passkey-words.ts';

/** What the browser or the device said to that, in words. A refusal and a window that was closed are one to them. */
async function byDevice<T>(ceremony: () => Promise<T>): Promise<T> {
  try {
    return await ceremony();
  } catch (error) {
    const cause = error instanceof WebAuthnError ? error.cause : error;
    const name = error instanceof WebAuthnError ? error.code : (error as { name?: string }).name;
    throw new PasskeyTrouble(troubleOf(name ?? '', (cause as { name?: string } | undefined)?.name ?? ''));
  }
}

/** Makes a passkey and adds it. */
export async function addPasskey(label: string): Promise<FactorAnswer> {
  const { enrolment, options } = await beginPasskey(exchange);
  const { id, rawId, response } = await byDevice(() => startRegistration({ optionsJSON: options }));
  const { clientDataJSON, attestationObject, transports } = response;
  const made = { clientDataJSON, attestationObject, ...(transports && { transports: [...transports] }) };
  const credential = { id, rawId, type: 'public-key', response: made } as const;
  return addFactor(exchange, { kind: 'passkey', enrolment, label, credential });
}

async function signed(): Promise<{ readonly challenge: string; readonly answer: PasskeyAnswer }> {
  const { challenge, options } = await askPasskey(exchange);
  const { id, rawId, response } = await byDevice(() => startAuthentication({ optionsJSON: options }));
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  const answer = { clientDataJSON, authenticatorData, signature, ...(userHandle && { userHandle }) };
  return { challenge, answer: { id, rawId, type: 'public-key', response: answer } };
}

/** Signs in by a passkey alone. */
export const signInByPasskey = async (): Promise<SessionAnswer> => signInWithPasskey(exchange, await signed());

/** Shows one after the password. */
export const proveByPasskey = async (trust: boolean): Promise<SessionAnswer> =>
  proveFactor(exchange, { proof: { kind: 'passkey', ...(await signed()) }, trust });
