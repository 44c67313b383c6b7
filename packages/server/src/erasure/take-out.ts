import { createHash, randomBytes } from 'node:crypto';
import type { ErasureKind, ErasureStatement } from '@symbolon/contract';
import type { KeyChains, StudyPlace, Tombstone } from '../keys/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { firstValue, StudyCells, studyById } from '../studies/index.ts';
import { type Amounts, addGone, addObjects, addTombstones } from './erasure.store.ts';
import { amountsOf, keysUnder, patientsOfNoOther, removeStudies } from './gone.store.ts';

type Subjects = ErasureStatement['subjects'];

/**
 * Takes whole studies out of sight, and patients who have no other: every row of theirs, in this transaction. What is left
 * to do stands in the tables of the erasure: keys to destroy, objects to remove. The studies and their patients must be locked.
 */
export async function takeOut(
  trx: Trx,
  chains: KeyChains,
  erasure: { readonly id: string; readonly accountId: string; readonly kind: ErasureKind },
  studies: readonly StudyPlace[],
  at: Date,
): Promise<Amounts> {
  const ids = studies.map(({ studyId }) => studyId);
  const patients = await patientsOfNoOther(
    trx,
    erasure.accountId,
    studies.map(({ patientId }) => patientId),
    ids,
  );
  const amounts = { ...(await amountsOf(trx, ids)), patients: patients.length, studies: ids.length };
  // Of an account none is named: it may have held a million.
  const named = erasure.kind !== 'account';
  const subjects = named ? await subjectsOf(trx, chains, studies) : [];
  const tombstone = (kind: Tombstone['kind'], id: string, family: string): Tombstone => ({
    id,
    kind,
    family,
    accountId: erasure.accountId,
    erasureId: erasure.id,
    at,
  });
  const familyOf = new Map(studies.map(({ studyId, patientId }) => [studyId, patientId]));
  const keys = await keysUnder(trx, studies);
  await addTombstones(trx, [
    ...studies.map(({ studyId, patientId }) => tombstone('study', studyId, patientId)),
    ...keys.map(({ keyId, studyId }) => tombstone('study-data', keyId, familyOf.get(studyId) as string)),
    ...patients.map((id) => tombstone('patient', id, id)),
  ]);
  const objects = await removeStudies(trx, ids, patients);
  await addObjects(trx, erasure.id, objects);
  await addGone(trx, erasure.id, {
    amounts,
    packs: objects.length,
    subjects: [...subjects, ...(named ? patients : []).map((id): Subjects[number] => ({ kind: 'patient', id }))],
  });
  return amounts;
}

async function subjectsOf(trx: Trx, chains: KeyChains, studies: readonly StudyPlace[]): Promise<Subjects> {
  const subjects: Subjects = [];
  for (const study of studies) subjects.push(await subjectOf(trx, chains, study, 'study'));
  return subjects;
}

/** A study as a certificate names it: for who knows its UID, and nobody else. Without the UID where its cell does not open. */
export async function subjectOf(
  trx: Trx,
  chains: KeyChains,
  study: StudyPlace,
  kind: 'study' | 'part of a study',
): Promise<Subjects[number]> {
  const { accountId, studyId: id } = study;
  const row = await studyById(trx, accountId, id);
  const cell = row && (await new StudyCells(chains).openStudy(study, row.cell).catch(() => undefined));
  if (!cell) return { kind, id };
  const salt = randomBytes(16);
  const sha256 = createHash('sha256').update(salt).update(firstValue(cell.attributes, '0020000D')).digest('hex');
  return { kind, id, studyInstanceUid: { salt: salt.toString('base64'), sha256 } };
}
