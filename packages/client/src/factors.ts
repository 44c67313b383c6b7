import {
  type FactorAnswer,
  type FactorRequest,
  factorAnswer,
  type OwnDevicesAnswer,
  type OwnFactorsAnswer,
  ownDevicesAnswer,
  ownFactorsAnswer,
  type PasskeyChallenge,
  type PasskeyEnrolment,
  type PasskeySignIn,
  passkeyChallenge,
  passkeyEnrolment,
  pathOf,
  paths,
  type RecoveryCodesAnswer,
  recoveryCodesAnswer,
  type SessionAnswer,
  type SessionFactorRequest,
  sessionAnswer,
  type TotpEnrolment,
  totpEnrolment,
  type UserRow,
  userRow,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** One's own second factors, and what is left of the recovery codes; for browsers, as all of these but the last. */
export function ownFactors(exchange: Exchange, signal?: AbortSignal): Promise<OwnFactorsAnswer> {
  return call(exchange, { path: paths.myFactors, answer: ownFactorsAnswer, signal });
}

/** A secret for an authenticator app; it counts for nothing until `addFactor` confirms it. */
export function beginTotp(exchange: Exchange): Promise<TotpEnrolment> {
  return call(exchange, { method: 'POST', path: paths.beginTotp, answer: totpEnrolment });
}

export function beginPasskey(exchange: Exchange): Promise<PasskeyEnrolment> {
  return call(exchange, { method: 'POST', path: paths.beginPasskey, answer: passkeyEnrolment });
}

/** Confirms what was begun. The recovery codes that come with the first are shown once. */
export function addFactor(exchange: Exchange, request: FactorRequest): Promise<FactorAnswer> {
  return call(exchange, { path: paths.myFactors, json: request, answer: factorAnswer });
}

export function removeFactor(exchange: Exchange, factorId: string): Promise<OwnFactorsAnswer> {
  return call(exchange, { method: 'DELETE', path: pathOf(paths.myFactor, { factorId }), answer: ownFactorsAnswer });
}

/** Ten new codes, shown once; those before are worth nothing. */
export function renewRecoveryCodes(exchange: Exchange): Promise<RecoveryCodesAnswer> {
  return call(exchange, { method: 'POST', path: paths.myRecoveryCodes, answer: recoveryCodesAnswer });
}

/** With what a passkey is asked: one of one's own, of who is signed in; otherwise whichever is there. */
export function askPasskey(exchange: Exchange): Promise<PasskeyChallenge> {
  return call(exchange, { method: 'POST', path: paths.passkeyChallenge, answer: passkeyChallenge });
}

/** Signs in by a passkey alone. */
export function signInWithPasskey(exchange: Exchange, request: PasskeySignIn): Promise<SessionAnswer> {
  return call(exchange, { path: paths.passkeySession, json: request, answer: sessionAnswer });
}

/** Shows the second factor after the password. */
export function proveFactor(exchange: Exchange, request: SessionFactorRequest): Promise<SessionAnswer> {
  return call(exchange, { path: paths.sessionFactor, json: request, answer: sessionAnswer });
}

/** The browsers in which one signed in. */
export function ownDevices(exchange: Exchange, signal?: AbortSignal): Promise<OwnDevicesAnswer> {
  return call(exchange, { path: paths.myDevices, answer: ownDevicesAnswer, signal });
}

export function forgetDevice(exchange: Exchange, deviceId: string): Promise<OwnDevicesAnswer> {
  return call(exchange, { method: 'DELETE', path: pathOf(paths.myDevice, { deviceId }), answer: ownDevicesAnswer });
}

/** Takes the second factors of somebody away who lost them, and signs them out. */
export function resetFactors(exchange: Exchange, userId: string): Promise<UserRow> {
  return call(exchange, { method: 'DELETE', path: pathOf(paths.userFactors, { userId }), answer: userRow });
}
