import { paths } from '@symbolon/contract';
import { type DicomJson, type DicomJsonAttribute, type DicomJsonValue, lookupTag } from '@symbolon/dicom';
import type { Attributes } from '../packs/index.ts';
import {
  firstValue,
  instanceTags,
  type Match,
  type OpenInstance,
  type OpenSeries,
  type OpenStudy,
  type PatientCounts,
  patientTags,
  seriesTags,
  studyTags,
} from '../studies/index.ts';
import { type Kept, within } from './included.ts';

const some = (vr: string, ...values: readonly DicomJsonValue[]): DicomJsonAttribute =>
  values.length === 0 ? { vr } : { vr, Value: [...values] };

/** What is answered only where it has a value: conditional and optional in PS3.18 Tables 10.6.3-3 to -5. */
const onlyWithValue = new Set(
  '00100021 00081030 00080201 0008103E 00080021 00080031 00180015 00400244 00400245 00400275 00280008 00280010 00280011 00280100'.split(
    ' ',
  ),
);

const emptyOf: ReadonlyMap<string, DicomJsonAttribute> = new Map(
  [...patientTags, ...studyTags, ...seriesTags, ...instanceTags]
    .filter((tag) => !onlyWithValue.has(tag))
    .map((tag) => [tag, { vr: lookupTag(Number.parseInt(tag, 16))?.vr ?? 'UN' }]),
);
const charset = some('CS', 'ISO_IR 192');
const online = some('CS', 'ONLINE');

/** A required attribute without a value is answered empty, so that a client can tell "empty" from "not known here". */
function put(item: DicomJson, attributes: Attributes, tags: readonly string[]): void {
  for (const tag of tags) {
    const attribute = attributes[tag] ?? emptyOf.get(tag);
    if (attribute !== undefined) item[tag] = attribute as DicomJsonAttribute;
  }
}

/** Where the resources of DICOMweb begin, as clients address them. */
export type Root = `${string}/dicomweb`;
export const rootOf = (publicUrl: string): Root => `${publicUrl}${paths.dicomweb}` as Root;

const studyUrl = (root: Root, { cell }: Pick<OpenStudy, 'cell'>): string =>
  `${root}/studies/${firstValue(cell.attributes, '0020000D')}`;
const seriesUrl = (root: Root, study: OpenStudy, { cell }: OpenSeries): string =>
  `${studyUrl(root, study)}/series/${firstValue(cell.attributes, '0020000E')}`;

/** Table 10.6.3-3. */
function putStudy(item: DicomJson, root: Root, study: Pick<OpenStudy, 'row' | 'cell'>): void {
  put(item, study.cell.attributes, patientTags);
  put(item, study.cell.attributes, studyTags);
  item['00080005'] = charset;
  item['00080056'] = online;
  // Of files without a Modality, which the standard does not allow: OHIF shows no list at all where this has no value.
  if (study.row.modalities.length > 0) item['00080061'] = some('CS', ...study.row.modalities);
  item['00081190'] = some('UR', studyUrl(root, study));
  item['00201206'] = some('IS', study.row.seriesCount);
  item['00201208'] = some('IS', study.row.instanceCount);
}

/** Table 10.6.3-4. */
function putSeries(item: DicomJson, root: Root, study: OpenStudy, series: OpenSeries): void {
  put(item, series.cell.attributes, seriesTags);
  item['00080005'] = charset;
  item['00080056'] = online;
  item['00081190'] = some('UR', seriesUrl(root, study, series));
  item['0020000D'] = study.cell.attributes['0020000D'] as DicomJsonAttribute;
  item['00201209'] = some('IS', series.row.instanceCount);
}

/** Table 10.6.3-5. */
function putInstance(
  item: DicomJson,
  root: Root,
  study: OpenStudy,
  series: OpenSeries,
  { instance }: Pick<OpenInstance, 'instance'>,
): void {
  put(item, instance.attributes, instanceTags);
  item['00080005'] = charset;
  item['00080056'] = online;
  item['00081190'] = some('UR', `${seriesUrl(root, study, series)}/instances/${instance.sopInstanceUid}`);
  item['0020000D'] = study.cell.attributes['0020000D'] as DicomJsonAttribute;
  item['0020000E'] = series.cell.attributes['0020000E'] as DicomJsonAttribute;
  item['00083002'] = some('UI', instance.transferSyntax);
}

/** A patient, by what the newest of their studies says: an extension, with the attributes of PS3.4 Table C.6-1. */
export function putPatient(item: DicomJson, attributes: Attributes, counts: PatientCounts | undefined): void {
  put(item, attributes, patientTags);
  item['00080005'] = charset;
  if (counts) putPatientCounts(item, counts);
}

export function putPatientCounts(item: DicomJson, { studies, series, instances }: PatientCounts): void {
  item['00201200'] = some('IS', studies);
  item['00201202'] = some('IS', series);
  item['00201204'] = some('IS', instances);
}

export const putSopClasses = (item: DicomJson, uids: readonly string[]): void => {
  item['00080062'] = some('UI', ...uids);
};

/** Which levels a resource answers in full: its own, and those above that its path does not name. */
export type Shape = { readonly study: boolean; readonly series: boolean; readonly instance: boolean };

/** Everything that is kept of a match and the levels above it, as far as it is always answered, or included. */
export function itemOf(root: Root, match: Match, shape: Shape, included: Kept): DicomJson {
  const { study, series, instance } = match;
  const item: DicomJson = Object.create(null);
  putWhere(item, shape.study, included, (into) => putStudy(into, root, study));
  if (series) putWhere(item, shape.series, included, (into) => putSeries(into, root, study, series));
  if (series && instance)
    putWhere(item, shape.instance, included, (into) => putInstance(into, root, study, series, instance));
  return item;
}

/** All of a level, or what was asked for of it. */
function putWhere(item: DicomJson, whole: boolean, included: Kept, putAll: (item: DicomJson) => void): void {
  if (whole) putAll(item);
  if (whole || included.size === 0) return;
  const all: DicomJson = Object.create(null);
  putAll(all);
  for (const [tag, paths] of included) {
    const attribute = all[tag];
    if (attribute !== undefined) item[tag] = within(attribute, paths);
  }
}
