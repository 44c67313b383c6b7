import { setImmediate } from 'node:timers/promises';
import { reachOf, type SignedIn } from '../access/index.ts';
import { packsWithTokens } from '../packs/index.ts';
import { patientTags } from './attributes.ts';
import { fuzzyMarksOf } from './fuzzy-name-marks.ts';
import { type Matching, matcherOf, type SearchKey, tagOf } from './key-matcher.ts';
import { pseudonymised, tellsWho } from './pseudonyms.ts';
import {
  countedFor,
  type FoundStudy,
  identified,
  maxCandidates,
  openFound,
  type StudiesDeps,
  studyKeys,
} from './search-studies.ts';
import { SearchTokens } from './search-tokens.ts';
import {
  type ArrivalPlace,
  type StudyFilter,
  type StudyRow,
  searchStudies,
  studiesOfSeriesWithTokens,
} from './study.store.ts';
import { StudyCells } from './study-cells.ts';
import { studyFilter } from './study-filter.ts';
import { extentOf } from './thing.ts';

/** What is asked of studies and, of those that match, of their series and instances. */
export type SearchQuery = {
  readonly keys: readonly SearchKey[];
  readonly how: Matching;
  /** Where the walk begins; at the newest study where nothing is said. */
  readonly from?: ArrivalPlace | undefined;
  /** How many studies are likely to be wanted: what is read at first. */
  readonly likely: number;
  /** So many studies on from there; without keys only, when nobody needs to look at them. */
  readonly skip?: number;
};

/** A study that matches, as this actor may see it; `only` are the series that they reach, where it is not all. */
export type WalkedStudy = FoundStudy & {
  readonly only: ReadonlySet<string> | undefined;
  readonly pseudonymous: boolean;
};

/** How a walk ended: `cut` at this study, which was not looked at, since too many had been. */
export type WalkEnd = { readonly cut?: ArrivalPlace; readonly indexed: boolean };

const batch = 500;
const openedInARow = 50;
const studyLevel: ReadonlySet<string> = new Set(studyKeys);
const uidsIn = (value: string): string[] =>
  value
    .split(/[\\,]/)
    .map((one) => one.trim())
    .filter(Boolean);

/** Two quotation marks, and whatever else the index does not know, are for the opened cells to tell. */
const isForIndex = ({ path, value }: SearchKey): boolean => path.length === 1 && value.trim() !== '""';

/** What the index can say of keys of all levels: a superset of the studies that match, or hold what matches. */
async function nominees(
  deps: StudiesDeps,
  accountId: string,
  { keys, how }: SearchQuery,
): Promise<{ filter: StudyFilter; indexed: boolean; exact: boolean }> {
  const tokens = await SearchTokens.of(deps.chains, accountId);
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
      within(await studiesOfSeriesWithTokens(deps.database, accountId, wanted));
    }
    if (tagOf(key) === '00080018') {
      const wanted = uids.map((uid) => tokens.token('sopUid', uid));
      within((await packsWithTokens(deps.database, accountId, wanted)).map(({ studyId }) => studyId));
    }
  }
  return {
    filter: { ...found.filter, anyOf, ...(ids !== undefined && { ids: [...ids] }) },
    indexed: found.indexed || fuzzy.length > 0 || ids !== undefined,
    exact: found.exact || ids !== undefined,
  };
}

/**
 * The studies that match the keys of their level, newest arrival first. The index nominates, also by keys of the levels below;
 * what it nominates is opened and compared by DICOM's own rules, so the answer is exact. Of keys of lower levels it says no more
 * than that something may match.
 *
 * Law   a study that arrives meanwhile, and one that goes, shift nothing: the walk goes on by places in the order of arrival
 * Cost  the candidates of the index, at most 10,000, in few statements
 */
export async function* walkStudies(
  deps: StudiesDeps,
  actor: SignedIn,
  query: SearchQuery,
): AsyncGenerator<WalkedStudy, WalkEnd> {
  const { accountId } = actor;
  const { filter: asked, indexed, exact } = await nominees(deps, accountId, query);
  const filter = { ...asked, reach: reachOf(actor, 'study.search', { exact }) };
  const keys = query.keys.filter((key) => studyLevel.has(tagOf(key)));
  const matches = keys.length === 0 ? undefined : studyMatcher(keys, query.how);
  // Who sees pseudonyms must not find out by asking, either.
  const asksWho = keys.some((key) => tellsWho(tagOf(key)));
  const asksKind = keys.some((key) => tagOf(key) === '00080061');
  const cells = new StudyCells(deps.chains);
  let from = query.from;
  let after: string | undefined;
  const atFirst = keys.length === 0 ? query.likely : Math.max(openedInARow, query.likely);
  for (let looked = 0; ; ) {
    const limit = Math.min(looked === 0 ? atFirst : batch, batch, maxCandidates - looked);
    const place = { ...(from && { from }), ...(looked === 0 && query.skip && { offset: query.skip }) };
    if (limit <= 0) {
      const [next] = await searchStudies(deps.database, accountId, filter, { limit: 1, ...place });
      return next === undefined || next.id === after ? { indexed } : { indexed, cut: placeOf(next) };
    }
    // It begins with the last one of those before.
    const more = after === undefined ? 0 : 1;
    const rows = await searchStudies(deps.database, accountId, filter, { limit: limit + more, ...place });
    for (const [at, row] of rows.entries()) {
      if (row.id === after) continue;
      if (at % openedInARow === openedInARow - 1) await setImmediate();
      const whose = identified(actor, { row } as FoundStudy);
      if (asksWho && !whose) continue;
      const extent = extentOf(actor, 'study.search', row, { exact });
      if (extent === undefined) continue;
      const study = await openFound(cells, row);
      // A study is of the modalities of those series that are reached.
      const [counted = study] = asksKind ? await countedFor(deps, actor, [study], exact) : [study];
      if (matches && !matches(counted)) continue;
      const shown = whose ? study : pseudonymised(study);
      yield { ...shown, only: extent === 'whole' ? undefined : extent, pseudonymous: !whose };
    }
    if (rows.length < limit + more) return { indexed };
    looked += limit;
    const last = rows.at(-1) as StudyRow;
    from = placeOf(last);
    after = last.id;
  }
}

const placeOf = ({ arrivedUs, id }: StudyRow): ArrivalPlace => ({ arrivedUs, id });

/** Whether a study matches, under its own patient or under another that its instances name. */
function studyMatcher(keys: readonly SearchKey[], how: Matching): (study: Pick<FoundStudy, 'row' | 'cell'>) => boolean {
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
