import { randomUUID } from 'node:crypto';
import { may, type SignedIn } from '../access/index.ts';
import { newStudy, type StudyPlace } from '../keys/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { firstValue } from './attributes.ts';
import { type Belonging, type PlaceDeps, patientName, studyTokens } from './place-series.ts';
import { patientsWithTokens, type StudyRow, studiesWithTokens } from './study.store.ts';
import type { StudyCell } from './study-cells.ts';
import { countsAsTheirs } from './thing.ts';

/** A study to which instances are added, while their group is committed: its row, or what will be one. */
export type ChosenStudy = {
  readonly place: StudyPlace;
  readonly namespaceId: string;
  /** Of one that is there; a new one has nothing yet but its namespace. */
  readonly row?: StudyRow;
  /** Of a new one whose patient is not there either. */
  readonly newPatient?: Belonging;
  cell: StudyCell;
  /** Marks of a new study, or those that an instance of this group added. */
  tokens: bigint[];
  noted: boolean;
};

export type Sent = { readonly owner: SignedIn; readonly belonging: Belonging };

/** Whether somebody may add to a study, or it counts as theirs: so instances are placed, and told from what lies there. */
export function joins(owner: SignedIn, { row, namespaceId }: ChosenStudy): boolean {
  if (row) return countsAsTheirs(owner, row);
  return namespaceId === owner.namespaceId || may(owner, 'study.add', { accountId: owner.accountId, namespaceId });
}

/**
 * The study to which each instance is added: one of its UID that counts as its sender's, the oldest of several. To another's,
 * which they cannot see, it is not added and does not answer: the sender gets a study of their own under that UID. Nothing is
 * written; what is chosen and needed by nobody then is dropped. The buckets must be locked.
 *
 * Shape  out: for each that was sent, in order; the same object for the same study
 */
export async function chooseStudies(
  trx: Trx,
  deps: PlaceDeps,
  accountId: string,
  sent: readonly Sent[],
): Promise<ChosenStudy[]> {
  const studies = await studiesThere(trx, deps, accountId, sent);
  /** A request sends many instances of a study. */
  const found = new Map<SignedIn, Map<string, ChosenStudy>>();
  const choice = ({ owner, belonging }: Sent): ChosenStudy | undefined => {
    const uid = belonging.studyInstanceUid;
    const before = found.get(owner) ?? new Map<string, ChosenStudy>();
    const study = before.get(uid) ?? studies.get(uid)?.find((one) => joins(owner, one));
    if (study) found.set(owner, before.set(uid, study));
    return study;
  };
  const unplaced = sent.filter((one) => choice(one) === undefined);
  const patients = await patientsThere(trx, deps, accountId, unplaced);
  return sent.map((one) => {
    const known = choice(one);
    if (known) return known;
    const { owner, belonging } = one;
    const name = patientName(belonging);
    const patient = (name === undefined ? undefined : patients.get(name)) ?? {
      id: randomUUID(),
      newPatient: belonging,
    };
    if (name !== undefined) patients.set(name, patient);
    const { id: patientId, newPatient } = patient;
    const study: ChosenStudy = {
      place: newStudy({ accountId, patientId }),
      namespaceId: owner.namespaceId,
      ...(newPatient && { newPatient }),
      cell: { version: 1, attributes: { ...belonging.patient, ...belonging.study }, others: [] },
      tokens: studyTokens(deps.tokens, belonging),
      noted: false,
    };
    const uid = belonging.studyInstanceUid;
    studies.set(uid, [...(studies.get(uid) ?? []), study]);
    return study;
  });
}

/** The studies that are there under these UIDs, the oldest first. */
async function studiesThere(
  trx: Trx,
  deps: PlaceDeps,
  accountId: string,
  sent: readonly Sent[],
): Promise<Map<string, ChosenStudy[]>> {
  const wanted = new Set(sent.map(({ belonging }) => belonging.studyInstanceUid));
  const found = new Map<string, ChosenStudy[]>();
  const marks = [...wanted].map((uid) => deps.tokens.token('studyUid', uid));
  for (const row of await studiesWithTokens(trx, accountId, marks)) {
    const place = { accountId, patientId: row.patientId, studyId: row.id, keyId: row.keyId };
    const cell = await deps.cells.openStudy(place, row.cell);
    const uid = firstValue(cell.attributes, '0020000D');
    // Tokens nominate, the opened cell decides.
    if (!wanted.has(uid)) continue;
    const study = { place, row, namespaceId: row.namespaceId, cell, tokens: [], noted: false };
    found.set(uid, [...(found.get(uid) ?? []), study]);
  }
  return found;
}

type Patient = { readonly id: string; readonly newPatient?: Belonging };

/** Patients by name, of those that new studies name. */
async function patientsThere(
  trx: Trx,
  deps: PlaceDeps,
  accountId: string,
  sent: readonly Sent[],
): Promise<Map<string, Patient>> {
  const wanted = new Set(sent.flatMap(({ belonging }) => patientName(belonging) ?? []));
  const found = new Map<string, Patient>();
  const marks = [...wanted].map((name) => deps.tokens.token('patient', name));
  for (const row of await patientsWithTokens(trx, accountId, marks)) {
    const { attributes } = await deps.cells.openPatient(accountId, row.id, row.cell);
    const name = patientName({ patient: attributes });
    if (name !== undefined && wanted.has(name) && !found.has(name)) found.set(name, { id: row.id });
  }
  return found;
}
