import {
  type EraseAccountRequest,
  type ErasePatientRequest,
  type EraseStudyRequest,
  type Erasure,
  type ErasurePreview,
  type ErasuresAnswer,
  erasure as erasureAnswer,
  erasurePreview,
  erasuresAnswer,
  type Hold,
  type HoldRequest,
  type HoldsAnswer,
  holdsAnswer,
  hold as oneHold,
  pathOf,
  paths,
} from '@symbolon/contract';
import { call, type Exchange, refusal, request } from './exchange.ts';
import { queryText } from './query-text.ts';
import { readAll } from './transport.ts';

/** What is erased: a study or parts of it, the patient of a study, or the whole account. */
export type ErasureTarget =
  | { readonly what: 'study'; readonly studyId: string; readonly only?: EraseStudyRequest['only'] }
  | { readonly what: 'patient'; readonly studyId: string }
  | { readonly what: 'account'; readonly accountName?: string };

type Asked = Omit<ErasePatientRequest, 'dryRun'>;

function roadOf(target: ErasureTarget): { readonly path: string; readonly more: object } {
  if (target.what === 'account')
    return {
      path: paths.eraseAccount,
      more: target.accountName === undefined ? {} : ({ accountName: target.accountName } satisfies EraseAccountRequest),
    };
  const path = pathOf(target.what === 'study' ? paths.eraseStudy : paths.erasePatient, { studyId: target.studyId });
  return { path, more: target.what === 'study' && target.only !== undefined ? { only: target.only } : {} };
}

/** What would go, and what holds it; nothing is erased. */
export function previewErasure(
  exchange: Exchange,
  target: ErasureTarget,
  signal?: AbortSignal,
): Promise<ErasurePreview> {
  const { path, more } = roadOf(target);
  return call(exchange, { path, json: { dryRun: true, ...more }, answer: erasurePreview, signal });
}

/** Erases for ever; answers when it has begun. `instances`: as the preview said, so that nothing else goes. */
export function erase(exchange: Exchange, target: ErasureTarget, asked: Asked): Promise<Erasure> {
  const { path, more } = roadOf(target);
  return call(exchange, { path, json: { ...asked, ...more }, answer: erasureAnswer });
}

/** A page of the account's erasures, newest first. */
export function erasures(exchange: Exchange, offset: number, signal?: AbortSignal): Promise<ErasuresAnswer> {
  return call(exchange, { path: paths.erasures + queryText({ offset }), answer: erasuresAnswer, signal });
}

/** How far one erasure is. */
export function erasure(exchange: Exchange, erasureId: string, signal?: AbortSignal): Promise<Erasure> {
  return call(exchange, { path: pathOf(paths.erasure, { erasureId }), answer: erasureAnswer, signal });
}

/** The address of an erasure's certificate. */
export function certificatePath(erasureId: string): string {
  return pathOf(paths.erasureCertificate, { erasureId });
}

const maxCertificateBytes = 64 * 1024 * 1024;

/** The certificate's file, byte for byte as the exchange spells it: to be verified, and kept. */
export async function erasureCertificate(
  exchange: Exchange,
  erasureId: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const headers = { accept: 'application/json' };
  const answer = await request(exchange, certificatePath(erasureId), { method: 'GET', headers, signal });
  if (answer.status < 200 || answer.status > 299) throw await refusal(answer);
  return readAll(answer, maxCertificateBytes);
}

/** A page of the account's holds, or of those that hold one study; those in force first. */
export function holds(
  exchange: Exchange,
  query: { readonly study?: string; readonly offset?: number },
  signal?: AbortSignal,
): Promise<HoldsAnswer> {
  return call(exchange, { path: paths.holds + queryText(query), answer: holdsAnswer, signal });
}

export function placeHold(exchange: Exchange, hold: HoldRequest): Promise<Hold> {
  return call(exchange, { path: paths.holds, json: hold, answer: oneHold });
}

export function releaseHold(exchange: Exchange, holdId: string): Promise<Hold> {
  return call(exchange, { method: 'POST', path: pathOf(paths.holdRelease, { holdId }), answer: oneHold });
}
