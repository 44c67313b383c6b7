import {
  type KeyRotationAnswer,
  type KeyScheduleAnswer,
  type KeyScheduleRequest,
  type KeysAnswer,
  type KeysBackupAnswer,
  keyRotationAnswer,
  keyScheduleAnswer,
  keysAnswer,
  keysBackupAnswer,
  paths,
  type ReindexAnswer,
  type ResealAnswer,
  reindexAnswer,
  resealAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';

/** How many keys the account has and how old; looking is recorded. */
export function keys(exchange: Exchange, signal?: AbortSignal): Promise<KeysAnswer> {
  return call(exchange, { path: paths.keys, answer: keysAnswer, signal });
}

/** When the keys were last copied, and whether that is a warning. */
export function keysBackup(exchange: Exchange, signal?: AbortSignal): Promise<KeysBackupAnswer> {
  return call(exchange, { path: paths.keysBackup, answer: keysBackupAnswer, signal });
}

export function keySchedule(exchange: Exchange, signal?: AbortSignal): Promise<KeyScheduleAnswer> {
  return call(exchange, { path: paths.keySchedule, answer: keyScheduleAnswer, signal });
}

/** What is due by the new schedule is begun at once. */
export function setKeySchedule(exchange: Exchange, schedule: KeyScheduleRequest): Promise<KeyScheduleAnswer> {
  return call(exchange, { method: 'PUT', path: paths.keySchedule, json: schedule, answer: keyScheduleAnswer });
}

/** How far the search tokens of the account are made anew. */
export function reindex(exchange: Exchange, signal?: AbortSignal): Promise<ReindexAnswer> {
  return call(exchange, { path: paths.reindex, answer: reindexAnswer, signal });
}

/**
 * Has them made anew under new keys.
 *
 * @throws ClientError  problem REINDEX_UNDER_WAY: that is under way already
 */
export function beginReindex(exchange: Exchange): Promise<ReindexAnswer> {
  return call(exchange, { method: 'POST', path: paths.reindex, answer: reindexAnswer });
}

/** How far the account's studies are sealed anew under new keys. */
export function reseal(exchange: Exchange, signal?: AbortSignal): Promise<ResealAnswer> {
  return call(exchange, { path: paths.reseal, answer: resealAnswer, signal });
}

/** Has every study of the account sealed anew. */
export function beginReseal(exchange: Exchange): Promise<ResealAnswer> {
  return call(exchange, { method: 'POST', path: paths.reseal, answer: resealAnswer });
}

/** How far the replacement of patients' keys is. */
export function keyRotation(exchange: Exchange, signal?: AbortSignal): Promise<KeyRotationAnswer> {
  return call(exchange, { path: paths.keyRotation, answer: keyRotationAnswer, signal });
}

/** Begins to give every patient of the account a new key; answers when it has begun. */
export function rotatePatientKeys(exchange: Exchange): Promise<KeyRotationAnswer> {
  return call(exchange, { method: 'POST', path: paths.keyRotation, answer: keyRotationAnswer });
}
