import { setImmediate } from 'node:timers/promises';
import type { Reach } from '../access/index.ts';
import type { Attributes } from '../packs/index.ts';
import { valuesOf } from './attributes.ts';
import { type FoundStudy, maxCandidates, openedInARow, openFound } from './candidates.ts';
import { dayOrderOf, everyYear, undated, withinMark } from './date-marks.ts';
import type { StudiesDeps } from './search-studies.ts';
import type { SearchTokens } from './search-tokens.ts';
import type { StudyRow } from './study.store.ts';
import { StudyCells } from './study-cells.ts';
import { type ArrivalPlace, type StudyFilter, searchStudies, studiesInTurn } from './study-search.store.ts';

/** What a study is sorted by, its date and behind it its time; undefined where it says no date. */
function dateOrderOf(attributes: Attributes): string | undefined {
  const days = valuesOf(attributes, '00080020').flatMap((date) => dayOrderOf(date) ?? []);
  const time = valuesOf(attributes, '00080030')[0] ?? '';
  return days[0] && `${days[0]} ${time.trim().replaceAll(':', '')}`;
}

/** Sorts in place: those without a date last in either order, equals as they came. */
export function inDateOrder<T>(all: T[], attributesOf: (one: T) => Attributes, ascending: boolean): T[] {
  const keys = new Map(all.map((one) => [one, dateOrderOf(attributesOf(one))]));
  return all.sort((a, b) => {
    const [left, right] = [keys.get(a), keys.get(b)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    if (left === right) return 0;
    return left < right === ascending ? -1 : 1;
  });
}

export type DateOrder = {
  readonly filter: StudyFilter;
  /** The marks of the dates that are asked for, in order of time; undefined where any will do, and none. */
  readonly marks: readonly string[] | undefined;
  readonly ascending: boolean;
};

/**
 * So few are opened and sorted sooner than walked. Of a narrow reach more: who reaches few among very many would have the days of
 * all of them walked through.
 */
export const fewFor = ({ permitted }: Reach): number => (permitted.all ? 200 : 1000);

/** The version of the index from which on studies without a date are found by their mark: before, none of them would be met. */
export const undatedSince = 2;

/** Read in one go: more than a page shows, and little enough to open. */
const atOnce = 100;

/** What lies between two places of the walk, unopened; `cut` where there are more than one search looks at. */
type Stretch = { readonly rows: readonly StudyRow[]; readonly cut: boolean };

/**
 * The studies of a filter by their dates: stretch after stretch, each with all studies of it in no order, and those without a
 * date at the end. A year, month or day that has few is one; one that has many is walked by its months, or by its days.
 *
 * Cost    a statement for each level and each hundred studies; of the index, what is walked and one empty look a year without studies.
 */
async function* stretches(
  { database }: Pick<StudiesDeps, 'database'>,
  accountId: string,
  tokens: SearchTokens,
  { filter, marks, ascending }: DateOrder,
): AsyncGenerator<Stretch> {
  const ordered = (some: readonly string[]): readonly string[] => (ascending ? some : some.toReversed());
  const token = (mark: string): bigint => tokens.token('date', mark);
  let ahead = ordered(marks ?? everyYear);
  while (ahead.length > 0) {
    const rows = await studiesInTurn(database, accountId, filter, ahead.map(token), atOnce);
    const whole = rows.length < atOnce;
    const last = whole ? ahead.length : (rows.at(-1)?.turn as number);
    for (const some of Map.groupBy(rows, ({ turn }) => turn).values())
      if ((some[0]?.turn as number) < last) yield { rows: some, cut: false };
    if (whole) break;
    const mark = ahead[last] as string;
    const parts = withinMark(mark);
    if (parts === undefined) {
      const all = await studiesInTurn(database, accountId, filter, [token(mark)], maxCandidates + 1);
      yield { rows: all.slice(0, maxCandidates), cut: all.length > maxCandidates };
    }
    ahead = [...ordered(parts ?? []), ...ahead.slice(last + 1)];
  }
  if (marks !== undefined) return;
  const without = { ...filter, all: [...filter.all, token(undated)] };
  for (let after: ArrivalPlace | undefined; ; ) {
    const rows = await searchStudies(database, accountId, without, { limit: atOnce, after });
    yield { rows, cut: false };
    if (rows.length < atOnce) return;
    after = rows.at(-1);
  }
}

/** As the index of arrivals has it: what one commit brought has one instant, and an order all the same. */
function byArrival({ row: a }: FoundStudy, { row: b }: FoundStudy): number {
  return Number(b.arrivedUs) - Number(a.arrivedUs) || (a.id < b.id ? -1 : 1);
}

export type DatePage = { readonly limit: number; readonly offset: number };

/**
 * A page of studies in the order of their dates and times, equals by arrival. `accept` decides of an opened one whether it counts;
 * without it all nominees do, and those before the page are counted and not opened. `cut`: more would have to be opened than one
 * search may.
 */
export async function pageByDate(
  deps: StudiesDeps,
  accountId: string,
  tokens: SearchTokens,
  order: DateOrder,
  { limit, offset }: DatePage,
  { accept, most = maxCandidates }: { accept?: ((study: FoundStudy) => Promise<boolean>) | undefined; most?: number },
): Promise<{ readonly found: FoundStudy[]; readonly cut: boolean }> {
  const cells = new StudyCells(deps.chains);
  /** Of a study that says several dates the first that is met counts. */
  const met = new Set<string>();
  const found: FoundStudy[] = [];
  let skip = offset;
  let opened = 0;
  for await (const { rows, cut } of stretches(deps, accountId, tokens, order)) {
    const fresh = rows.filter(({ id }) => !met.has(id));
    for (const { id } of fresh) met.add(id);
    if (accept === undefined && fresh.length <= skip && !cut) {
      skip -= fresh.length;
      continue;
    }
    if (opened + fresh.length > most) return { found, cut: true };
    const some: FoundStudy[] = [];
    for (const row of fresh) {
      opened += 1;
      if (opened % openedInARow === 0) await setImmediate();
      const study = await openFound(cells, row);
      if (accept === undefined || (await accept(study))) some.push(study);
    }
    some.sort(byArrival);
    found.push(...inDateOrder(some, ({ cell }) => cell.attributes, order.ascending).slice(skip));
    skip = Math.max(0, skip - some.length);
    // Of a stretch that was cut nobody knows whether what is missing stands before what was found.
    if (cut) return { found: found.slice(0, limit), cut };
    if (found.length >= limit) break;
  }
  return { found: found.slice(0, limit), cut: false };
}
