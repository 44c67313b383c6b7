import { marksOfDateKey } from './date-marks.ts';
import { marksOfNameKey } from './name-marks.ts';
import type { Key } from './query.ts';
import type { SearchTokens } from './search-tokens.ts';
import type { StudyFilter } from './study.store.ts';

const wild = /[*?]/;

/** The values of a key that lists several, of which any may match. */
function listed(value: string): string[] {
  return value.split('\\').map((one) => one.trim());
}

/**
 * What the index can say of these keys: a superset of the studies that match. `indexed` is false where no key has an
 * index, and every study must be looked at.
 */
export function studyFilter(tokens: SearchTokens, keys: readonly Key[]): { filter: StudyFilter; indexed: boolean } {
  const all: bigint[] = [];
  const anyOf: bigint[][] = [];
  let modalities: string[] = [];
  for (const { tag, value } of keys) {
    const exact = !wild.test(value);
    if (tag === '0020000D') {
      const uids = value.split(/[,\\]/).map((uid) => uid.trim());
      // A list of nothing is universal matching.
      if (uids.some((uid) => uid !== '')) anyOf.push(uids.map((uid) => tokens.token('studyUid', uid)));
    } else if (tag === '00100020' && exact) anyOf.push(listed(value).map((id) => tokens.token('patientId', id)));
    else if (tag === '00080050' && exact) anyOf.push(listed(value).map((id) => tokens.token('accession', id)));
    else if (tag === '00100010') all.push(...marksOfNameKey(value).map((mark) => tokens.token('name', mark)));
    else if (tag === '00080020') {
      const parts = marksOfDateKey(value);
      if (parts) anyOf.push(parts.map((part) => tokens.token('date', part)));
    } else if (tag === '00080061' && exact) modalities = value.split(/[,\\]/).map((modality) => modality.trim());
  }
  return { filter: { all, anyOf, modalities }, indexed: all.length + anyOf.length + modalities.length > 0 };
}
