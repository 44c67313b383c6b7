import { lookupTag } from '../dictionary/dictionary.ts';
import { tags, tagText } from '../dictionary/tags.ts';
import type { DataSet, Element } from '../element.ts';
import { DicomError } from '../errors.ts';
import { type DicomJson, type DicomJsonAttribute, toDicomJson } from '../json/dicom-json.ts';
import { writeDataSet } from '../write/write-data-set.ts';
import { directoryTags } from './directory-tags.ts';
import { alternatives, type RecordKey, recordKeys } from './record-keys.ts';

export type KeyOptions = {
  /** See `MediaDirectoryOptions`. */
  readonly missingKeys: 'refuse' | 'fill';
  /** What fills a number or an ID that is missing. */
  readonly count: number;
};

const ContentSequence = 0x0040a730;
const counted = new Set<number>([tags.StudyID, tags.SeriesNumber, tags.InstanceNumber]);

/**
 * What follows the links of one directory record: its type, the file where it has one, and its keys.
 *
 * Text is written in the character set of the instance, where the record needs one and that one holds it, else in ISO_IR 192.
 *
 * @throws DicomError DICOM_DIRECTORY_KEY_MISSING  a key of type 1 has no value
 */
export function recordBody(type: string, ds: DataSet, reference: DicomJson, options: KeyOptions): Uint8Array {
  const keys = recordKeys[type]!;
  const source = toDicomJson(only(ds, keys));
  const record: DicomJson = Object.assign(Object.create(null), reference);
  record[tagText(directoryTags.DirectoryRecordType)] = { vr: 'CS', Value: [type] };
  let foreign = false;
  for (const [tag, need] of keys) {
    const name = tagText(tag);
    const attribute = tag === ContentSequence ? titleModifiers(source[name]) : source[name];
    const value = hasValue(attribute) ? attribute : need === '1C' ? undefined : missing(tag, need, ds, options);
    if (value === undefined) continue;
    record[name] = value;
    foreign ||= isForeign(JSON.stringify(value));
  }
  const charset = source[tagText(tags.SpecificCharacterSet)];
  if (foreign && charset !== undefined) record[tagText(tags.SpecificCharacterSet)] = charset;
  return writeDataSet(record, { charset: 'utf-8-if-needed' });
}

/** The keys of an instance, and what reading them needs. */
function only(ds: DataSet, keys: readonly RecordKey[]): DataSet {
  const elements = new Map<number, Element>();
  for (const tag of [tags.SpecificCharacterSet, ...keys.map(([key]) => key)]) {
    const element = ds.elements.get(tag);
    if (element !== undefined) elements.set(tag, element);
  }
  return { ...ds, elements };
}

function hasValue(attribute: DicomJsonAttribute | undefined): attribute is DicomJsonAttribute {
  return attribute?.Value !== undefined && attribute.Value.length > 0;
}

function missing(tag: number, need: '1' | '2', ds: DataSet, { missingKeys, count }: KeyOptions): DicomJsonAttribute {
  const vr = lookupTag(tag)!.vr;
  if (need === '2') return { vr };
  if (missingKeys === 'refuse')
    throw new DicomError('DICOM_DIRECTORY_KEY_MISSING', `${tagText(tag)}, which a DICOMDIR needs, has no value`);
  if (counted.has(tag)) return { vr, Value: vr === 'IS' ? [count] : [String(count)] };
  for (const other of alternatives.get(tag) ?? []) {
    const element = ds.elements.get(other);
    const attribute = element && toDicomJson({ ...ds, elements: new Map([[other, element]]) })[tagText(other)];
    if (hasValue(attribute)) return { vr, Value: attribute.Value! };
  }
  return { vr };
}

function isForeign(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7e) return true;
  return false;
}

/** Of a document's content only what modifies its title: the rest is the document (PS3.3 §F.5, Content Sequence). */
function titleModifiers(content: DicomJsonAttribute | undefined): DicomJsonAttribute | undefined {
  const items = content?.Value?.filter((item) => (item as DicomJson)['0040A010']?.Value?.[0] === 'HAS CONCEPT MOD');
  return items === undefined ? undefined : { vr: 'SQ', Value: items };
}
