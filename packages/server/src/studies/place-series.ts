import { randomUUID } from 'node:crypto';
import type { KeyChains, StudyPlace } from '../keys/index.ts';
import type { Attributes } from '../packs/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { firstValue, valuesOf } from './attributes.ts';
import { marksOfDate } from './date-marks.ts';
import { marksOfName } from './name-marks.ts';
import type { SearchTokens } from './search-tokens.ts';
import {
  addPatient,
  addSeries,
  addStudy,
  patientsWithToken,
  seriesOf,
  studiesWithTokens,
  updateStudyPatients,
} from './study.store.ts';
import type { StudyCell, StudyCells } from './study-cells.ts';

/** What an instance says of where it belongs, as DICOM JSON of each level. */
export type Belonging = {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly patient: Attributes;
  readonly study: Attributes;
  readonly series: Attributes;
};

export type PlacedSeries = { readonly place: StudyPlace; readonly seriesId: string; readonly modality: string };
export type PlaceDeps = { readonly chains: KeyChains; readonly cells: StudyCells; readonly tokens: SearchTokens };
export type Owner = { readonly accountId: string; readonly namespaceId: string };

/** Issuer and id name a patient; without an id there is none to find, and each study has a patient of its own. */
function patientName({ patient }: Belonging): string | undefined {
  const id = firstValue(patient, '00100020').trim();
  return id === '' ? undefined : `${firstValue(patient, '00100021').trim()}\u0000${id}`;
}

/** The buckets whose locks a commit holds, so that two senders of one study or patient make one row. */
export function bucketsOf(tokens: SearchTokens, belonging: Belonging): bigint[] {
  const patient = patientName(belonging);
  const study = tokens.token('studyUid', belonging.studyInstanceUid);
  return patient === undefined ? [study] : [study, tokens.token('patient', patient)];
}

export function patientTokens(tokens: SearchTokens, attributes: Attributes): bigint[] {
  const ids = valuesOf(attributes, '00100020').map((id) => tokens.token('patientId', id));
  return [
    ...ids,
    ...valuesOf(attributes, '00100010').flatMap((name) => marksOfName(name).map((mark) => tokens.token('name', mark))),
  ];
}

export function studyTokens(tokens: SearchTokens, belonging: Belonging): bigint[] {
  const marks = [
    tokens.token('studyUid', belonging.studyInstanceUid),
    ...valuesOf(belonging.study, '00080050').map((accession) => tokens.token('accession', accession)),
    ...valuesOf(belonging.study, '00080020').flatMap((date) =>
      marksOfDate(date).map((mark) => tokens.token('date', mark)),
    ),
    ...patientTokens(tokens, belonging.patient),
  ];
  return [...new Set(marks)];
}

async function findPatient(trx: Trx, deps: PlaceDeps, owner: Owner, belonging: Belonging): Promise<string | undefined> {
  const name = patientName(belonging);
  if (name === undefined) return undefined;
  for (const row of await patientsWithToken(trx, owner.accountId, deps.tokens.token('patient', name))) {
    const cell = await deps.cells.openPatient(owner.accountId, row.id, row.cell);
    if (patientName({ ...belonging, patient: cell.attributes }) === name) return row.id;
  }
  return undefined;
}

async function addNewPatient(trx: Trx, deps: PlaceDeps, owner: Owner, id: string, belonging: Belonging): Promise<void> {
  const name = patientName(belonging);
  const cell = await deps.cells.sealPatient(owner.accountId, id, { version: 1, attributes: belonging.patient });
  const tokens = name === undefined ? [] : [deps.tokens.token('patient', name)];
  await addPatient(trx, { id, accountId: owner.accountId, cell, tokens });
}

/** True where the two name the same patient, as far as either says anything. */
export function samePatient(a: Attributes, b: Attributes): boolean {
  const key = (attributes: Attributes): string =>
    ['00100020', '00100021', '00100010'].map((tag) => firstValue(attributes, tag).trim().toUpperCase()).join('\u0000');
  return key(a) === key(b);
}

async function findOrAddStudy(
  trx: Trx,
  deps: PlaceDeps,
  owner: Owner,
  belonging: Belonging,
  noted: boolean,
): Promise<StudyPlace> {
  const token = deps.tokens.token('studyUid', belonging.studyInstanceUid);
  for (const row of await studiesWithTokens(trx, owner.accountId, [token])) {
    const place = { accountId: owner.accountId, patientId: row.patientId, studyId: row.id };
    const cell = await deps.cells.openStudy(place, row.cell);
    if (firstValue(cell.attributes, '0020000D') !== belonging.studyInstanceUid) continue;
    if (noted) await notePatient(trx, deps, place, cell, belonging);
    return place;
  }
  const known = await findPatient(trx, deps, owner, belonging);
  const patientId = known ?? randomUUID();
  const place = { accountId: owner.accountId, patientId, studyId: randomUUID() };
  // Keys first: nothing may be sealed under a key that a crash could lose.
  await deps.chains.add(known === undefined ? [place] : [], [place]);
  if (known === undefined) await addNewPatient(trx, deps, owner, patientId, belonging);
  const attributes = { ...belonging.patient, ...belonging.study };
  const cell = await deps.cells.sealStudy(place, { version: 1, attributes, others: [] });
  const tokens = studyTokens(deps.tokens, belonging);
  await addStudy(trx, {
    id: place.studyId,
    accountId: owner.accountId,
    namespaceId: owner.namespaceId,
    patientId,
    cell,
    tokens,
  });
  return place;
}

/** More names than this in one study are a mistake that no list of them explains better. */
export const maxOtherPatients = 16;

/** An instance that names another patient than its study's is kept; the study is flagged, and found under either. */
async function notePatient(
  trx: Trx,
  deps: PlaceDeps,
  place: StudyPlace,
  cell: StudyCell,
  belonging: Belonging,
): Promise<void> {
  const known = [cell.attributes, ...cell.others].some((attributes) => samePatient(attributes, belonging.patient));
  if (known || cell.others.length >= maxOtherPatients) return;
  const sealed = await deps.cells.sealStudy(place, { ...cell, others: [...cell.others, belonging.patient] });
  await updateStudyPatients(trx, place.studyId, sealed, patientTokens(deps.tokens, belonging.patient));
}

/** The modality stands in plain columns, so only what can be one does: a code string (PS3.5 §6.2), which holds no name. */
export function plainModality(series: Attributes): string {
  const modality = firstValue(series, '00080060');
  return /^[A-Z0-9_ ]{1,16}$/.test(modality) ? modality : '';
}

/**
 * Finds the study and series an instance belongs to, or makes them, with their keys. The buckets must be locked.
 * `noted` is false for what is kept aside: it must not change what a study is found by.
 */
export async function placeSeries(
  trx: Trx,
  deps: PlaceDeps,
  owner: Owner,
  belonging: Belonging,
  noted: boolean,
): Promise<PlacedSeries> {
  const place = await findOrAddStudy(trx, deps, owner, belonging, noted);
  const modality = plainModality(belonging.series);
  const known = await seriesOf(trx, place.studyId);
  for (const row of known) {
    const cell = await deps.cells.openSeries(place, row.id, row.cell);
    if (firstValue(cell.attributes, '0020000E') === belonging.seriesInstanceUid)
      return { place, seriesId: row.id, modality: row.modality };
  }
  const id = randomUUID();
  const cell = await deps.cells.sealSeries(place, id, { version: 1, attributes: belonging.series });
  await addSeries(trx, {
    id,
    accountId: owner.accountId,
    studyId: place.studyId,
    ordinal: (known.at(-1)?.ordinal ?? 0) + 1,
    cell,
    modality,
    tokens: [deps.tokens.token('seriesUid', belonging.seriesInstanceUid)],
  });
  return { place, seriesId: id, modality };
}
