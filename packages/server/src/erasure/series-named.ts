import type { StudyPlace } from '../keys/index.ts';
import type { Database } from '../platform/db/database.ts';
import { firstValue, notFound, StudyCells, seriesCellsOf } from '../studies/index.ts';
import type { HoldDeps } from './holds.ts';

const seriesInstanceUid = '0020000E';

/**
 * The ids of a study's series with these UIDs, those that hold only what is kept aside included.
 *
 * @throws StudiesError STUDY_NOT_FOUND  one of them is not in this study
 */
export async function seriesNamed(
  { chains }: Pick<HoldDeps, 'chains'>,
  db: Database,
  study: StudyPlace,
  uids: readonly string[],
): Promise<readonly string[]> {
  if (uids.length === 0) return [];
  const cells = new StudyCells(chains);
  const { series } = await seriesCellsOf(db, study.studyId);
  const named = new Map<string, string>();
  for (const { id, cell } of series) {
    const { attributes } = await cells.openSeries(study, id, cell);
    named.set(firstValue(attributes, seriesInstanceUid), id);
  }
  return uids.map((uid) => {
    const id = named.get(uid);
    if (id === undefined) throw notFound();
    return id;
  });
}
