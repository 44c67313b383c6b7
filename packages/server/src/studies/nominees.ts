import { packsWithTokens } from '../packs/index.ts';
import { searchKeysOf } from './attributes.ts';
import { fuzzyMarksOf } from './fuzzy-name-marks.ts';
import { type Matching, type SearchKey, tagOf } from './key-matcher.ts';
import type { StudiesDeps } from './search-studies.ts';
import type { SearchTokens } from './search-tokens.ts';
import { studiesOfSeriesWithTokens } from './study.store.ts';
import { studyFilter } from './study-filter.ts';

const studyLevel: ReadonlySet<string> = searchKeysOf('study');
const uidsIn = (value: string): string[] =>
  value
    .split(/[\\,]/)
    .map((one) => one.trim())
    .filter(Boolean);

/** Two quotation marks, and whatever else the index does not know, are for the opened cells to tell. */
const isForIndex = ({ path, value }: SearchKey): boolean => path.length === 1 && value.trim() !== '""';

/** What the index can say of keys of all levels: a superset of the studies that match, or hold what matches. */
export async function nominees(
  { database }: Pick<StudiesDeps, 'database'>,
  tokens: SearchTokens,
  accountId: string,
  { keys, how }: { readonly keys: readonly SearchKey[]; readonly how: Matching },
): Promise<ReturnType<typeof studyFilter>> {
  const asked = keys.filter(isForIndex);
  const isFuzzy = (key: SearchKey): boolean => how.fuzzyNames === true && tagOf(key) === '00100010';
  const plain = asked.filter((key) => studyLevel.has(tagOf(key)) && !isFuzzy(key));
  // A study that has a series of a modality is one of it.
  const modality = asked.filter((key) => tagOf(key) === '00080060').map((key) => ({ ...key, path: ['00080061'] }));
  const found = studyFilter(
    tokens,
    [...modality, ...plain].map((key) => ({ tag: tagOf(key), vr: key.vr, value: key.value })),
  );
  const fuzzy = asked.filter(isFuzzy).flatMap(({ value }) => fuzzyMarksOf(value));
  const anyOf = [...found.filter.anyOf, ...fuzzy.map((marks) => marks.map((mark) => tokens.token('name', mark)))];
  let ids: ReadonlySet<string> | undefined;
  const within = (some: readonly string[]): void => {
    ids = new Set(ids === undefined ? some : some.filter((id) => ids?.has(id)));
  };
  for (const key of asked) {
    const uids = uidsIn(key.value);
    if (tagOf(key) === '0020000E') {
      const wanted = uids.map((uid) => tokens.token('seriesUid', uid));
      within(await studiesOfSeriesWithTokens(database, accountId, wanted));
    }
    if (tagOf(key) === '00080018') {
      const wanted = uids.map((uid) => tokens.token('sopUid', uid));
      within((await packsWithTokens(database, accountId, wanted)).map(({ studyId }) => studyId));
    }
  }
  return {
    marks: found.marks,
    filter: { ...found.filter, anyOf, ...(ids !== undefined && { ids: [...ids] }) },
    indexed: found.indexed || fuzzy.length > 0 || ids !== undefined,
    exact: found.exact || ids !== undefined,
  };
}
