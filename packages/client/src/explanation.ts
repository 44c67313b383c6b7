import {
  type ExplanationAnswer,
  explanationAnswer,
  pathOf,
  paths,
  type ReachAnswer,
  reachAnswer,
  type SightAnswer,
  sightAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** What somebody may do, permission by permission, and why. */
export function explanation(exchange: Exchange, userId: string, signal?: AbortSignal): Promise<ExplanationAnswer> {
  return call(exchange, { path: pathOf(paths.explanation, { userId }), answer: explanationAnswer, signal });
}

/** How many studies somebody finds by a search. */
export function userReach(exchange: Exchange, userId: string, signal?: AbortSignal): Promise<ReachAnswer> {
  return call(exchange, { path: pathOf(paths.userReach, { userId }), answer: reachAnswer, signal });
}

/** The exchange as somebody sees it, as far as who asks sees it, too. */
export function userSight(exchange: Exchange, userId: string, signal?: AbortSignal): Promise<SightAnswer> {
  return call(exchange, { path: pathOf(paths.userSight, { userId }), answer: sightAnswer, signal });
}
