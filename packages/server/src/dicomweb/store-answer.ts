import { storeAttributes as own, type RefusalCode } from '@symbolon/contract';
import { type DicomJson, type DicomJsonAttribute, parseFile, toNativeXml, writeFile } from '@symbolon/dicom';
import type { PartResult } from '../intake/index.ts';
import type { MediaRange } from './accept.ts';
import { DicomWebError } from './errors.ts';

type Json = DicomJson;

const answers: Readonly<Record<string, 'json' | 'xml'>> = {
  'application/dicom+json': 'json',
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/dicom+xml': 'xml',
  'application/xml': 'xml',
  'text/xml': 'xml',
};

/** In what form the client takes the answer. @throws DicomWebError NOT_ACCEPTABLE */
export function answerForm(accepted: readonly MediaRange[]): 'json' | 'xml' {
  const [best] = accepted.filter(({ type, q }) => q > 0 && Object.hasOwn(answers, type)).sort((a, b) => b.q - a.q);
  if (best) return answers[best.type] as 'json' | 'xml';
  const forms = 'application/dicom+json or application/dicom+xml';
  throw new DicomWebError('NOT_ACCEPTABLE', `Store is answered as ${forms}. Nothing was taken.`);
}

/** The answer as Native DICOM Model (PS3.19 §A.1): written as a file and read, since that is what it is made of. */
export function xmlOf(body: DicomJson): string {
  const uids = { mediaStorageSopClassUid: '2.25.0', mediaStorageSopInstanceUid: '2.25.0' };
  const bytes = writeFile(body, { ...uids, maxElements: Number.POSITIVE_INFINITY });
  return toNativeXml(parseFile(bytes, { maxElements: Number.POSITIVE_INFINITY }).dataset);
}

/** Failure Reason (0008,1197) of each refusal. Source: PS3.18 Table I.2-2, PS3.7 Annex C. */
export const failureReasons: Record<RefusalCode, number> = {
  CONFLICT_KEPT_ASIDE: 0x0111,
  DICOM_UNREADABLE: 0xc000,
  DICOM_UID_INVALID: 0xc000,
  DICOM_WRONG_STUDY: 0xa900,
  INSTANCE_TOO_LARGE: 0xa700,
  QUOTA_EXCEEDED: 0xa700,
  STORE_FAILED: 0x0110,
};

const ui = (value: string): DicomJsonAttribute => ({ vr: 'UI', Value: [value] });
const ut = (value: string): DicomJsonAttribute => ({ vr: 'UT', Value: [value] });

function reference(result: PartResult): Json {
  if (!result.instance) return {};
  return { '00081150': ui(result.instance.sopClassUid), '00081155': ui(result.instance.sopInstanceUid) };
}

function ownAttributes(fields: {
  sent?: string;
  held?: string;
  outcome?: string;
  refusal?: string;
  reason?: string;
}): Json {
  return {
    [own.creator]: { vr: 'LO', Value: [own.creatorName] },
    ...(fields.sent ? { [own.sentSha256]: ut(fields.sent) } : {}),
    ...(fields.held ? { [own.heldSha256]: ut(fields.held) } : {}),
    ...(fields.outcome ? { [own.outcome]: { vr: 'CS', Value: [fields.outcome] } } : {}),
    ...(fields.refusal ? { [own.refusal]: ut(fields.refusal) } : {}),
    ...(fields.reason ? { [own.reason]: ut(fields.reason) } : {}),
  };
}

function failure(result: PartResult, code: RefusalCode, reason: string, sent: string | undefined): Json {
  return {
    ...reference(result),
    '00081197': { vr: 'US', Value: [failureReasons[code]] },
    ...ownAttributes({ refusal: code, reason, ...(sent ? { sent } : {}) }),
  };
}

/** Warning Reason (0008,1196): Data Set does not match SOP Class. Source: PS3.18 Table I.2-2. */
const contradictedWarning = 0xb007;
const contradictedReason =
  'Group 0002 names another SOP Class or SOP Instance UID than the data set. The file is held as it was sent, under the data set’s.';

const conflictReason =
  'Other bytes are held under the same SOP Instance UID. This file was kept aside for a person to look at; sending it again changes nothing.';

/** The answer to STOW-RS: 200 all taken, 202 some, or with a warning, 409 none; and the Store Instances Response Module. Source: PS3.18 §10.5.3. */
export function storeAnswer(
  results: readonly PartResult[],
  dicomwebUrl: string,
): { status: 200 | 202 | 409; body: Json } {
  const referenced: Json[] = [];
  const failed: Json[] = [];
  const others: Json[] = [];
  const studies = new Set<string>();
  let warned = false;
  for (const result of results) {
    if ('refusal' in result) {
      const item = failure(result, result.refusal.code, result.refusal.message, result.sentSha256);
      (result.instance ? failed : others).push(item);
    } else if (result.outcome.kind === 'conflict') {
      failed.push(failure(result, 'CONFLICT_KEPT_ASIDE', conflictReason, result.outcome.sha256));
    } else if (result.instance) {
      const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = result.instance;
      const study = `${dicomwebUrl}/studies/${studyInstanceUid}`;
      studies.add(study);
      const held = result.outcome.kind === 'taken' ? result.outcome.sha256 : result.outcome.heldSha256;
      const outcome = result.outcome.kind === 'taken' ? 'TAKEN' : 'ALREADY_HELD';
      referenced.push({
        ...reference(result),
        '00081190': { vr: 'UR', Value: [`${study}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`] },
        ...(result.contradicted && { '00081196': { vr: 'US', Value: [contradictedWarning] } }),
        ...ownAttributes({
          sent: result.outcome.sha256,
          held,
          outcome,
          ...(result.contradicted && { reason: contradictedReason }),
        }),
      });
      if (result.contradicted) warned = true;
    }
  }
  const sequence = (tag: string, items: readonly Json[]): Json =>
    items.length > 0 ? { [tag]: { vr: 'SQ', Value: [...items] } } : {};
  const [study, ...moreStudies] = studies;
  const body = {
    ...(study !== undefined && moreStudies.length === 0 ? { '00081190': { vr: 'UR', Value: [study] } } : {}),
    ...sequence('00081198', failed),
    ...sequence('00081199', referenced),
    ...sequence('0008119A', others),
  };
  const refused = failed.length + others.length;
  return { status: refused === 0 && !warned ? 200 : referenced.length > 0 ? 202 : 409, body };
}
