import {
  type ChoiceRequest,
  type ChoiceRow,
  type ConflictAnswer,
  type ConflictsAnswer,
  type ConflictsQuery,
  choiceRow,
  conflictAnswer,
  conflictsAnswer,
  pathOf,
  paths,
} from '@symbolon/contract';
import { call, type Exchange, refusal, request } from './exchange.ts';
import { queryText } from './query-text.ts';
import type { TransportAnswer } from './transport.ts';

/** A page of the studies of which instances were kept aside, newest first. */
export function conflicts(exchange: Exchange, query: ConflictsQuery, signal?: AbortSignal): Promise<ConflictsAnswer> {
  return call(exchange, { path: paths.conflicts + queryText(query), answer: conflictsAnswer, signal });
}

/** What was kept aside of one study, with the differences; `after` is the `next` of the page before. */
export function conflict(
  exchange: Exchange,
  studyId: string,
  after: string | null,
  signal?: AbortSignal,
): Promise<ConflictAnswer> {
  const path = pathOf(paths.studyConflict, { studyId }) + queryText({ after: after ?? undefined });
  return call(exchange, { path, answer: conflictAnswer, signal });
}

/** The address of a picture of one version, held or kept aside, by its id. */
export function versionPicturePath(instanceId: string): string {
  return pathOf(paths.versionPicture, { instanceId });
}

export function chooseInConflict(exchange: Exchange, studyId: string, choice: ChoiceRequest): Promise<ChoiceRow> {
  return call(exchange, { path: pathOf(paths.conflictChoices, { studyId }), json: choice, answer: choiceRow });
}

/** Puts things back as they were before a choice. */
export function undoChoice(exchange: Exchange, studyId: string, choiceId: string): Promise<ChoiceRow> {
  const path = pathOf(paths.conflictChoice, { studyId, choiceId });
  return call(exchange, { method: 'DELETE', path, answer: choiceRow });
}

/** The file with this SHA-256 of a study, current or kept aside, as it was sent. */
export async function keptFile(
  exchange: Exchange,
  studyId: string,
  sha256: string,
  signal?: AbortSignal,
): Promise<TransportAnswer> {
  const answer = await request(exchange, pathOf(paths.keptFile, { studyId }), {
    method: 'POST',
    headers: { accept: 'application/dicom', 'content-type': 'application/json' },
    body: [new TextEncoder().encode(JSON.stringify({ sha256 }))],
    signal,
  });
  if (answer.status < 200 || answer.status > 299) throw await refusal(answer);
  return answer;
}
