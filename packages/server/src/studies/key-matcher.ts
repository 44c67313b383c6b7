import { type DicomJson, jsonMatcher, type MatchOptions } from '@symbolon/dicom';
import type { Attributes } from '../packs/index.ts';
import { patientTags } from './attributes.ts';
import type { FoundStudy } from './candidates.ts';

/** What a search asks of one attribute: of a data set by one tag, of the items of its sequences by several. */
export type SearchKey = {
  /** Eight hexadecimal digits each, from the outermost sequence to the attribute. */
  readonly path: readonly string[];
  readonly vr: string;
  readonly value: string;
};

/** How keys are compared, beyond the basics. */
export type Matching = Pick<MatchOptions, 'fuzzyNames' | 'emptyValue' | 'multipleValue'>;

/** The tag by which a key is known to an index: its own, or that of the sequence that it asks about. */
export const tagOf = ({ path }: Pick<SearchKey, 'path'>): string => path[0] as string;

/**
 * Whether attributes match every one of some keys, by DICOM's rules. Keys of one sequence ask for one item that matches them
 * all; a date and its time, both given as ranges, are one range. A key that is given twice must match twice.
 */
export function matcherOf(keys: readonly SearchKey[], how: Matching): (attributes: Attributes) => boolean {
  const queries: DicomJson[] = [];
  for (const key of keys) {
    if (!queries.some((query) => put(query, key))) {
      const query: DicomJson = {};
      put(query, key);
      queries.push(query);
    }
  }
  const tests = queries.map((query) => jsonMatcher(query, { ...how, combinedDateTime: true }));
  return (attributes) => tests.every((matches) => matches(attributes));
}

/** Puts a key into a query; false where its place is taken. */
function put(query: DicomJson, { path, vr, value }: SearchKey): boolean {
  let level = query;
  for (const [at, tag] of path.entries()) {
    if (at === path.length - 1) {
      if (level[tag] !== undefined) return false;
      level[tag] = { vr, Value: [value] };
      return true;
    }
    level[tag] ??= { vr: 'SQ', Value: [{}] };
    const item = level[tag].Value?.[0];
    // Of a sequence that is asked for as if it were a text, that text stands there.
    if (level[tag].vr !== 'SQ' || typeof item !== 'object' || item === null) return false;
    level = item as DicomJson;
  }
  return false;
}

/** Whether a study matches, under its own patient or under another that its instances name. */
export function studyMatcher(
  keys: readonly SearchKey[],
  how: Matching,
): (study: Pick<FoundStudy, 'row' | 'cell'>) => boolean {
  const matches = matcherOf(keys, how);
  return ({ row, cell }) => {
    const modalities = { '00080061': { vr: 'CS', Value: row.modalities } };
    if (matches({ ...cell.attributes, ...modalities })) return true;
    if (cell.others.length === 0) return false;
    const ofStudy = Object.fromEntries(
      Object.entries(cell.attributes).filter(([tag]) => !(patientTags as readonly string[]).includes(tag)),
    );
    return cell.others.some((patient) => matches({ ...ofStudy, ...patient, ...modalities }));
  };
}
