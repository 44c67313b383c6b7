import { tags, tagText } from '../dictionary/tags.ts';
import type { DataSet, DicomFile } from '../element.ts';
import { DicomError } from '../errors.ts';
import type { DicomJson } from '../json/dicom-json.ts';
import { text } from '../value.ts';
import { writeFile } from '../write/write-file.ts';
import { recordBody } from './directory-record.ts';
import { directoryTags, mediaStorageDirectoryStorage, recordInUse } from './directory-tags.ts';
import { isFileId } from './file-id.ts';
import { recordTypeOf } from './record-types.ts';

export type MediaDirectoryOptions = {
  /** (0002,0003) of the DICOMDIR; drawing one is the caller's. */
  sopInstanceUid: string;
  /** At most 16 capitals, digits, blanks and underscores; none by default. */
  fileSetId?: string;
  /**
   * Keys of type 1 that an instance has no value for. Default `refuse`. `fill`: date and time of a study come from its
   * series, acquisition or content; Study ID, Series Number and Instance Number are counted; everything else stays
   * empty, which readers put up with, because a made-up Patient ID would be taken for one.
   */
  missingKeys?: 'refuse' | 'fill';
};

export type MediaDirectoryWriter = {
  /** Takes in one instance; only its records are kept. Errors as `writeMediaDirectory`; then nothing is taken in. */
  add(fileId: readonly string[], file: DicomFile): void;
  /** The DICOMDIR of what was taken in so far. */
  bytes(): Uint8Array;
};

type Node = { readonly body: Uint8Array; readonly below: Map<string, Node>; start: number };

/** Links and the head of the item: what stands before a record's body. */
const itemHead = 8;
const linkBytes = 12 + 10 + 12;

/**
 * Writes the DICOMDIR of a media set: `mediaDirectoryWriter`, given all of it at once.
 *
 * Shape   in: instances with the names they have in the set. out: one Part 10 file, explicit VR little endian.
 * Law     patients, studies, series and instances stand in the order in which each first came.
 * Cost    O(directory) memory; of an instance only its records are kept.
 * Source  PS3.3 §F.3, §F.5; PS3.10 §8; PS3.11 says which profiles want more.
 *
 * @throws DicomError DICOM_FILE_ID_INVALID           not one to eight components of one to eight A-Z, 0-9 and _
 * @throws DicomError DICOM_DIRECTORY_REPEATED        the same file ID or SOP Instance UID a second time
 * @throws DicomError DICOM_DIRECTORY_CLASS_UNKNOWN   no image, and no SOP class that has a record type
 * @throws DicomError DICOM_DIRECTORY_KEY_MISSING     the message names the tag; see `missingKeys`
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
  const { missingKeys = 'refuse', fileSetId = '' } = options;
  if (!/^[A-Z0-9_ ]{0,16}$/.test(fileSetId))
    throw new DicomError(
      'DICOM_FILE_ID_INVALID',
      'A file-set ID is at most 16 capitals, digits, blanks and underscores',
    );
  const root = new Map<string, Node>();
  const taken = new Set<string>();

  function add(fileId: readonly string[], file: DicomFile): void {
    if (!isFileId(fileId))
      throw new DicomError(
        'DICOM_FILE_ID_INVALID',
        'A file ID is one to eight components of one to eight A-Z, 0-9 and _',
      );
    const { dataset } = file;
    const sopClassUid = required(dataset, tags.SOPClassUID);
    const sopInstanceUid = required(dataset, tags.SOPInstanceUID);
    const type = recordTypeOf(sopClassUid, file);
    if (type === undefined)
      throw new DicomError('DICOM_DIRECTORY_CLASS_UNKNOWN', 'No directory record is known for that SOP class');
    const name = fileId.join('\\');
    if (taken.has(`file ${name}`) || taken.has(`instance ${sopInstanceUid}`))
      throw new DicomError('DICOM_DIRECTORY_REPEATED', 'A file ID or SOP Instance UID stands in the set already');

    const above: { type: string; key: string }[] = type.root
      ? []
      : [
          { type: 'PATIENT', key: patientKey(dataset) },
          { type: 'STUDY', key: required(dataset, tags.StudyInstanceUID) },
          { type: 'SERIES', key: required(dataset, tags.SeriesInstanceUID) },
        ];
    // Every record is made before the first is kept: an instance that is refused leaves nothing behind.
    const made: { into: Map<string, Node>; key: string; node: Node }[] = [];
    let level = root;
    for (const { type: aboveType, key } of above) {
      let node = level.get(key);
      if (node === undefined) {
        node = newNode(recordBody(aboveType, dataset, none, { missingKeys, count: level.size + 1 }));
        made.push({ into: level, key, node });
      }
      level = node.below;
    }
    const reference = referenceOf(fileId, sopClassUid, sopInstanceUid, file.transferSyntax);
    const leaf = newNode(recordBody(type.type, dataset, reference, { missingKeys, count: level.size + 1 }));
    made.push({ into: level, key: `instance ${sopInstanceUid}`, node: leaf });
    for (const { into, key, node } of made) into.set(key, node);
    taken.add(`file ${name}`).add(`instance ${sopInstanceUid}`);
  }

  return { add, bytes: () => directoryOf(root, options.sopInstanceUid, fileSetId) };
}

const none: DicomJson = Object.create(null);

function newNode(body: Uint8Array): Node {
  return { body, below: new Map(), start: 0 };
}

function required(ds: DataSet, tag: number): string {
  const value = text(ds, tag);
  if (value === undefined) throw new DicomError('DICOM_UID_MISSING', `${tagText(tag)} is missing`);
  return value;
}

/** Who a patient is: an ID within its issuer, or, where there is none, name and birth date. */
function patientKey(ds: DataSet): string {
  const id = text(ds, tags.PatientID);
  const parts = id === undefined ? [tags.PatientName, tags.PatientBirthDate] : [tags.IssuerOfPatientID];
  return JSON.stringify([id ?? null, ...parts.map((tag) => text(ds, tag) ?? '')]);
}

function referenceOf(
  fileId: readonly string[],
  sopClassUid: string,
  sopInstanceUid: string,
  transferSyntaxUid: string,
): DicomJson {
  return {
    [tagText(directoryTags.ReferencedFileID)]: { vr: 'CS', Value: [...fileId] },
    [tagText(directoryTags.ReferencedSOPClassUIDInFile)]: { vr: 'UI', Value: [sopClassUid] },
    [tagText(directoryTags.ReferencedSOPInstanceUIDInFile)]: { vr: 'UI', Value: [sopInstanceUid] },
    [tagText(directoryTags.ReferencedTransferSyntaxUIDInFile)]: { vr: 'UI', Value: [transferSyntaxUid] },
  };
}

/** Everything before the first record, its offsets and the sequence's length still zero. */
function headOf(sopInstanceUid: string, fileSetId: string): Uint8Array {
  const json: DicomJson = {
    [tagText(directoryTags.FileSetID)]: fileSetId === '' ? { vr: 'CS' } : { vr: 'CS', Value: [fileSetId] },
    [tagText(directoryTags.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity)]: { vr: 'UL', Value: [0] },
    [tagText(directoryTags.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity)]: { vr: 'UL', Value: [0] },
    [tagText(directoryTags.FileSetConsistencyFlag)]: { vr: 'US', Value: [0] },
    [tagText(directoryTags.DirectoryRecordSequence)]: { vr: 'SQ' },
  };
  return writeFile(json, {
    mediaStorageSopClassUid: mediaStorageDirectoryStorage,
    mediaStorageSopInstanceUid: sopInstanceUid,
  });
}

function directoryOf(root: ReadonlyMap<string, Node>, sopInstanceUid: string, fileSetId: string): Uint8Array {
  const head = headOf(sopInstanceUid, fileSetId);
  const order: Node[] = [];
  let bytes = head.length;
  // A record, then all below it, then its successor: as the tree is read.
  const work = [...root.values()].reverse();
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    node.start = bytes;
    bytes += itemHead + linkBytes + node.body.length;
    order.push(node);
    for (const below of [...node.below.values()].reverse()) work.push(below);
  }
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  out.set(head);
  // The head ends with: first record (12), last record (12), consistency flag (10), head of the sequence (12).
  const roots = [...root.values()];
  view.setUint32(head.length - 38, roots[0]?.start ?? 0, true);
  view.setUint32(head.length - 26, roots.at(-1)?.start ?? 0, true);
  view.setUint32(head.length - 4, bytes - head.length, true);
  const next = new Map<Node, number>();
  for (const siblings of [root, ...order.map(({ below }) => below)]) {
    let before: Node | undefined;
    for (const node of siblings.values()) {
      if (before !== undefined) next.set(before, node.start);
      before = node;
    }
  }
  for (const node of order) {
    const { start, body, below } = node;
    view.setUint16(start, tags.Item >>> 16, true);
    view.setUint16(start + 2, tags.Item & 0xffff, true);
    view.setUint32(start + 4, linkBytes + body.length, true);
    putNumber(view, start + 8, directoryTags.OffsetOfTheNextDirectoryRecord, 'UL', next.get(node) ?? 0);
    putNumber(view, start + 20, directoryTags.RecordInUseFlag, 'US', recordInUse);
    const [first] = below.values();
    putNumber(view, start + 30, directoryTags.OffsetOfReferencedLowerLevelDirectoryEntity, 'UL', first?.start ?? 0);
    out.set(body, start + itemHead + linkBytes);
  }
  return out;
}

function putNumber(view: DataView, at: number, tag: number, vr: 'UL' | 'US', value: number): void {
  view.setUint16(at, tag >>> 16, true);
  view.setUint16(at + 2, tag & 0xffff, true);
  view.setUint8(at + 4, vr.charCodeAt(0));
  view.setUint8(at + 5, vr.charCodeAt(1));
  if (vr === 'UL') {
    view.setUint16(at + 6, 4, true);
    view.setUint32(at + 8, value, true);
  } else {
    view.setUint16(at + 6, 2, true);
    view.setUint16(at + 8, value, true);
  }
}
