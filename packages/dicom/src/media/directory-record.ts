import { lookupTag } from '../dictionary/dictionary.ts';
import { tags, tagText } from '../dictionary/tags.ts';
import type { DataSet, Element } from '../element.ts';
import { DicomError } from '../errors.ts';
import { type DicomJson, type DicomJsonAttribute, toDicomJson } from '../json/dicom-json.ts';
import { text } from '../value.ts';
import { writeDataSet } from '../write/write-data-set.ts';
import { directoryTags } from './directory-tags.ts';
import { alternatives, type RecordKey, recordKeys } from './record-keys.ts';

export type KeyOptions = {
  /** See `MediaDirectoryOptions`. */
  readonly missingKeys: 'refuse' | 'fill';
  /** What fills a number or an ID that is missing. */
  readonly count: number;
  /** Whether a value of so many bytes, or a sequence of so many, is short enough to be a key. */
  readonly fits: (bytes: number, isSequence: boolean) => boolean;
};

const ContentSequence = 0x0040a730;
const RelationshipType = 0x0040a010;
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
  const source = toDicomJson(only(ds, keys, options), { decimals: 'string' });
  if (options.missingKeys === 'fill')
    for (const tag of [tags.SpecificCharacterSet, ...keys.map(([key]) => key)]) keepWritable(source, tag);
  const record: DicomJson = Object.assign(Object.create(null), reference);
  record[tagText(directoryTags.DirectoryRecordType)] = { vr: 'CS', Value: [type] };
  let foreign = false;
  for (const [tag, need] of keys) {
    const name = tagText(tag);
    const attribute = source[name];
    const value = hasValue(attribute) ? attribute : need === '1C' ? undefined : missing(tag, need, ds, options);
    if (value === undefined) continue;
    record[name] = value;
    foreign ||= isForeign(JSON.stringify(value));
  }
  const charset = source[tagText(tags.SpecificCharacterSet)];
  if (foreign && charset?.vr === 'CS') record[tagText(tags.SpecificCharacterSet)] = charset;
  return writeDataSet(record, { charset: 'utf-8-if-needed' });
}

/** The keys of an instance, and what reading them needs. */
function only(ds: DataSet, keys: readonly RecordKey[], { fits }: KeyOptions): DataSet {
  const elements = new Map<number, Element>();
  for (const tag of [tags.SpecificCharacterSet, ...keys.map(([key]) => key)]) {
    const stored = ds.elements.get(tag);
    const element = stored && tag === ContentSequence ? titleModifiers(stored) : stored;
    if (element !== undefined && fits(bytesOf(element), element.items !== undefined)) elements.set(tag, element);
  }
  return { ...ds, elements };
}

/** Leaves out a key of which no element of its tag can be made: of another VR, or with what that VR does not hold. */
function keepWritable(source: DicomJson, tag: number): void {
  const name = tagText(tag);
  const attribute = source[name];
  if (!hasValue(attribute)) return;
  const { vr } = lookupTag(tag)!;
  const asKey = { vr, Value: attribute.Value };
  if ((attribute.vr === 'SQ') === (vr === 'SQ') && isWritable(name, asKey)) source[name] = asKey;
  else delete source[name];
}

function isWritable(name: string, attribute: DicomJsonAttribute): boolean {
  try {
    writeDataSet({ [name]: attribute });
    return true;
  } catch (error) {
    if (error instanceof DicomError) return false;
    throw error;
  }
}

function hasValue(
  attribute: DicomJsonAttribute | undefined,
): attribute is DicomJsonAttribute & { readonly Value: NonNullable<DicomJsonAttribute['Value']> } {
  return attribute?.Value !== undefined && attribute.Value.length > 0;
}

function missing(
  tag: number,
  need: '1' | '2',
  ds: DataSet,
  { missingKeys, count, fits }: KeyOptions,
): DicomJsonAttribute {
  const vr = lookupTag(tag)!.vr;
  if (need === '2') return { vr };
  if (missingKeys === 'refuse')
    throw new DicomError('DICOM_DIRECTORY_KEY_MISSING', `${tagText(tag)}, which a DICOMDIR needs, has no value`);
  if (counted.has(tag)) return { vr, Value: vr === 'IS' ? [count] : [String(count)] };
  for (const other of alternatives.get(tag) ?? []) {
    const element = ds.elements.get(other);
    if (element === undefined || !fits(bytesOf(element), element.items !== undefined)) continue;
    // What a sender wrote there is trusted no more than what stands in the key itself.
    const found = toDicomJson({ ...ds, elements: new Map([[other, element]]) });
    keepWritable(found, other);
    const attribute = found[tagText(other)];
    if (hasValue(attribute)) return { vr, Value: attribute.Value };
  }
  return { vr };
}

function isForeign(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7e) return true;
  return false;
}

/** Of a document's content only what modifies its title: the rest is the document (PS3.3 §F.5, Content Sequence). */
function titleModifiers(content: Element): Element {
  const items = content.items?.filter((item) => text(item, RelationshipType) === 'HAS CONCEPT MOD');
  return { ...content, items };
}

function bytesOf({ items, valueStart, valueEnd }: Element): number {
  if (items === undefined) return valueEnd - valueStart;
  return items.reduce((sum, { item }) => sum + item!.end - item!.start, 0);
}
