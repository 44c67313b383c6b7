import { paths, type SweepAnswer, type SweepRequest, sweepAnswer } from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** One stretch of a sweep of the exchange's stores; `next` of its answer is the `after` of the one that follows. */
export function sweep(exchange: Exchange, request: SweepRequest, signal?: AbortSignal): Promise<SweepAnswer> {
  return call(exchange, { path: paths.sweeps, json: request, answer: sweepAnswer, signal });
}
