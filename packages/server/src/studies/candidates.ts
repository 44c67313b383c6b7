import { setImmediate } from 'node:timers/promises';
import type { StudiesDeps } from './search-studies.ts';
import type { StudyRow } from './study.store.ts';
import { type StudyCell, StudyCells } from './study-cells.ts';
import { type ArrivalPlace, type StudyFilter, type StudyPage, searchStudies } from './study-search.store.ts';

export type FoundStudy = { readonly row: StudyRow; readonly cell: StudyCell };

/** What is opened and compared at most; past it the answer says that it is not complete. */
export const maxCandidates = 10_000;

/** What is read in one go; and what is opened before others have their turn, since opening is all arithmetic. */
const batch = 500;
export const openedInARow = 50;

export type Candidates = {
  /** So many at most. */
  readonly most?: number;
  /** So many are read at once to begin with. */
  readonly first?: number;
  /** The study where the walk begins, and how many on from there. */
  readonly from?: ArrivalPlace | undefined;
  readonly skip?: number | undefined;
  /** Of which rows are opened; the others are passed over. */
  readonly wanted?: (row: StudyRow) => boolean;
};

/**
 * The nominees of a filter, opened, newest arrival first. Returns where it was cut, at a study that was not looked at, if there are
 * more. Read on by where the last one stood, so that a study that arrives meanwhile, or goes, shifts nothing.
 */
export async function* candidates(
  deps: StudiesDeps,
  accountId: string,
  filter: StudyFilter,
  { most = maxCandidates, first = batch, from, skip, wanted = () => true }: Candidates = {},
): AsyncGenerator<FoundStudy, ArrivalPlace | undefined> {
  const cells = new StudyCells(deps.chains);
  let place: Omit<StudyPage, 'limit'> = { ...(from && { from }), ...(skip && { offset: skip }) };
  for (let looked = 0; looked < most; ) {
    const limit = Math.min(looked === 0 ? first : batch, batch, most - looked);
    const rows = await searchStudies(deps.database, accountId, filter, { limit, ...place });
    for (const [at, row] of rows.entries()) {
      if (at % openedInARow === openedInARow - 1) await setImmediate();
      if (wanted(row)) yield openFound(cells, row);
    }
    if (rows.length < limit) return undefined;
    looked += limit;
    place = { after: placeOf(rows.at(-1) as StudyRow) };
  }
  const [next] = await searchStudies(deps.database, accountId, filter, { limit: 1, ...place });
  return next && placeOf(next);
}

const placeOf = ({ arrivedUs, id }: StudyRow): ArrivalPlace => ({ arrivedUs, id });

export async function openFound(cells: StudyCells, row: StudyRow): Promise<FoundStudy> {
  const place = { accountId: row.accountId, patientId: row.patientId, studyId: row.id, keyId: row.keyId };
  return { row, cell: await cells.openStudy(place, row.cell) };
}
