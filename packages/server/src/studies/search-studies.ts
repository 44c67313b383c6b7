import { mayIdentify, reachOf, type SignedIn } from '../access/index.ts';
import type { Audit, Reads } from '../audit/index.ts';
import type { KeyChains } from '../keys/index.ts';
import type { PackReader } from '../packs/index.ts';
import type { Database } from '../platform/db/database.ts';
import { patientTags, studyTags } from './attributes.ts';
import { candidates, type FoundStudy, maxCandidates } from './candidates.ts';
import { fewFor, inDateOrder, pageByDate, undatedSince } from './date-order.ts';
import { type Matching, studyMatcher } from './key-matcher.ts';
import { nominees } from './nominees.ts';
import { pseudonymised, tellsWho } from './pseudonyms.ts';
import { SearchTokens } from './search-tokens.ts';
import type { StudyRow } from './study.store.ts';
import { rowWithin } from './study-facts.ts';
import { dateFilter } from './study-filter.ts';
import { countStudies } from './study-search.store.ts';
import { extentOf, thingOf } from './thing.ts';

export type StudiesDeps = {
  readonly database: Database;
  readonly chains: KeyChains;
  readonly reader: PackReader;
  readonly publicUrl: string;
};

/** What reading needs beside: every reading is recorded. */
export type ReadingDeps = StudiesDeps & { readonly reads: Reads; readonly audit: Audit };

/** One attribute that a search asks for, by its eight hexadecimal digits. */
export type Key = {
  readonly tag: string;
  readonly vr: string;
  readonly value: string;
  /** Of items of its sequence: the tags that lead there, its own first. */
  readonly path?: readonly string[];
};

export type Query = {
  readonly keys: readonly Key[];
  readonly how?: Matching;
  readonly limit: number;
  readonly offset: number;
  /** The oldest date first, and not the newest. */
  readonly ascending?: boolean;
};

export type Found<T> = { readonly found: readonly T[]; readonly warnings: readonly string[] };

/** The keys a search for studies can match. Source: PS3.18 Table 10.6.1-5. */
export const studyKeys = [...patientTags, ...studyTags, '00080061'];

/** Whether a search may show this actor who a study is of. */
export const identified = (actor: SignedIn, { row }: Pick<FoundStudy, 'row'>): boolean =>
  mayIdentify(actor, 'study.search', thingOf(row, actor));

/** What was found, counted as far as this actor reaches it. */
export async function countedFor<T extends FoundStudy>(
  { database }: Pick<StudiesDeps, 'database'>,
  actor: SignedIn,
  found: readonly T[],
  exact = false,
): Promise<T[]> {
  const extent = (row: StudyRow) => extentOf(actor, 'study.search', row, { exact });
  return Promise.all(found.map(async (one) => ({ ...one, row: await rowWithin(database, one.row, extent(one.row)) })));
}

/**
 * A page of the studies that match, in the order of their dates; `walkStudies` has them as they arrived. The index nominates; what
 * it nominates is opened and compared by DICOM's own rules, so the answer is exact.
 *
 * Cost    the days that are shown, and of what matches by an index but not in fact also those between; of few, all of them
 */
export async function findByDate(deps: StudiesDeps, actor: SignedIn, query: Query): Promise<Found<FoundStudy>> {
  const { accountId } = actor;
  const { limit, offset, ascending = false, keys } = query;
  if (limit === 0) return { found: [], warnings: [] };
  const tokens = await SearchTokens.of(deps.chains, accountId);
  const how = query.how ?? {};
  const asking = keys.map(({ tag, path = [tag], vr, value }) => ({ path, vr, value }));
  const { filter: asked, marks, indexed, exact } = await nominees(deps, tokens, accountId, { keys: asking, how });
  const matches = studyMatcher(asking, how);
  const filter = { ...asked, reach: reachOf(actor, 'study.search', { exact }) };
  // Who sees pseudonyms must not find out by asking, either.
  const asksWho = keys.some(({ tag }) => tellsWho(tag));
  const asksKind = keys.some(({ tag }) => tag === '00080061');
  const shown = async (found: readonly FoundStudy[], more: readonly string[] = []): Promise<Found<FoundStudy>> => {
    const some = found.map((study) => (identified(actor, study) ? study : pseudonymised(study)));
    return { found: await countedFor(deps, actor, some, exact), warnings: more };
  };
  const accept = async (study: FoundStudy): Promise<boolean> => {
    if (asksWho && !identified(actor, study)) return false;
    // A study is of the modalities of those series that are reached.
    const [counted = study] = asksKind ? await countedFor(deps, actor, [study], exact) : [study];
    return matches(counted);
  };
  const why = indexed ? 'narrow the search' : 'add a key that has an index, such as a name, an id or a date';
  const incomplete = (order: string): string => `the ${order} ${maxCandidates} candidates were looked at; ${why}`;
  const dated = dateFilter(tokens, filter, marks);
  const few = fewFor(filter.reach);
  if (tokens.version >= undatedSince && (await countStudies(deps.database, accountId, dated, few + 1)) > few) {
    const order = { filter, marks, ascending };
    const { found, cut } = await pageByDate(deps, accountId, tokens, order, query, {
      ...(keys.length > 0 && { accept }),
    });
    return shown(found, cut ? [incomplete('first')] : []);
  }
  const found: FoundStudy[] = [];
  const looking = candidates(deps, accountId, dated);
  let next = await looking.next();
  for (; !next.done; next = await looking.next()) if (await accept(next.value)) found.push(next.value);
  inDateOrder(found, ({ cell }) => cell.attributes, ascending);
  return shown(found.slice(offset, offset + limit), next.value ? [incomplete('newest')] : []);
}
