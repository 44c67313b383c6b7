import { createHash } from 'node:crypto';
import type { Attributes } from '../packs/index.ts';
import type { FoundStudy } from './candidates.ts';

/** What says, or may say, who a study is of; free text may name somebody, too. */
const telling = new Set([
  '00080050', // Accession Number
  '00080090', // Referring Physician's Name
  '00081030', // Study Description
  '00100010', // Patient's Name
  '00100020', // Patient ID
  '00100021', // Issuer of Patient ID
  '00100030', // Patient's Birth Date
  '00101001', // Other Patient Names
  '00200010', // Study ID
]);

/** Whether a key of a search asks for what tells. */
export const tellsWho = (tag: string): boolean => telling.has(tag) || tag === '00100040';

/**
 * What a patient is called where their name is not shown: the same in all of their studies of a namespace, and made of no part
 * of it. In another namespace they are called otherwise: who sends a study under an identifier they guess would else see
 * whether the others' pseudonyms are of that patient. Both ids are random, so no key is needed.
 */
function pseudonymOf({ namespaceId, patientId }: FoundStudy['row']): string {
  const digest = createHash('sha256').update(`${namespaceId} ${patientId}`).digest('hex');
  return `P-${digest.slice(0, 8).toUpperCase()}`;
}

/** Of a series: what somebody typed, and for whom it was asked. */
const tellingOfSeries = new Set([
  '0008103E', // Series Description
  '00400275', // Request Attributes Sequence
]);

/** The attributes of a series without what may tell who it is of. */
export function withoutWords<T extends { readonly attributes: Attributes }>(cell: T): T {
  const kept = Object.entries(cell.attributes).filter(([tag]) => !tellingOfSeries.has(tag));
  return { ...cell, attributes: Object.fromEntries(kept) };
}

/**
 * A study as who may not see whom it is of is shown it: a pseudonym for name and id, and nothing else that tells. UIDs, dates of
 * the study and what the images are stay.
 */
export function pseudonymised<T extends FoundStudy>(study: T): T {
  const pseudonym = pseudonymOf(study.row);
  const kept = Object.entries(study.cell.attributes).filter(([tag]) => !telling.has(tag));
  const attributes: Attributes = {
    ...Object.fromEntries(kept),
    '00100010': { vr: 'PN', Value: [{ Alphabetic: pseudonym }] },
    '00100020': { vr: 'LO', Value: [pseudonym] },
  };
  return { ...study, cell: { ...study.cell, attributes, others: [] } };
}
