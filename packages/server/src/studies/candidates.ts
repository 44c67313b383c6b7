import { setImmediate } from 'node:timers/promises';
import type { StudiesDeps } from './search-studies.ts';
import type { StudyRow } from './study.store.ts';
import { type StudyCell, StudyCells } from './study-cells.ts';
import { type ArrivalPlace, type StudyFilter, searchStudies } from './study-search.store.ts';

export type FoundStudy = { readonly row: StudyRow; readonly cell: StudyCell };

/** What is opened and compared at most; past it the answer says that it is not complete. */
export const maxCandidates = 10_000;

/** What is read in one go; and what is opened before others have their turn, since opening is all arithmetic. */
const batch = 500;
export const openedInARow = 50;

/**
 * The nominees of a filter, opened, newest arrival first: at most `most`. Returns true where there are more. Read
 * on by where the last one stood, so that a study that arrives meanwhile, or goes, shifts nothing. `first`: so many are read at once to begin with.
 */
export async function* candidates(
  deps: StudiesDeps,
  accountId: string,
  filter: StudyFilter,
  most: number,
  first = batch,
): AsyncGenerator<FoundStudy, boolean> {
  const cells = new StudyCells(deps.chains);
  let after: ArrivalPlace | undefined;
  let limit = Math.min(first, batch, most);
  for (let looked = 0; ; looked += limit) {
    limit = Math.min(looked === 0 ? limit : batch, most - looked);
    if (limit <= 0) return (await searchStudies(deps.database, accountId, filter, { limit: 1, after })).length > 0;
    const rows = await searchStudies(deps.database, accountId, filter, { limit, after });
    for (const [at, row] of rows.entries()) {
      if (at % openedInARow === openedInARow - 1) await setImmediate();
      yield openFound(cells, row);
    }
    if (rows.length < limit) return false;
    after = rows.at(-1);
  }
}

export async function openFound(cells: StudyCells, row: StudyRow): Promise<FoundStudy> {
  const place = { accountId: row.accountId, patientId: row.patientId, studyId: row.id, keyId: row.keyId };
  return { row, cell: await cells.openStudy(place, row.cell) };
}
