import { marksOfDateKey } from './date-marks.ts';
import { marksOfNameKey } from './name-marks.ts';
import type { Key } from './search-studies.ts';
import type { SearchTokens } from './search-tokens.ts';
import type { StudyFilter } from './study-search.store.ts';

const wild = /[*?]/;

/** The values of a key that lists several, of which any may match; of a list of nothing, which matches everything, none. */
function listed(value: string, separator: '\\' | RegExp = '\\'): string[] {
  const values = value.split(separator).map((one) => one.trim());
  return values.filter((one) => one !== '');
}

/** With one of these marks of dates beside what else is asked. */
export function dateFilter(
  tokens: SearchTokens,
  filter: StudyFilter,
  marks: readonly string[] | undefined,
): StudyFilter {
  if (marks === undefined) return filter;
  return { ...filter, anyOf: [...filter.anyOf, marks.map((mark) => tokens.token('date', mark))] };
}

/**
 * What the index can say of these keys: a superset of the studies that match. `marks` are those of the dates that are asked for,
 * in order of time, and not in the filter (`dateFilter` puts them there). `indexed` is false where no key has an
 * index, and every study must be looked at; `exact` is true where one is an exact identifier.
 */
export function studyFilter(
  tokens: SearchTokens,
  keys: readonly Key[],
): { filter: StudyFilter; marks: readonly string[] | undefined; indexed: boolean; exact: boolean } {
  const all: bigint[] = [];
  const anyOf: bigint[][] = [];
  let modalities: string[] = [];
  let marks: readonly string[] | undefined;
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
      marks = marksOfDateKey(value) ?? marks;
    } else if (tag === '00080061' && exact) modalities = listed(value, /[,\\]/);
  }
  const indexed = all.length + anyOf.length + modalities.length > 0 || marks !== undefined;
  return { filter: { all, anyOf, modalities }, marks, indexed, exact: identified };
}
