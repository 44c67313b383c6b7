import { paths, type SessionAnswer, type SessionRequest, sessionAnswer } from '@symbolon/contract';
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
