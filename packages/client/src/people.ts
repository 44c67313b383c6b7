import {
  type MeAnswer,
  meAnswer,
  paths,
  type SetupRequest,
  type TokenAnswer,
  type TokenRequest,
  tokenAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** Makes the first account and its owner. Never tried twice: the second try would be told that it exists already. */
export function setup(exchange: Exchange, request: SetupRequest, signal?: AbortSignal): Promise<TokenAnswer> {
  return call(exchange, { path: paths.setup, json: request, answer: tokenAnswer, signal });
}

export function createToken(exchange: Exchange, request: TokenRequest, signal?: AbortSignal): Promise<TokenAnswer> {
  return call(exchange, { path: paths.tokens, json: request, answer: tokenAnswer, signal });
}

export function me(exchange: Exchange, signal?: AbortSignal): Promise<MeAnswer> {
  return call(exchange, { path: paths.me, answer: meAnswer, signal });
}
