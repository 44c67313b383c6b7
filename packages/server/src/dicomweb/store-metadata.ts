import { uid } from '@symbolon/contract';
import { DicomError, type DicomJson, fromDicomJson, fromNativeXml, tags, tagText } from '@symbolon/dicom';
import { type NamedInstance, Refusal } from '../intake/index.ts';

/** One instance of metadata, and the bulk data that it waits for. */
export type Metadata = {
  readonly model: DicomJson;
  readonly instance: NamedInstance | undefined;
  /** Every BulkDataURI in it, as it stands. */
  readonly uris: readonly string[];
};

/**
 * What a part of metadata holds: an array of instances where it is JSON, or one alone; one where it is XML (PS3.18 §10.5.2).
 *
 * @throws Refusal DICOM_UNREADABLE
 */
export function parsedMetadata(form: 'json' | 'xml', bytes: Uint8Array): readonly unknown[] {
  if (form === 'xml') return [understood(() => fromNativeXml(bytes))];
  if (isHollow(bytes))
    throw new Refusal('DICOM_UNREADABLE', 'The metadata is almost nothing but brackets, which no DICOM JSON is.');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal('DICOM_UNREADABLE', 'The metadata is no JSON in UTF-8.');
  }
  return Array.isArray(json) ? json : [json];
}

/** The least that an attribute is written in has more, for each bracket: `"00080005":{"vr":"CS"}`. Bytes. */
const bytesOfBracket = 8;
/** Whatever it is, so much costs nothing. Bytes. */
const shortBytes = 1024 * 1024;

/**
 * JSON that is objects and arrays without anything in them takes 25 times as much in memory as its text, and 32 MiB of it
 * keep everybody waiting for seconds before it is known what it is.
 */
function isHollow(bytes: Uint8Array): boolean {
  if (bytes.length <= shortBytes) return false;
  let left = Math.floor(bytes.length / bytesOfBracket);
  // 0x5b and 0x7b, which nothing but these two become.
  for (let at = 0; at < bytes.length && left >= 0; at++) if ((bytes[at]! | 0x20) === 0x7b) left -= 1;
  return left < 0;
}

/** @throws Refusal DICOM_UNREADABLE */
export function metadataOf(parsed: unknown): Metadata {
  const model = understood(() => fromDicomJson(parsed));
  return { model, instance: nameOf(model), uris: urisOf(model) };
}

function understood(read: () => DicomJson): DicomJson {
  try {
    return read();
  } catch (error) {
    throw error instanceof DicomError ? refusalOf(error) : error;
  }
}

/** Why no file could be made of metadata; the messages name places, and no value. */
export function refusalOf(error: DicomError): Refusal {
  const code = error.code === 'DICOM_UID_MISSING' ? 'DICOM_UID_INVALID' : 'DICOM_UNREADABLE';
  return new Refusal(code, `${error.code}: ${error.message}`);
}

/** Whatever stands there, for the answer to name it; what it must be is judged when the file is read. */
function nameOf(model: DicomJson): NamedInstance | undefined {
  const of = (tag: number): string => {
    const value = model[tagText(tag)]?.Value?.[0];
    return typeof value === 'string' && uid.safeParse(value).success ? value : '';
  };
  const [sopClassUid, sopInstanceUid] = [of(tags.SOPClassUID), of(tags.SOPInstanceUID)];
  if (sopClassUid === '' || sopInstanceUid === '') return undefined;
  const [studyInstanceUid, seriesInstanceUid] = [of(tags.StudyInstanceUID), of(tags.SeriesInstanceUID)];
  return { sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid };
}

function urisOf(model: DicomJson): string[] {
  const uris: string[] = [];
  const work = [model];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    for (const attribute of Object.values(next)) {
      if (attribute.BulkDataURI !== undefined) uris.push(attribute.BulkDataURI);
      if (attribute.vr === 'SQ') for (const item of attribute.Value ?? []) work.push(item as DicomJson);
    }
  }
  return uris;
}
