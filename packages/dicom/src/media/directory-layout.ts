import { tags, tagText } from '../dictionary/tags.ts';
import type { DicomJson } from '../json/dicom-json.ts';
import { writeFile } from '../write/write-file.ts';
import { directoryTags, mediaStorageDirectoryStorage, recordInUse } from './directory-tags.ts';
import type { Entity, KeptRecord } from './kept-records.ts';

/** What a file set is called, and the DICOMDIR itself. */
export type FileSetNames = { readonly sopInstanceUid: string; readonly fileSetId: string };

/** Links and the head of the item: what stands before a record's body. */
const itemHead = 8;
const linkBytes = 12 + 10 + 12;
/** The sequence is given out in pieces of about this size. */
const pieceBytes = 64 * 1024;

export function layoutBytes(root: Entity, names: FileSetNames): number {
  let bytes = headOf(names).length;
  for (const { length } of inOrder(root)) bytes += itemHead + linkBytes + length;
  return bytes;
}

/**
 * The bytes of a DICOMDIR, in pieces: each record, then all below it, then its successor, as the tree is read.
 *
 * Cost    O(records), twice: offsets are told before the first record goes out. One piece of memory.
 * Source  PS3.3 §F.2.2, §F.3.2.2; offsets count from the first byte of the file (PS3.10 §8.6).
 */
export function* layout(root: Entity, names: FileSetNames): Generator<Uint8Array, void, undefined> {
  const head = headOf(names);
  let bytes = head.length;
  for (const record of inOrder(root)) {
    record.start = bytes;
    bytes += itemHead + linkBytes + record.length;
  }
  // The head ends with: first record (12), last record (12), consistency flag (10), head of the sequence (12).
  const view = new DataView(head.buffer);
  view.setUint32(head.length - 38, root.records[0]?.start ?? 0, true);
  view.setUint32(head.length - 26, root.records.at(-1)?.start ?? 0, true);
  view.setUint32(head.length - 4, bytes - head.length, true);
  yield head;

  let piece = new Uint8Array(pieceBytes);
  let used = 0;
  for (const record of inOrder(root)) {
    const size = itemHead + linkBytes + record.length;
    if (used + size > piece.length) {
      if (used > 0) yield piece.subarray(0, used);
      piece = new Uint8Array(Math.max(pieceBytes, size));
      used = 0;
    }
    putRecord(piece, used, record);
    used += size;
  }
  if (used > 0) yield piece.subarray(0, used);
}

/** Everything before the first record, its offsets and the sequence's length still zero. */
function headOf({ sopInstanceUid, fileSetId }: FileSetNames): Uint8Array {
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

function* inOrder(root: Entity): Generator<KeptRecord, void, undefined> {
  const open: { readonly records: readonly KeptRecord[]; next: number }[] = [{ records: root.records, next: 0 }];
  for (let entity = open.at(-1); entity !== undefined; entity = open.at(-1)) {
    const record = entity.records[entity.next++];
    if (record === undefined) open.pop();
    else {
      yield record;
      if (record.below !== undefined) open.push({ records: record.below.records, next: 0 });
    }
  }
}

function putRecord(into: Uint8Array, at: number, { kept, from, length, below, next }: KeptRecord): void {
  const view = new DataView(into.buffer, into.byteOffset);
  view.setUint16(at, tags.Item >>> 16, true);
  view.setUint16(at + 2, tags.Item & 0xffff, true);
  view.setUint32(at + 4, linkBytes + length, true);
  putNumber(view, at + 8, directoryTags.OffsetOfTheNextDirectoryRecord, 'UL', next?.start ?? 0);
  putNumber(view, at + 20, directoryTags.RecordInUseFlag, 'US', recordInUse);
  const lower = below?.records[0]?.start ?? 0;
  putNumber(view, at + 30, directoryTags.OffsetOfReferencedLowerLevelDirectoryEntity, 'UL', lower);
  into.set(kept.subarray(from, from + length), at + itemHead + linkBytes);
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
