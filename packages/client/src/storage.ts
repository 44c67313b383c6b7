import {
  type CompactionAnswer,
  compactionAnswer,
  pathOf,
  paths,
  type QuotaRequest,
  type ScrubAnswer,
  type ScrubFindingsAnswer,
  type StorageAnswer,
  type SweepAnswer,
  type SweepRequest,
  scrubAnswer,
  scrubFindingsAnswer,
  storageAnswer,
  sweepAnswer,
  type UsageAnswer,
  usageAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** How much room the stores have, and what the last sweep found. */
export function storage(exchange: Exchange, signal?: AbortSignal): Promise<StorageAnswer> {
  return call(exchange, { path: paths.storage, answer: storageAnswer, signal });
}

/** How much the account holds, and how much it may. */
export function usage(exchange: Exchange, signal?: AbortSignal): Promise<UsageAnswer> {
  return call(exchange, { path: paths.usage, answer: usageAnswer, signal });
}

/** How much another account of the exchange holds, and how much it may; for who operates it. */
export function accountUsage(exchange: Exchange, accountId: string, signal?: AbortSignal): Promise<UsageAnswer> {
  return call(exchange, { path: pathOf(paths.accountUsage, { accountId }), answer: usageAnswer, signal });
}

/** Sets how much an account of the exchange may hold; for who operates it. */
export function setAccountQuota(exchange: Exchange, accountId: string, limits: QuotaRequest): Promise<UsageAnswer> {
  const path = pathOf(paths.accountQuota, { accountId });
  return call(exchange, { method: 'PUT', path, json: limits, answer: usageAnswer });
}

/** One stretch of a sweep of the exchange's stores; `next` of its answer is the `after` of the one that follows. */
export function sweep(exchange: Exchange, request: SweepRequest, signal?: AbortSignal): Promise<SweepAnswer> {
  return call(exchange, { path: paths.sweeps, json: request, answer: sweepAnswer, signal });
}

/** How far the scrub is, and how many packs are damaged. */
export function scrub(exchange: Exchange, signal?: AbortSignal): Promise<ScrubAnswer> {
  return call(exchange, { path: paths.scrub, answer: scrubAnswer, signal });
}

/** Begins a round where none is under way, and has it go on. */
export function beginScrub(exchange: Exchange): Promise<ScrubAnswer> {
  return call(exchange, { method: 'POST', path: paths.scrub, answer: scrubAnswer });
}

/** A page of what is damaged in the account. */
export function scrubFindings(exchange: Exchange, offset: number, signal?: AbortSignal): Promise<ScrubFindingsAnswer> {
  return call(exchange, { path: `${paths.scrubFindings}?offset=${offset}`, answer: scrubFindingsAnswer, signal });
}

/** How far compaction is. */
export function compaction(exchange: Exchange, signal?: AbortSignal): Promise<CompactionAnswer> {
  return call(exchange, { path: paths.compaction, answer: compactionAnswer, signal });
}

/** Has every series that waits looked at now. */
export function compactNow(exchange: Exchange): Promise<CompactionAnswer> {
  return call(exchange, { method: 'POST', path: paths.compaction, answer: compactionAnswer });
}
