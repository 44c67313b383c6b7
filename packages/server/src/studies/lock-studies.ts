import type { StudyPlace } from '../keys/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { firstValue } from './attributes.ts';
import { placeOfStudy } from './open-study.ts';
import type { RetellDeps } from './retell-study.ts';
import { lockBuckets, studyById } from './study.store.ts';
import { StudyCells } from './study-cells.ts';

/** Shuts commits and choices out of these studies until the transaction ends, by the locks that a commit takes. */
export async function lockStudies(
  trx: Trx,
  deps: Pick<RetellDeps, 'chains' | 'tokens'>,
  accountId: string,
  studyIds: Iterable<string>,
): Promise<StudyPlace[]> {
  const cells = new StudyCells(deps.chains);
  const places: StudyPlace[] = [];
  const buckets: bigint[] = [];
  for (const studyId of new Set(studyIds)) {
    const place = await placeOfStudy(trx, accountId, studyId);
    const row = await studyById(trx, accountId, studyId);
    if (!place || !row) continue;
    const { attributes } = await cells.openStudy(place, row.cell);
    buckets.push(deps.tokens.token('studyUid', firstValue(attributes, '0020000D')));
    places.push(place);
  }
  await lockBuckets(trx, buckets);
  return places;
}
