import type { StudyPlace } from '../keys/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { firstValue } from './attributes.ts';
import { placeOf, placeOfStudy } from './open-study.ts';
import { bucketsOf } from './place-series.ts';
import type { RetellDeps } from './retell-study.ts';
import { lockBuckets, patientById, studyById } from './study.store.ts';
import { StudyCells } from './study-cells.ts';

/**
 * Shuts commits and choices out of these studies until the transaction ends, by the locks that a commit takes; and out of their
 * patients, for who may remove these too. Gives those that are still there then, as they are then.
 */
export async function lockStudies(
  trx: Trx,
  deps: Pick<RetellDeps, 'chains' | 'tokens'>,
  accountId: string,
  studyIds: Iterable<string>,
  { patients = false }: { readonly patients?: boolean } = {},
): Promise<StudyPlace[]> {
  const cells = new StudyCells(deps.chains);
  const found: string[] = [];
  const buckets: bigint[] = [];
  for (const studyId of new Set(studyIds)) {
    const row = await studyById(trx, accountId, studyId);
    if (!row) continue;
    const { attributes } = await cells.openStudy(placeOf(row), row.cell);
    const studyInstanceUid = firstValue(attributes, '0020000D');
    const patient = patients ? await patientById(trx, accountId, row.patientId) : undefined;
    const named = patient ? (await cells.openPatient(accountId, patient.id, patient.cell)).attributes : {};
    buckets.push(...bucketsOf(deps.tokens, { studyInstanceUid, patient: named }));
    found.push(studyId);
  }
  await lockBuckets(trx, buckets);
  const places: StudyPlace[] = [];
  for (const studyId of found) {
    const place = await placeOfStudy(trx, accountId, studyId);
    if (place) places.push(place);
  }
  return places;
}
