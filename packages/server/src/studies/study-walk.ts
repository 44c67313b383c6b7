import { reachOf, type SignedIn } from '../access/index.ts';
import { candidates, type FoundStudy, maxCandidates, openedInARow } from './candidates.ts';
import { type Matching, type SearchKey, studyMatcher, tagOf } from './key-matcher.ts';
import { nominees } from './nominees.ts';
import { pseudonymised, tellsWho } from './pseudonyms.ts';
import { countedFor, identified, type StudiesDeps, studyKeys } from './search-studies.ts';
import { SearchTokens } from './search-tokens.ts';
import type { StudyRow } from './study.store.ts';
import { dateFilter } from './study-filter.ts';
import type { ArrivalPlace } from './study-search.store.ts';
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

const studyLevel: ReadonlySet<string> = new Set(studyKeys);

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
  most = maxCandidates,
): AsyncGenerator<WalkedStudy, WalkEnd> {
  const { accountId } = actor;
  const tokens = await SearchTokens.of(deps.chains, accountId);
  const { filter: asked, marks, indexed, exact } = await nominees(deps, tokens, accountId, query);
  const filter = { ...dateFilter(tokens, asked, marks), reach: reachOf(actor, 'study.search', { exact }) };
  const keys = query.keys.filter((key) => studyLevel.has(tagOf(key)));
  const matches = keys.length === 0 ? undefined : studyMatcher(keys, query.how);
  // Who sees pseudonyms must not find out by asking, either.
  const asksWho = keys.some((key) => tellsWho(tagOf(key)));
  const atFirst = keys.length === 0 ? query.likely : Math.max(openedInARow, query.likely);
  const extent = (row: StudyRow) => extentOf(actor, 'study.search', row, { exact });
  const looking = candidates(deps, accountId, filter, {
    most,
    first: atFirst,
    from: query.from,
    skip: query.skip,
    wanted: (row) => (!asksWho || identified(actor, { row })) && extent(row) !== undefined,
  });
  for (;;) {
    const next = await looking.next();
    if (next.done) return next.value ? { indexed, cut: next.value } : { indexed };
    const opened = next.value;
    const whose = identified(actor, opened);
    const only = extent(opened.row);
    // A study is of the modalities of those series that are reached, and has as many.
    const [study = opened] = only === 'whole' ? [opened] : await countedFor(deps, actor, [opened], exact);
    if (matches && !matches(study)) continue;
    const shown = whose ? study : pseudonymised(study);
    yield { ...shown, only: only === 'whole' ? undefined : only, pseudonymous: !whose };
  }
}
