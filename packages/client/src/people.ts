import {
  type MeAnswer,
  meAnswer,
  paths,
  type SessionAnswer,
  type SetupRequest,
  sessionAnswer,
  type TokenAnswer,
  type TokenRequest,
  tokenAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** Makes the first account and its owner. Never tried twice: the second try would be told that it exists already. */
export function setup(
  exchange: Exchange,
  request: Omit<SetupRequest, 'as'>,
  signal?: AbortSignal,
): Promise<TokenAnswer> {
  return call(exchange, { path: paths.setup, json: { ...request, as: 'token' }, answer: tokenAnswer, signal });
}

/** The same in a browser, which is then signed in. */
export function setupInBrowser(exchange: Exchange, request: Omit<SetupRequest, 'as'>): Promise<SessionAnswer> {
  return call(exchange, { path: paths.setup, json: { ...request, as: 'session' }, answer: sessionAnswer });
}

export function createToken(exchange: Exchange, request: TokenRequest, signal?: AbortSignal): Promise<TokenAnswer> {
  return call(exchange, { path: paths.tokens, json: request, answer: tokenAnswer, signal });
}

export function me(exchange: Exchange, signal?: AbortSignal): Promise<MeAnswer> {
  return call(exchange, { path: paths.me, answer: meAnswer, signal });
}
