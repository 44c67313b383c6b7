import { randomUUID } from 'node:crypto';
import type { KeyChains, StudyPlace } from '../keys/index.ts';
import type { Attributes } from '../packs/index.ts';
import type { Trx } from '../platform/db/database.ts';
import { firstValue, valuesOf } from './attributes.ts';
import type { ChosenStudy } from './choose-studies.ts';
import { marksOfDates } from './date-marks.ts';
import { marksOfName } from './name-marks.ts';
import type { SearchTokens } from './search-tokens.ts';
import {
  addPatients,
  addSeries,
  addStudies,
  type NewPatient,
  type NewSeries,
  type NewStudy,
  seriesOfAll,
  updateStudyPatients,
} from './study.store.ts';
import type { StudyCells } from './study-cells.ts';

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

/** `noted` is false for what is kept aside: it must not change what a study is found by. */
export type PlaceRequest = {
  readonly study: ChosenStudy;
  readonly belonging: Belonging;
  readonly noted: boolean;
};

/** Issuer and id name a patient; without an id there is none to find, and each study has a patient of its own. */
export function patientName({ patient }: Pick<Belonging, 'patient'>): string | undefined {
  const id = firstValue(patient, '00100020').trim();
  return id === '' ? undefined : `${firstValue(patient, '00100021').trim()}\u0000${id}`;
}

type Belongs = Pick<Belonging, 'studyInstanceUid' | 'patient'>;

/** Its study and its patient: two commits that share one of these must not run at once, or each would make a row. */
export function sharedBy(belonging: Belongs): ['studyUid' | 'patient', string][] {
  const patient = patientName(belonging);
  const study: ['studyUid', string] = ['studyUid', belonging.studyInstanceUid];
  return patient === undefined ? [study] : [study, ['patient', patient]];
}

/** The buckets whose locks a commit holds, against those of other nodes. */
export function bucketsOf(tokens: SearchTokens, belonging: Belongs): bigint[] {
  return sharedBy(belonging).map(([field, value]) => tokens.first(field, value));
}

export function patientTokens(tokens: SearchTokens, attributes: Attributes): bigint[] {
  const ids = valuesOf(attributes, '00100020').flatMap((id) => tokens.written('patientId', id));
  return [
    ...ids,
    ...valuesOf(attributes, '00100010').flatMap((name) =>
      marksOfName(name).flatMap((mark) => tokens.written('name', mark)),
    ),
  ];
}

export function studyTokens(tokens: SearchTokens, belonging: Belonging): bigint[] {
  const marks = [
    ...tokens.written('studyUid', belonging.studyInstanceUid),
    ...valuesOf(belonging.study, '00080050').flatMap((accession) => tokens.written('accession', accession)),
    ...marksOfDates(valuesOf(belonging.study, '00080020')).flatMap((mark) => tokens.written('date', mark)),
    ...patientTokens(tokens, belonging.patient),
  ];
  return [...new Set(marks)];
}

/** True where the two name the same patient, as far as either says anything. */
export function samePatient(a: Attributes, b: Attributes): boolean {
  const key = (attributes: Attributes): string =>
    ['00100020', '00100021', '00100010'].map((tag) => firstValue(attributes, tag).trim().toUpperCase()).join('\u0000');
  return key(a) === key(b);
}

/** More names than this in one study are a mistake that no list of them explains better. */
export const maxOtherPatients = 16;

/** The modality stands in plain columns, so only what can be one does: a code string (PS3.5 §6.2), which holds no name. */
export function plainModality(series: Attributes): string {
  const modality = firstValue(series, '00080060');
  return /^[A-Z0-9_ ]{1,16}$/.test(modality) ? modality : '';
}

type OpenSeries = { readonly id: string; readonly uid: string; readonly modality: string };

/**
 * Puts instances into the studies that were chosen for them, and finds their series; what is not there is made, with its keys:
 * in a handful of statements and one write to the key store, however many they are. The buckets must be locked.
 *
 * Shape  out: for each request, in order, where it belongs.
 */
export async function placeSeries(
  trx: Trx,
  deps: PlaceDeps,
  accountId: string,
  requests: readonly PlaceRequest[],
): Promise<PlacedSeries[]> {
  for (const { study, belonging, noted } of requests) if (noted) notePatient(deps, study, belonging);
  const studies = [...new Set(requests.map(({ study }) => study))];
  await writeStudies(trx, deps, accountId, studies);
  return placeInStudies(trx, deps, requests, studies);
}

/** An instance that names another patient than its study's is kept; the study is flagged, and found under either. */
function notePatient(deps: PlaceDeps, study: ChosenStudy, { patient }: Belonging): void {
  const { cell } = study;
  const known = [cell.attributes, ...cell.others].some((attributes) => samePatient(attributes, patient));
  if (known || cell.others.length >= maxOtherPatients) return;
  study.cell = { ...cell, others: [...cell.others, patient] };
  study.tokens = [...new Set([...study.tokens, ...patientTokens(deps.tokens, patient)])];
  study.noted = true;
}

async function writeStudies(
  trx: Trx,
  deps: PlaceDeps,
  accountId: string,
  studies: readonly ChosenStudy[],
): Promise<void> {
  const fresh = studies.filter(({ row }) => row === undefined);
  const newPatients = new Map<string, Belonging>();
  for (const { place, newPatient } of fresh)
    if (newPatient && !newPatients.has(place.patientId)) newPatients.set(place.patientId, newPatient);
  // Keys first: nothing may be sealed under a key that a crash could lose.
  await deps.chains.add(
    [...newPatients.keys()].map((patientId) => ({ accountId, patientId })),
    fresh.map(({ place }) => place),
  );
  const patients: NewPatient[] = [];
  for (const [id, belonging] of newPatients) {
    const name = patientName(belonging);
    const cell = await deps.cells.sealPatient(accountId, id, { version: 1, attributes: belonging.patient });
    patients.push({ id, accountId, cell, tokens: name === undefined ? [] : deps.tokens.written('patient', name) });
  }
  await addPatients(trx, patients);
  const rows: NewStudy[] = [];
  for (const { place, namespaceId, cell, tokens, noted, row } of studies) {
    if (row && !noted) continue;
    const sealed = await deps.cells.sealStudy(place, cell);
    const { studyId: id, patientId } = place;
    if (!row) rows.push({ id, accountId, namespaceId, patientId, cell: sealed, misidentified: noted, tokens });
    else await updateStudyPatients(trx, id, sealed, tokens);
  }
  await addStudies(trx, rows);
}

async function placeInStudies(
  trx: Trx,
  deps: PlaceDeps,
  requests: readonly PlaceRequest[],
  studies: readonly ChosenStudy[],
): Promise<PlacedSeries[]> {
  const series = new Map<string, OpenSeries[]>();
  const places = new Map(studies.map(({ place }) => [place.studyId, place]));
  const existing = studies.filter(({ row }) => row !== undefined).map(({ place }) => place.studyId);
  const ordinals = new Map<string, number>();
  for (const row of await seriesOfAll(trx, existing)) {
    const { attributes } = await deps.cells.openSeries(places.get(row.studyId) as StudyPlace, row.id, row.cell);
    const one = { id: row.id, uid: firstValue(attributes, '0020000E'), modality: row.modality };
    series.set(row.studyId, [...(series.get(row.studyId) ?? []), one]);
    ordinals.set(row.studyId, row.ordinal);
  }
  const rows: NewSeries[] = [];
  const placed: PlacedSeries[] = [];
  for (const request of requests) {
    const { belonging } = request;
    const { place } = request.study;
    const { accountId, studyId } = place;
    const others = series.get(studyId) ?? [];
    let one = others.find(({ uid }) => uid === belonging.seriesInstanceUid);
    if (one === undefined) {
      one = { id: randomUUID(), uid: belonging.seriesInstanceUid, modality: plainModality(belonging.series) };
      const cell = await deps.cells.sealSeries(place, one.id, { version: 1, attributes: belonging.series });
      const ordinal = (ordinals.get(studyId) ?? 0) + 1;
      ordinals.set(studyId, ordinal);
      series.set(studyId, [...others, one]);
      const tokens = deps.tokens.written('seriesUid', belonging.seriesInstanceUid);
      rows.push({ id: one.id, accountId, studyId, ordinal, cell, modality: one.modality, tokens });
    }
    placed.push({ place, seriesId: one.id, modality: one.modality });
  }
  await addSeries(trx, rows);
  return placed;
}
