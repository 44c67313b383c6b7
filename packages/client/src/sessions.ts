import {
  type EndedSessionsAnswer,
  endedSessionsAnswer,
  type IdentitiesRequest,
  type OwnPasswordAnswer,
  type OwnSessionsAnswer,
  ownPasswordAnswer,
  ownSessionsAnswer,
  type PasswordChange,
  type ProofRequest,
  pathOf,
  paths,
  type SecondPasswordChange,
  type SessionAnswer,
  type SessionRequest,
  sessionAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** Whether somebody is signed in here, and who. For browsers: the session travels in a cookie that no script sees. */
export function session(exchange: Exchange, signal?: AbortSignal): Promise<SessionAnswer> {
  return call(exchange, { path: paths.session, answer: sessionAnswer, signal });
}

export function signIn(exchange: Exchange, request: SessionRequest, signal?: AbortSignal): Promise<SessionAnswer> {
  return call(exchange, { path: paths.sessions, json: request, answer: sessionAnswer, signal });
}

export function signOut(exchange: Exchange, signal?: AbortSignal): Promise<SessionAnswer> {
  return call(exchange, { method: 'DELETE', path: paths.session, answer: sessionAnswer, signal });
}

/** Where one is signed in; for browsers. */
export function ownSessions(exchange: Exchange, signal?: AbortSignal): Promise<OwnSessionsAnswer> {
  return call(exchange, { path: paths.mySessions, answer: ownSessionsAnswer, signal });
}

/** Signs out there, or, without an id, everywhere but here. */
export function endSessions(exchange: Exchange, sessionId?: string): Promise<EndedSessionsAnswer> {
  const path = sessionId === undefined ? paths.mySessions : pathOf(paths.mySession, { sessionId });
  return call(exchange, { method: 'DELETE', path, answer: endedSessionsAnswer });
}

/** By what rules one's own password is changed, and until when; for browsers. */
export function ownPassword(exchange: Exchange, signal?: AbortSignal): Promise<OwnPasswordAnswer> {
  return call(exchange, { path: paths.myPassword, answer: ownPasswordAnswer, signal });
}

/** Changes one's own password, and signs out everywhere but here. */
export function changePassword(exchange: Exchange, change: PasswordChange): Promise<EndedSessionsAnswer> {
  return call(exchange, { method: 'PUT', path: paths.myPassword, json: change, answer: endedSessionsAnswer });
}

/** Shows again that it is oneself: before what is dangerous, and behind a locked screen. The session goes on under another secret. */
export function proveAgain(exchange: Exchange, proof: ProofRequest): Promise<SessionAnswer> {
  return call(exchange, { path: paths.sessionProof, json: proof, answer: sessionAnswer });
}

/** Nothing is served to this browser any more until its person proves who they are. */
export function lockSession(exchange: Exchange): Promise<SessionAnswer> {
  return call(exchange, { method: 'POST', path: paths.sessionLock, answer: sessionAnswer });
}

/** Opens identities in this browser, for an hour. */
export function openIdentities(exchange: Exchange, request: IdentitiesRequest): Promise<SessionAnswer> {
  return call(exchange, { path: paths.sessionIdentities, json: request, answer: sessionAnswer });
}

export function closeIdentities(exchange: Exchange): Promise<SessionAnswer> {
  return call(exchange, { method: 'DELETE', path: paths.sessionIdentities, answer: sessionAnswer });
}

/** Chooses one's own second password, and opens identities with it. */
export function chooseSecondPassword(exchange: Exchange, change: SecondPasswordChange): Promise<SessionAnswer> {
  return call(exchange, { method: 'PUT', path: paths.mySecondPassword, json: change, answer: sessionAnswer });
}
