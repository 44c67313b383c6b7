import type { Attributes } from '../packs/index.ts';
import type { FoundStudy } from './search-studies.ts';

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

/** What a patient is called where their name is not shown: the same in all of their studies, and made of no part of it. */
const pseudonymOf = (patientId: string): string => `P-${patientId.slice(0, 8).toUpperCase()}`;

/**
 * A study as who may not see whom it is of is shown it: a pseudonym for name and id, and nothing else that tells. UIDs, dates of
 * the study and what the images are stay.
 */
export function pseudonymised<T extends FoundStudy>(study: T): T {
  const pseudonym = pseudonymOf(study.row.patientId);
  const kept = Object.entries(study.cell.attributes).filter(([tag]) => !telling.has(tag));
  const attributes: Attributes = {
    ...Object.fromEntries(kept),
    '00100010': { vr: 'PN', Value: [{ Alphabetic: pseudonym }] },
    '00100020': { vr: 'LO', Value: [pseudonym] },
  };
  return { ...study, cell: { ...study.cell, attributes, others: [] } };
}
