import { marksOfDateKey } from './date-marks.ts';
import { marksOfNameKey } from './name-marks.ts';
import type { Key } from './search-studies.ts';
import type { SearchTokens } from './search-tokens.ts';
import type { StudyFilter } from './study.store.ts';

const wild = /[*?]/;

/** The values of a key that lists several, of which any may match; of a list of nothing, which matches everything, none. */
function listed(value: string, separator: '\\' | RegExp = '\\'): string[] {
  const values = value.split(separator).map((one) => one.trim());
  return values.filter((one) => one !== '');
}

/**
 * What the index can say of these keys: a superset of the studies that match. `indexed` is false where no key has an
 * index, and every study must be looked at; `exact` is true where one is an exact identifier.
 */
export function studyFilter(
  tokens: SearchTokens,
  keys: readonly Key[],
): { filter: StudyFilter; indexed: boolean; exact: boolean } {
  const all: bigint[] = [];
  const anyOf: bigint[][] = [];
  let modalities: string[] = [];
  let identified = false;
  for (const { tag, value } of keys) {
    const exact = !wild.test(value);
    const ask = (field: 'studyUid' | 'patientId' | 'accession', values: readonly string[]): void => {
      if (values.length === 0) return;
      identified = true;
      anyOf.push(values.map((one) => tokens.token(field, one)));
    };
    if (tag === '0020000D') ask('studyUid', listed(value, /[,\\]/));
    else if (tag === '00100020' && exact) ask('patientId', listed(value));
    else if (tag === '00080050' && exact) ask('accession', listed(value));
    else if (tag === '00100010') all.push(...marksOfNameKey(value).map((mark) => tokens.token('name', mark)));
    else if (tag === '00080020') {
      const parts = marksOfDateKey(value);
      if (parts) anyOf.push(parts.map((part) => tokens.token('date', part)));
    } else if (tag === '00080061' && exact) modalities = listed(value, /[,\\]/);
  }
  const indexed = all.length + anyOf.length + modalities.length > 0;
  return { filter: { all, anyOf, modalities }, indexed, exact: identified };
}
