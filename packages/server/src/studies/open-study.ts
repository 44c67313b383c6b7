import { may, type StudyReader } from '../access/index.ts';
import type { StudyPlace } from '../keys/index.ts';
import type { Database, Trx } from '../platform/db/database.ts';
import { notFound } from './errors.ts';
import type { OpenStudy } from './find-in-study.ts';
import type { StudiesDeps } from './search-studies.ts';
import { type StudyRow, studyById } from './study.store.ts';
import { StudyCells } from './study-cells.ts';

/**
 * The study behind an id, or behind the link by which somebody came, for someone who may do this with it. What is not
 * there, is empty, or is not for the asker, is answered alike.
 *
 * @throws StudiesError STUDY_NOT_FOUND
 */
export async function studyForReader(
  deps: StudiesDeps,
  actor: StudyReader,
  action: 'study.view' | 'study.download',
  studyId: string | undefined,
): Promise<OpenStudy> {
  const wanted = studyId ?? (actor.kind === 'link' ? actor.studyId : undefined);
  const row = wanted === undefined ? undefined : await studyById(deps.database, actor.accountId, wanted);
  if (!row || row.instanceCount === 0) throw notFound();
  if (!may(actor, action, { accountId: row.accountId, studyId: row.id })) throw notFound();
  const place = placeOf(row);
  return { row, place, cell: await new StudyCells(deps.chains).openStudy(place, row.cell) };
}

export const placeOf = ({ accountId, patientId, id, keyId }: StudyRow): StudyPlace => ({
  accountId,
  patientId,
  studyId: id,
  keyId,
});

/** Where the keys of a study hang; undefined where the account has no such study. Asks nobody's permission. */
export async function placeOfStudy(
  database: Database | Trx,
  accountId: string,
  studyId: string,
): Promise<StudyPlace | undefined> {
  const row = await studyById(database, accountId, studyId);
  return row && placeOf(row);
}
