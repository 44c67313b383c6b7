import type { SignedIn } from '../access/index.ts';
import { instanceTags, seriesTags } from './attributes.ts';
import {
  instancesIn,
  type OpenInstance,
  type OpenSeries,
  type OpenStudy,
  type Part,
  seriesIn,
} from './find-in-study.ts';
import { matcherOf, studyMatcher, tagOf } from './key-matcher.ts';
import { identifies, placeOf } from './open-study.ts';
import { pseudonymised, tellsWho } from './pseudonyms.ts';
import { findByDate, identified, type StudiesDeps, studyKeys } from './search-studies.ts';
import { seriesOfAll } from './study.store.ts';
import { rowWithin } from './study-facts.ts';
import type { ArrivalPlace } from './study-search.store.ts';
import { type SearchQuery, type WalkEnd, type WalkedStudy, walkStudies } from './study-walk.ts';
import { extentOf } from './thing.ts';

export type SearchLevel = 'study' | 'series' | 'instance';

/** What a search for a level found; `nth` counts the matches of one study from 0. */
export type Match = {
  readonly study: OpenStudy;
  readonly series?: OpenSeries;
  readonly instance?: OpenInstance;
  readonly nth: number;
};

/** Keys of several levels may bear one tag, such as a clock's: each level is asked for its own. */
const tagsOf: Readonly<Record<SearchLevel, ReadonlySet<string>>> = {
  study: new Set(studyKeys),
  series: new Set<string>(seriesTags),
  instance: new Set<string>(instanceTags.filter((tag) => tag !== '00080201')),
};

/** Past these many series or instances no further study is begun. */
const mostSeries = 10_000;
const mostInstances = 100_000;

/** What of one part of a study matches the keys below its own level. */
async function* matchesIn(
  deps: StudiesDeps,
  { study, series }: Part,
  { keys, how }: Pick<SearchQuery, 'keys' | 'how'>,
  level: SearchLevel,
): AsyncGenerator<Omit<Match, 'nth'>> {
  const asked = (of: SearchLevel) => keys.filter((key) => tagsOf[of].has(tagOf(key)));
  const ofSeries = matcherOf(asked('series'), how);
  const some = series.filter(({ cell }) => ofSeries(cell.attributes));
  if (level === 'series') {
    for (const one of some) yield { study, series: one };
    return;
  }
  if (some.length === 0) return;
  const ofInstances = matcherOf(asked('instance'), how);
  for await (const instance of instancesIn(deps, study, some))
    if (ofInstances(instance.instance.attributes)) yield { study, series: instance.series, instance };
}

/**
 * What matches in studies that were found by their UIDs, in the order of its arrival. Those whose own keys do not match have
 * nothing in them.
 */
export async function* matchesOfParts(
  deps: StudiesDeps,
  parts: readonly Part[],
  query: Pick<SearchQuery, 'keys' | 'how'>,
  level: 'series' | 'instance',
): AsyncGenerator<Match, WalkEnd> {
  const studyKeysAsked = query.keys.filter((key) => tagsOf.study.has(tagOf(key)));
  const ofStudy = studyMatcher(studyKeysAsked, query.how);
  // Who sees pseudonyms must not find out by asking, either.
  const asksWho = studyKeysAsked.some((key) => tellsWho(tagOf(key)));
  let nth = 0;
  for (const part of parts) {
    const { row, cell, pseudonymous } = part.study;
    if (asksWho && pseudonymous) continue;
    // A study is of the modalities of those series that are reached, and has as many.
    const told = await rowWithin(deps.database, row, part.study.only ?? 'whole');
    if (!ofStudy({ row: told, cell })) continue;
    const counted = { ...part, study: { ...part.study, row: told } };
    for await (const match of matchesIn(deps, counted, query, level)) yield { ...match, nth: nth++ };
  }
  return { indexed: true };
}

/**
 * What matches in all studies that somebody reaches: studies newest arrival first, what is in each in the order of its arrival.
 *
 * Cost  what `walkStudies` says; no further study is begun after 10,000 series or 100,000 instances
 */
export async function* matchesOfAll(
  deps: StudiesDeps,
  actor: SignedIn,
  query: SearchQuery,
  level: SearchLevel,
): AsyncGenerator<Match, WalkEnd> {
  let [seriesLeft, instancesLeft] = [mostSeries, mostInstances];
  const studies = walkStudies(deps, actor, query);
  for (;;) {
    const { some, end } = await severalOf(studies, level === 'study' ? 1 : studiesAtOnce);
    const ids = some.map(({ row }) => row.id);
    const rows =
      level === 'study' ? new Map() : Map.groupBy(await seriesOfAll(deps.database, ids), (row) => row.studyId);
    for (const found of some) {
      const { row, only } = found;
      // What is in a study is shown by name to whom the study is, when they open it.
      const hidden = level !== 'study' && !found.pseudonymous && !identifies(actor, row);
      const { cell } = hidden ? pseudonymised(found) : found;
      const study: OpenStudy = { row, cell, place: placeOf(row), only, pseudonymous: hidden || found.pseudonymous };
      if (level === 'study') {
        yield { study, nth: 0 };
        continue;
      }
      if (seriesLeft <= 0 || instancesLeft <= 0)
        return { indexed: true, cut: { arrivedUs: row.arrivedUs, id: row.id } };
      const series = await seriesIn(deps, study, rows.get(row.id) ?? []);
      seriesLeft -= series.length;
      if (level === 'instance') instancesLeft -= row.instanceCount;
      let nth = 0;
      for await (const match of matchesIn(deps, { study, series }, query, level)) yield { ...match, nth: nth++ };
    }
    if (end) return end;
  }
}

/** Studies whose series are read by one statement. */
const studiesAtOnce = 16;

async function severalOf(
  studies: AsyncGenerator<WalkedStudy, WalkEnd>,
  most: number,
): Promise<{ some: WalkedStudy[]; end?: WalkEnd }> {
  const some: WalkedStudy[] = [];
  while (some.length < most) {
    const next = await studies.next();
    if (next.done) return { some, end: next.value };
    some.push(next.value);
  }
  return { some };
}

/** Where a walk was left: the study that it had come to, and how many of its matches were given out. */
export type WalkPlace = { readonly study?: ArrivalPlace | undefined; readonly given: number };

export type MatchPage = {
  readonly found: readonly Match[];
  /** All that matches, where that was asked for and everything was looked at. */
  readonly total?: number;
  /** Where the next page begins; undefined where this is the last. */
  readonly next?: WalkPlace;
  /** Of the offset so many are still to be passed over from there on. */
  readonly nextOffset?: number;
  /** Too much would have had to be looked at; `indexed`: although a key has an index. */
  readonly cut?: { readonly indexed: boolean };
};

/** A page of matches: those behind `place`, then `offset` on; with `counted` all are walked. */
export async function pageOf(
  matches: AsyncGenerator<Match, WalkEnd>,
  page: { readonly limit: number; readonly offset: number; readonly place: WalkPlace; readonly counted: boolean },
): Promise<MatchPage> {
  const { limit, offset, place, counted } = page;
  const found: Match[] = [];
  let total = 0;
  let more = false;
  const isGiven = ({ study, nth }: Match): boolean =>
    nth < place.given && (place.study === undefined || place.study.id === study.row.id);
  for (let next = await matches.next(); ; next = await matches.next()) {
    if (next.done) {
      const { cut, indexed } = next.value;
      const last = found.at(-1);
      if (more && last)
        return { found, next: behind(last), ...(counted && !cut && { total }), ...(cut && { cut: { indexed } }) };
      if (cut) {
        const left = Math.max(0, offset - total);
        return { found, next: { study: cut, given: 0 }, ...(left > 0 && { nextOffset: left }), cut: { indexed } };
      }
      return { found, ...(counted && { total }) };
    }
    if (isGiven(next.value)) continue;
    total += 1;
    if (total <= offset) continue;
    if (found.length < limit) found.push(next.value);
    else more = true;
    if (more && !counted) {
      await matches.return({ indexed: true });
      const last = found.at(-1);
      return last ? { found, next: behind(last) } : { found };
    }
  }
}

const behind = ({ study, nth }: Match): WalkPlace => ({
  study: { arrivedUs: study.row.arrivedUs, id: study.row.id },
  given: nth + 1,
});

/** A page in the order of study dates, undated last. Its places move as studies arrive: it goes on by offset. */
export async function pageByStudyDate(
  deps: StudiesDeps,
  actor: SignedIn,
  { keys, how }: Pick<SearchQuery, 'keys' | 'how'>,
  page: { readonly limit: number; readonly offset: number; readonly ascending: boolean },
): Promise<{ readonly found: readonly Match[]; readonly warnings: readonly string[] }> {
  const asked = keys.map((key) => ({ ...key, tag: tagOf(key) }));
  const { found, warnings } = await findByDate(deps, actor, { keys: asked, how, ...page });
  const matches = found.flatMap((study): Match[] => {
    // By an exact identifier more may be reached; what is reached without one is no more for that.
    const extent =
      extentOf(actor, 'study.search', study.row) ?? extentOf(actor, 'study.search', study.row, { exact: true });
    if (extent === undefined) return [];
    const only = extent === 'whole' ? undefined : extent;
    return [{ study: { ...study, place: placeOf(study.row), only, pseudonymous: !identified(actor, study) }, nth: 0 }];
  });
  return { found: matches, warnings };
}
