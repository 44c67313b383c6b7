import {
  type EmergencyAnswer,
  type EmergencyRequest,
  emergencyAnswer,
  type OpeningAnswer,
  type OpeningRow,
  type OpeningsAnswer,
  type OpeningsQuery,
  type OpeningsStatus,
  openingAnswer,
  openingRow,
  openingsAnswer,
  pathOf,
  paths,
  openingsStatus as statusAnswer,
} from '@symbolon/contract';
import { call, type Exchange } from './exchange.ts';
import { queryText } from './query-text.ts';

/** Opens a study that one may look at with a reason only. */
export function stateReason(exchange: Exchange, studyId: string, reason: string): Promise<OpeningAnswer> {
  return call(exchange, { path: pathOf(paths.studyOpening, { studyId }), json: { reason }, answer: openingAnswer });
}

/** Opens whatever studies have exactly this identifier; administrators are alerted. */
export function openInEmergency(exchange: Exchange, emergency: EmergencyRequest): Promise<EmergencyAnswer> {
  return call(exchange, { path: paths.emergency, json: emergency, answer: emergencyAnswer });
}

/** A page of what was opened for a reason or in an emergency, the newest first. */
export function openings(exchange: Exchange, query: OpeningsQuery, signal?: AbortSignal): Promise<OpeningsAnswer> {
  const { show, kind, offset } = query as { show?: string; kind?: string; offset?: number };
  const path = paths.openings + queryText({ show, kind, offset });
  return call(exchange, { path, answer: openingsAnswer, signal });
}

export function openingsStatus(exchange: Exchange, signal?: AbortSignal): Promise<OpeningsStatus> {
  return call(exchange, { path: paths.openingsStatus, answer: statusAnswer, signal });
}

/** Says that one looked at it and, with `end`, that it is over. */
export function reviewOpening(exchange: Exchange, openingId: string, end: boolean): Promise<OpeningRow> {
  return call(exchange, { path: pathOf(paths.openingReview, { openingId }), json: { end }, answer: openingRow });
}
