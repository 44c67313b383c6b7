import {
  paths,
  type SignInEffectsAnswer,
  type SignInEffectsRequest,
  type SignInPolicyAnswer,
  type SignInPolicyRequest,
  signInEffectsAnswer,
  signInPolicyAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** How the people of the account sign in. */
export function signInPolicy(exchange: Exchange, signal?: AbortSignal): Promise<SignInPolicyAnswer> {
  return call(exchange, { path: paths.signInPolicy, answer: signInPolicyAnswer, signal });
}

export function setSignInPolicy(exchange: Exchange, json: SignInPolicyRequest): Promise<SignInPolicyAnswer> {
  return call(exchange, { method: 'PUT', path: paths.signInPolicy, json, answer: signInPolicyAnswer });
}

/** What that would do, and to whom; it is not done. */
export function signInEffects(
  exchange: Exchange,
  json: SignInEffectsRequest,
  signal?: AbortSignal,
): Promise<SignInEffectsAnswer> {
  return call(exchange, { path: paths.signInEffects, json, answer: signInEffectsAnswer, signal });
}
