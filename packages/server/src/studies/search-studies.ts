import { setImmediate } from 'node:timers/promises';
import { matches } from '@symbolon/dicom';
import { mayIdentify, reachOf, type SignedIn } from '../access/index.ts';
import type { Audit, Reads } from '../audit/index.ts';
import type { KeyChains } from '../keys/index.ts';
import type { Attributes, PackReader } from '../packs/index.ts';
import type { Database } from '../platform/db/database.ts';
import { patientTags, studyTags, valuesOf } from './attributes.ts';
import { pseudonymised, tellsWho } from './pseudonyms.ts';
import { SearchTokens } from './search-tokens.ts';
import { type StudyFilter, type StudyRow, searchStudies } from './study.store.ts';
import { type StudyCell, StudyCells } from './study-cells.ts';
import { rowWithin } from './study-facts.ts';
import { studyFilter } from './study-filter.ts';
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
export type Key = { readonly tag: string; readonly vr: string; readonly value: string };

export type Query = {
  readonly keys: readonly Key[];
  readonly limit: number;
  readonly offset: number;
  /** What was asked and not done; each becomes a `Warning` header. */
  readonly warnings: readonly string[];
};

export type FoundStudy = { readonly row: StudyRow; readonly cell: StudyCell };
export type Found<T> = { readonly found: readonly T[]; readonly warnings: readonly string[] };

/** The keys a search for studies can match. Source: PS3.18 Table 10.6.1-5. */
export const studyKeys = [...patientTags, ...studyTags, '00080061'];

/** What is opened and compared at most; past it the answer says that it is not complete. */
export const maxCandidates = 10_000;

/** Whether the study matches, under its own patient or under another that its instances name. */
function studyMatches({ row, cell }: FoundStudy, query: Query): boolean {
  return [cell.attributes, ...cell.others].some((patient) =>
    query.keys.every(({ tag, vr, value }) => {
      if (tag === '00080061') return matches(vr, row.modalities, value);
      const from: Attributes = (patientTags as readonly string[]).includes(tag) ? patient : cell.attributes;
      return matches(vr, valuesOf(from, tag), value);
    }),
  );
}

/** Whether a search may show this actor who a study is of. */
export const identified = (actor: SignedIn, { row }: FoundStudy): boolean =>
  mayIdentify(actor, 'study.search', thingOf(row, actor));

/** What is read in one go; and what is opened before others have their turn, since opening is all arithmetic. */
const batch = 500;
const openedInARow = 50;

/**
 * The nominees of a filter, opened, newest arrival first: at most `most`. Returns true where there are more. Read
 * on by where the last one stood, so that a study that arrives meanwhile shifts nothing.
 */
export async function* candidates(
  deps: StudiesDeps,
  accountId: string,
  filter: StudyFilter,
  most: number,
): AsyncGenerator<FoundStudy, boolean> {
  const cells = new StudyCells(deps.chains);
  let after: string | undefined;
  for (let looked = 0; ; looked += batch) {
    const limit = Math.min(batch, most - looked);
    const behind = after === undefined ? {} : { after };
    if (limit <= 0) return (await searchStudies(deps.database, accountId, filter, { limit: 1, ...behind })).length > 0;
    const rows = await searchStudies(deps.database, accountId, filter, { limit, ...behind });
    for (const [at, row] of rows.entries()) {
      if (at % openedInARow === openedInARow - 1) await setImmediate();
      yield openFound(cells, row);
    }
    if (rows.length < limit) return false;
    after = rows.at(-1)?.id;
  }
}

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

export async function openFound(cells: StudyCells, row: StudyRow): Promise<FoundStudy> {
  const place = { accountId: row.accountId, patientId: row.patientId, studyId: row.id, keyId: row.keyId };
  return { row, cell: await cells.openStudy(place, row.cell) };
}

/**
 * Studies that match, newest arrival first. The index nominates; what it nominates is opened and compared by DICOM's
 * own rules, so the answer is exact.
 *
 * Cost    without keys: one page. With keys: the candidates of the index, at most 10,000.
 */
export async function findStudies(deps: StudiesDeps, actor: SignedIn, query: Query): Promise<Found<FoundStudy>> {
  const { accountId } = actor;
  const { filter: asked, indexed, exact } = studyFilter(await SearchTokens.of(deps.chains, accountId), query.keys);
  const filter = { ...asked, reach: reachOf(actor, 'study.search', { exact }) };
  // Who sees pseudonyms must not find out by asking, either.
  const asksWho = query.keys.some(({ tag }) => tellsWho(tag));
  const asksKind = query.keys.some(({ tag }) => tag === '00080061');
  const show = (study: FoundStudy): FoundStudy => (identified(actor, study) ? study : pseudonymised(study));
  if (query.limit === 0) return { found: [], warnings: query.warnings };
  if (query.keys.length === 0) {
    const cells = new StudyCells(deps.chains);
    const { limit, offset } = query;
    const rows = await searchStudies(deps.database, accountId, filter, { limit, offset });
    const all = await Promise.all(rows.map((row) => openFound(cells, row)));
    return { found: await countedFor(deps, actor, all.map(show)), warnings: query.warnings };
  }
  const found: FoundStudy[] = [];
  const looking = candidates(deps, accountId, filter, maxCandidates);
  for (let next = await looking.next(); ; next = await looking.next()) {
    if (next.done) {
      if (!next.value)
        return { found: await countedFor(deps, actor, found.slice(query.offset), exact), warnings: query.warnings };
      break;
    }
    if (asksWho && !identified(actor, next.value)) continue;
    // A study is of the modalities of those series that are reached.
    const [study] = asksKind ? await countedFor(deps, actor, [next.value], exact) : [next.value];
    if (study && studyMatches(study, query)) found.push(show(study));
    if (found.length >= query.offset + query.limit)
      return { found: await countedFor(deps, actor, found.slice(query.offset), exact), warnings: query.warnings };
  }
  const why = indexed ? 'narrow the search' : 'add a key that has an index, such as a name, an id or a date';
  return {
    found: await countedFor(deps, actor, found.slice(query.offset), exact),
    warnings: [...query.warnings, `the newest ${maxCandidates} candidates were looked at; ${why}`],
  };
}
