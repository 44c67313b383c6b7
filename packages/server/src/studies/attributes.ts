import { type DataSet, toDicomJson } from '@symbolon/dicom';
import type { Attributes } from '../packs/index.ts';

/** What is kept of each level for searching and listing, by tag. Source: PS3.18 Tables 10.6.1-3a to 10.6.3-5. */
export const patientTags = ['00100010', '00100020', '00100021', '00100030', '00100040'] as const;
export const studyTags = [
  '0020000D',
  '00080020',
  '00080030',
  '00080050',
  '00080090',
  '00081030',
  '00200010',
  '00080201',
] as const;
export const seriesTags = [
  '0020000E',
  '00080060',
  '0008103E',
  '00200011',
  '00080021',
  '00080031',
  '00180015',
  '00400244',
  '00400245',
  '00400275',
] as const;
export const instanceTags = [
  '00080016',
  '00080018',
  '00200013',
  '00280008',
  '00280010',
  '00280011',
  '00280100',
  '00080201',
] as const;

/** A value longer than this is cut out of the cells: it is still in the identity half, and in the metadata. */
const maxValueCharacters = 4096;

/** Where bytes are that stand in a sequence: not here, and so the sequence is not, either. */
const nowhere = 'urn:nowhere';
const bulkDataUri = (): string => nowhere;

const numbersOf = (tags: readonly string[]): ReadonlySet<number> =>
  new Set(tags.map((tag) => Number.parseInt(tag, 16)));

/** What was asked of a data set, as DICOM JSON. Bulk values never get here. */
const jsonOf = (dataset: DataSet, wanted: ReadonlySet<number>): Attributes =>
  toDicomJson(dataset, { pick: (tag) => wanted.has(tag), inlineLimitBytes: 0, bulkDataUri }) as Attributes;

function kept(json: Attributes, tags: readonly string[]): Attributes {
  const picked: Record<string, Attributes[string]> = {};
  for (const tag of tags) {
    const attribute = json[tag];
    if (attribute?.Value === undefined) continue;
    const text = JSON.stringify(attribute.Value);
    if (text.length > maxValueCharacters || text.includes(`"BulkDataURI":"${nowhere}"`)) continue;
    picked[tag] = { vr: attribute.vr, Value: attribute.Value };
  }
  return picked;
}

/** The attributes of a data set at one level, as DICOM JSON. Bulk values never get here. */
export function pickAttributes(dataset: DataSet, tags: readonly string[]): Attributes {
  return kept(jsonOf(dataset, numbersOf(tags)), tags);
}

const everyLevel = numbersOf([...patientTags, ...studyTags, ...seriesTags, ...instanceTags]);

/** The attributes of all four levels, by one look at each element: whatever comes in is asked for all of them. */
export function pickLevels(
  dataset: DataSet,
): Readonly<Record<'patient' | 'study' | 'series' | 'instance', Attributes>> {
  const json = jsonOf(dataset, everyLevel);
  return {
    patient: kept(json, patientTags),
    study: kept(json, studyTags),
    series: kept(json, seriesTags),
    instance: kept(json, instanceTags),
  };
}

/** The values of an attribute as the strings that DICOM matching compares; a person name is `A=I=P`. */
export function valuesOf(attributes: Attributes, tag: string): string[] {
  return (attributes[tag]?.Value ?? []).flatMap((value) => {
    if (value === null || value === undefined) return [];
    if (typeof value !== 'object') return [String(value)];
    const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as Record<string, string>;
    return [[Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '')];
  });
}

/** The tags by which a search for a level can be asked, those of the levels above included: their keys hold for what is in them. */
export function searchKeysOf(level: 'patient' | 'study' | 'series' | 'instance'): ReadonlySet<string> {
  return keysOf[level];
}

/** Clocks are told, and no key. */
const keysBy = (...tags: readonly string[]): ReadonlySet<string> => new Set(tags.filter((tag) => tag !== '00080201'));
const studyKeyTags = [...patientTags, ...studyTags, '00080061'];
const keysOf = {
  patient: keysBy(...patientTags),
  study: keysBy(...studyKeyTags),
  series: keysBy(...studyKeyTags, ...seriesTags),
  instance: keysBy(...studyKeyTags, ...seriesTags, ...instanceTags),
};

export function firstValue(attributes: Attributes, tag: string): string {
  return valuesOf(attributes, tag)[0] ?? '';
}
