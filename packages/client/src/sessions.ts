import {
  type EndedSessionsAnswer,
  endedSessionsAnswer,
  type OwnPasswordAnswer,
  type OwnSessionsAnswer,
  ownPasswordAnswer,
  ownSessionsAnswer,
  type PasswordChange,
  pathOf,
  paths,
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
