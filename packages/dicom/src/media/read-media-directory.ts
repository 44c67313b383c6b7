import type { DataSet, DicomFile } from '../element.ts';
import { DicomError } from '../errors.ts';
import { number, text, texts } from '../value.ts';
import { directoryTags } from './directory-tags.ts';

/** One directory record with what stands below it. */
export type MediaRecord = {
  /** `PATIENT`, `STUDY`, `SERIES`, `IMAGE` …, as it stands there; empty where there is none. */
  readonly type: string;
  /** False for records that a writer struck out (PS3.3 §F.3.2.2). */
  readonly inUse: boolean;
  /** Components of Referenced File ID: labels of somebody else's, no path. See `relativePath`. */
  readonly fileId: readonly string[];
  readonly sopClassUid: string | undefined;
  readonly sopInstanceUid: string | undefined;
  readonly transferSyntaxUid: string | undefined;
  /** The record itself: its keys are read with `text` and the like. */
  readonly dataset: DataSet;
  readonly parent: MediaRecord | undefined;
  readonly children: readonly MediaRecord[];
};

export type MediaWarningCode =
  /** An offset that is no record's. */
  | 'MEDIA_OFFSET_UNKNOWN'
  /** A record that needs an offset has none. */
  | 'MEDIA_OFFSET_MISSING'
  /** An offset to a record that the tree holds already: a loop, or a child of two. */
  | 'MEDIA_RECORD_REPEATED'
  /** A record that no offset leads to. */
  | 'MEDIA_RECORD_ORPHANED'
  /** What the DICOMDIR calls the last record of its root is not the last one reached. */
  | 'MEDIA_LAST_RECORD_WRONG';

/** `at`: offset of the record, or of the element outside all records, in the file. */
export type MediaWarning = { readonly code: MediaWarningCode; readonly at: number };

export type MediaDirectory = {
  readonly fileSetId: string | undefined;
  /** Records of the root directory entity: patients, and what belongs to none (hanging protocols, palettes …). */
  readonly records: readonly MediaRecord[];
  /** Records that no offset leads to, with what stands below them. Their files exist all the same. */
  readonly orphans: readonly MediaRecord[];
  /** The first 1,000. */
  readonly warnings: readonly MediaWarning[];
};

const maxWarnings = 1_000;

type Mutable = Omit<MediaRecord, 'children' | 'parent'> & {
  readonly at: number;
  readonly children: Mutable[];
  parent: Mutable | undefined;
  placed: boolean;
};

/**
 * Reads the tree of a DICOMDIR.
 *
 * Shape   in: a DICOMDIR as `parseFile` read it. out: records by the offsets that link them; data sets are views.
 * Law     every record stands in the tree or below `orphans` exactly once, whatever the offsets say.
 * Cost    O(records), iterative: no offset is followed twice.
 * Limit   nothing is guessed: a tree whose offsets are wrong comes back as orphans.
 * Source  PS3.3 §F.2.2, §F.3.2; offsets count from the first byte of the file (PS3.10 §8.6).
 *
 * @throws DicomError DICOM_DIRECTORY_MISSING  the file has no Directory Record Sequence: it is no DICOMDIR
 */
export function readMediaDirectory(file: DicomFile): MediaDirectory {
  const { dataset } = file;
  const sequence = dataset.elements.get(directoryTags.DirectoryRecordSequence);
  if (sequence === undefined || (sequence.items === undefined && sequence.valueEnd > sequence.valueStart))
    throw new DicomError('DICOM_DIRECTORY_MISSING', 'No Directory Record Sequence: not a DICOMDIR', sequence?.start);
  const records = new Map<number, Mutable>();
  for (const item of sequence.items ?? []) {
    const at = item.item!.start;
    records.set(at, recordOf(item, at));
  }

  const warnings: MediaWarning[] = [];
  const warn = (code: MediaWarningCode, at: number): void => {
    if (warnings.length < maxWarnings) warnings.push({ code, at });
  };
  /** The record that an offset leads to, if it is the first that does. */
  const resolve = (ds: DataSet, tag: number, from: number): Mutable | undefined => {
    const offset = number(ds, tag);
    if (offset === undefined) warn('MEDIA_OFFSET_MISSING', from);
    if (offset === undefined || offset === 0) return undefined;
    const target = records.get(offset);
    if (target === undefined) warn('MEDIA_OFFSET_UNKNOWN', from);
    else if (target.placed) warn('MEDIA_RECORD_REPEATED', from);
    if (target === undefined || target.placed) return undefined;
    target.placed = true;
    return target;
  };
  /** Puts a chain of siblings, and everything below it, where it belongs. */
  const place = (head: Mutable | undefined, roots: Mutable[]): void => {
    const work: { head: Mutable; parent: Mutable | undefined }[] =
      head === undefined ? [] : [{ head, parent: undefined }];
    for (let chain = work.pop(); chain !== undefined; chain = work.pop()) {
      for (let next: Mutable | undefined = chain.head; next !== undefined; ) {
        next.parent = chain.parent;
        (chain.parent?.children ?? roots).push(next);
        const lower = resolve(next.dataset, directoryTags.OffsetOfReferencedLowerLevelDirectoryEntity, next.at);
        if (lower !== undefined) work.push({ head: lower, parent: next });
        next = resolve(next.dataset, directoryTags.OffsetOfTheNextDirectoryRecord, next.at);
      }
    }
  };

  const roots: Mutable[] = [];
  const firstTag = directoryTags.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity;
  place(resolve(dataset, firstTag, dataset.elements.get(firstTag)?.start ?? sequence.start), roots);
  const lastTag = directoryTags.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity;
  if (number(dataset, lastTag) !== (roots.at(-1)?.at ?? 0))
    warn('MEDIA_LAST_RECORD_WRONG', dataset.elements.get(lastTag)?.start ?? sequence.start);

  const orphans: Mutable[] = [];
  // Those first that no other orphan leads to, so that their subtrees stay whole; what is left then goes in circles.
  const led = new Set<number>();
  for (const record of records.values())
    if (!record.placed)
      for (const tag of [
        directoryTags.OffsetOfReferencedLowerLevelDirectoryEntity,
        directoryTags.OffsetOfTheNextDirectoryRecord,
      ]) {
        const offset = number(record.dataset, tag) ?? 0;
        if (offset !== record.at) led.add(offset);
      }
  for (const onlyHeads of [true, false])
    for (const record of records.values())
      if (!record.placed && !(onlyHeads && led.has(record.at))) {
        warn('MEDIA_RECORD_ORPHANED', record.at);
        record.placed = true;
        place(record, orphans);
      }
  return { fileSetId: text(dataset, directoryTags.FileSetID), records: roots, orphans, warnings };
}

function recordOf(dataset: DataSet, at: number): Mutable {
  return {
    type: text(dataset, directoryTags.DirectoryRecordType) ?? '',
    inUse: number(dataset, directoryTags.RecordInUseFlag) !== 0,
    fileId: texts(dataset, directoryTags.ReferencedFileID),
    sopClassUid: text(dataset, directoryTags.ReferencedSOPClassUIDInFile),
    sopInstanceUid: text(dataset, directoryTags.ReferencedSOPInstanceUIDInFile),
    transferSyntaxUid: text(dataset, directoryTags.ReferencedTransferSyntaxUIDInFile),
    dataset,
    at,
    parent: undefined,
    children: [],
    placed: false,
  };
}

/** Every record in use that names a file, in the order of the tree; what stands below a record struck out is out as well. */
export function* mediaFiles(records: readonly MediaRecord[]): Generator<MediaRecord> {
  const work = [...records].reverse();
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if (!next.inUse) continue;
    if (next.fileId.length > 0) yield next;
    for (let index = next.children.length - 1; index >= 0; index--) work.push(next.children[index]!);
  }
}
