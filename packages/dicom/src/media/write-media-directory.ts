import { tags, tagText } from '../dictionary/tags.ts';
import type { DataSet, DicomFile } from '../element.ts';
import { DicomError } from '../errors.ts';
import type { DicomJson } from '../json/dicom-json.ts';
import { text } from '../value.ts';
import { layout, layoutBytes } from './directory-layout.ts';
import { recordBody } from './directory-record.ts';
import { directoryTags } from './directory-tags.ts';
import { isFileId } from './file-id.ts';
import { append, type Entity, newEntity, RecordBodies } from './kept-records.ts';
import { privateRecordUid, privateType, recordTypeOf } from './record-types.ts';

export type MediaDirectoryOptions = {
  /** (0002,0003) of the DICOMDIR; drawing one is the caller's. */
  sopInstanceUid: string;
  /** At most 16 capitals, digits, blanks and underscores; none by default. */
  fileSetId?: string;
  /**
   * Keys of type 1 that an instance has no value for. Default `refuse`. `fill`: date and time of a study come from its
   * series, acquisition or content; Study ID, Series Number and Instance Number are counted; everything else stays
   * empty, which readers put up with, because a made-up Patient ID would be taken for one. A value that cannot be
   * written, or is longer than keys are, is none then: it costs its record a value, and never the directory.
   */
  missingKeys?: 'refuse' | 'fill';
  /**
   * Instances that are no images, of SOP classes without a record type. Default `refuse`. `private`: they have a record
   * of type PRIVATE, so that every file of the set is in its directory.
   */
  unknownClasses?: 'refuse' | 'private';
  /** A second file of one SOP Instance UID. Default `refuse`. `accept`: it has a record of its own. */
  repeatedInstances?: 'refuse' | 'accept';
  /** What may be kept of all instances until the directory is written, with what lies beside each record. No limit by default. */
  maxKeptBytes?: number;
};

export type MediaDirectoryWriter = {
  /** Takes in one instance; only its records are kept. Errors as `writeMediaDirectory`; then nothing is taken in. */
  add(fileId: readonly string[], file: DicomFile): void;
  /** The DICOMDIR of what was taken in so far. */
  bytes(): Uint8Array;
  /** The same in pieces of 64 KiB or one record, and how long they are together; nothing may be added between them. */
  pieces(): Iterable<Uint8Array>;
  byteLength(): number;
};

const uidForm = /^[0-9.]{1,64}$/;
/** No key is longer but a sequence; with `fill` what is longer is left out. Bytes. */
const maxKeyBytes = 1024;
/** Of one sequence among the keys, and of all those of a directory: a medium's worth of presentation states. Bytes. */
const maxSequenceBytes = 64 * 1024;
const allSequencesBytes = 8 * 1024 * 1024;
/** What is kept of a record beside its bytes, and of one above instances also its key, in two bytes a sign. */
const besideRecordBytes = 400;

/**
 * Writes the DICOMDIR of a media set: `mediaDirectoryWriter`, given all of it at once.
 *
 * Shape   in: instances with the names they have in the set. out: one Part 10 file, explicit VR little endian.
 * Law     patients, studies, series and instances stand in the order in which each first came.
 * Cost    O(directory) memory: of an image its record of some 220 bytes, and as much again beside it.
 * Source  PS3.3 §F.3, §F.5; PS3.10 §8; PS3.11 says which profiles want more.
 *
 * @throws DicomError DICOM_FILE_ID_INVALID           not one to eight components of one to eight A-Z, 0-9 and _
 * @throws DicomError DICOM_DIRECTORY_REPEATED        the same file ID or SOP Instance UID a second time
 * @throws DicomError DICOM_DIRECTORY_CLASS_UNKNOWN   no image, and no SOP class that has a record type
 * @throws DicomError DICOM_DIRECTORY_KEY_MISSING     the message names the tag; see `missingKeys`
 * @throws DicomError DICOM_DIRECTORY_TOO_LARGE       more would be kept than `maxKeptBytes`
 * @throws DicomError DICOM_UID_MISSING               no SOP class, SOP instance, study or series UID
 */
export function writeMediaDirectory(
  instances: Iterable<{ readonly fileId: readonly string[]; readonly file: DicomFile }>,
  options: MediaDirectoryOptions,
): Uint8Array {
  const writer = mediaDirectoryWriter(options);
  for (const { fileId, file } of instances) writer.add(fileId, file);
  return writer.bytes();
}

export function mediaDirectoryWriter(options: MediaDirectoryOptions): MediaDirectoryWriter {
  const { missingKeys = 'refuse', fileSetId = '', maxKeptBytes = Number.POSITIVE_INFINITY } = options;
  if (!/^[A-Z0-9_ ]{0,16}$/.test(fileSetId))
    throw new DicomError(
      'DICOM_FILE_ID_INVALID',
      'A file-set ID is at most 16 capitals, digits, blanks and underscores',
    );
  const names = { sopInstanceUid: options.sopInstanceUid, fileSetId };
  const root = newEntity();
  const bodies = new RecordBodies();
  const files = new Set<string>();
  const instances = new Set<string>();
  let sequenceBytes = allSequencesBytes;
  let keptBytes = 0;
  const fits = (bytes: number, isSequence: boolean): boolean => {
    if (missingKeys === 'refuse') return true;
    if (!isSequence) return bytes <= maxKeyBytes;
    if (bytes > maxSequenceBytes || bytes > sequenceBytes) return false;
    sequenceBytes -= bytes;
    return true;
  };

  function add(fileId: readonly string[], file: DicomFile): void {
    if (!isFileId(fileId))
      throw new DicomError(
        'DICOM_FILE_ID_INVALID',
        'A file ID is one to eight components of one to eight A-Z, 0-9 and _',
      );
    const { dataset } = file;
    const sopClassUid = required(dataset, tags.SOPClassUID);
    const sopInstanceUid = required(dataset, tags.SOPInstanceUID);
    const type = recordTypeOf(sopClassUid, file) ?? unknownType(options);
    const name = fileId.join('\\');
    if (files.has(name) || instances.has(sopInstanceUid))
      throw new DicomError('DICOM_DIRECTORY_REPEATED', 'A file ID or SOP Instance UID stands in the set already');

    const above: { type: string; key: string }[] = type.root
      ? []
      : [
          { type: 'PATIENT', key: patientKey(dataset) },
          { type: 'STUDY', key: required(dataset, tags.StudyInstanceUID) },
          { type: 'SERIES', key: required(dataset, tags.SeriesInstanceUID) },
        ];
    // Every record is made before the first is kept: an instance that is refused leaves nothing behind.
    const made: { key: string; body: Uint8Array }[] = [];
    let entity: Entity | undefined = root;
    let depth = 0;
    for (const { type: aboveType, key } of above) {
      const known: Entity | undefined = entity?.byKey.get(key)?.below;
      if (known !== undefined) depth += 1;
      else {
        const count = (entity?.records.length ?? 0) + 1;
        made.push({ key, body: recordBody(aboveType, dataset, none, { missingKeys, count, fits }) });
      }
      entity = known;
    }
    // Group 0002 says what it likes: an instance is no less there for it.
    const syntax = missingKeys === 'refuse' || uidForm.test(file.transferSyntax) ? file.transferSyntax : undefined;
    const reference = referenceOf(fileId, sopClassUid, sopInstanceUid, syntax);
    if (type.type === privateType)
      reference[tagText(directoryTags.PrivateRecordUID)] = { vr: 'UI', Value: [privateRecordUid] };
    const count = (entity?.records.length ?? 0) + 1;
    const leaf = recordBody(type.type, dataset, reference, { missingKeys, count, fits });

    const bytes = made.reduce(
      (sum, { key, body }) => sum + body.length + 2 * key.length + besideRecordBytes,
      leaf.length + besideRecordBytes,
    );
    if (keptBytes + bytes > maxKeptBytes)
      throw new DicomError('DICOM_DIRECTORY_TOO_LARGE', 'The directory of so many instances exceeds the budget');
    keptBytes += bytes;

    let into = root;
    for (const { key } of above.slice(0, depth)) into = into.byKey.get(key)!.below!;
    for (const { key, body } of made) {
      const record = bodies.keep(body);
      record.below = newEntity();
      append(into, record);
      into.byKey.set(key, record);
      into = record.below;
    }
    append(into, bodies.keep(leaf));
    files.add(name);
    if (options.repeatedInstances !== 'accept') instances.add(sopInstanceUid);
  }

  return {
    add,
    pieces: () => layout(root, names),
    byteLength: () => layoutBytes(root, names),
    bytes() {
      const out = new Uint8Array(layoutBytes(root, names));
      let at = 0;
      for (const piece of layout(root, names)) {
        out.set(piece, at);
        at += piece.length;
      }
      return out;
    },
  };
}

const none: DicomJson = Object.create(null);

function unknownType({ unknownClasses }: MediaDirectoryOptions): { type: string; root: boolean } {
  if (unknownClasses === 'private') return { type: privateType, root: false };
  throw new DicomError('DICOM_DIRECTORY_CLASS_UNKNOWN', 'No directory record is known for that SOP class');
}

function required(ds: DataSet, tag: number): string {
  const value = shortText(ds, tag);
  if (value === undefined) throw new DicomError('DICOM_UID_MISSING', `${tagText(tag)} is missing`);
  return value;
}

/** What is longer than any key is kept nowhere. */
function shortText(ds: DataSet, tag: number): string | undefined {
  const element = ds.elements.get(tag);
  return element && element.valueEnd - element.valueStart <= maxKeyBytes ? text(ds, tag) : undefined;
}

/** Who a patient is: an ID within its issuer, or, where there is none, name and birth date. */
function patientKey(ds: DataSet): string {
  const id = shortText(ds, tags.PatientID);
  const parts = id === undefined ? [tags.PatientName, tags.PatientBirthDate] : [tags.IssuerOfPatientID];
  return JSON.stringify([id ?? null, ...parts.map((tag) => shortText(ds, tag) ?? '')]);
}

function referenceOf(
  fileId: readonly string[],
  sopClassUid: string,
  sopInstanceUid: string,
  transferSyntaxUid: string | undefined,
): DicomJson {
  return {
    [tagText(directoryTags.ReferencedFileID)]: { vr: 'CS', Value: [...fileId] },
    [tagText(directoryTags.ReferencedSOPClassUIDInFile)]: { vr: 'UI', Value: [sopClassUid] },
    [tagText(directoryTags.ReferencedSOPInstanceUIDInFile)]: { vr: 'UI', Value: [sopInstanceUid] },
    [tagText(directoryTags.ReferencedTransferSyntaxUIDInFile)]: {
      vr: 'UI',
      ...(transferSyntaxUid !== undefined && { Value: [transferSyntaxUid] }),
    },
  };
}
