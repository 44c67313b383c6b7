import { VaultError } from '@symbolon/vault';
import { KeysError, type StudyPlace } from '../keys/index.ts';
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
  // What does not open any more takes no commit and no choice; whoever removes it needs no more than that.
  const opened = <T>(cell: Promise<T>): Promise<T | undefined> => (patients ? cell.catch(unlessLost) : cell);
  for (const studyId of new Set(studyIds)) {
    const row = await studyById(trx, accountId, studyId);
    if (!row) continue;
    found.push(studyId);
    const study = await opened(cells.openStudy(placeOf(row), row.cell));
    const patient = patients ? await patientById(trx, accountId, row.patientId) : undefined;
    const named = patient && (await opened(cells.openPatient(accountId, patient.id, patient.cell)));
    const studyInstanceUid = study ? firstValue(study.attributes, '0020000D') : '';
    buckets.push(...bucketsOf(deps.tokens, { studyInstanceUid, patient: named?.attributes ?? {} }));
  }
  // First by which keys tokens are made: whoever changes that waits for all who hold it.
  await deps.tokens.hold(trx);
  await lockBuckets(trx, buckets);
  const places: StudyPlace[] = [];
  for (const studyId of found) {
    const place = await placeOfStudy(trx, accountId, studyId);
    if (place) places.push(place);
  }
  return places;
}

function unlessLost(error: unknown): undefined {
  const lost = error instanceof VaultError || (error instanceof KeysError && error.code === 'KEY_MISSING');
  if (!lost) throw error;
}
