import { concat, element, item, latin, part10, u16, u32, uid } from '../part10.fixture.ts';
import { directoryTags } from './directory-tags.ts';

/** A record whose links are numbers of records in the same list; `undefined` leaves the element out. */
export type FixtureRecord = {
  readonly type: string;
  readonly next?: number | undefined;
  readonly lower?: number | undefined;
  readonly fileId?: string;
  readonly inUse?: number;
};

/** Where a record points that is no record. */
export const nowhere = -2;
export const none = -1;

/** A DICOMDIR with links as wrong as a test wants them. */
export function dicomdir(records: readonly FixtureRecord[], first = 0, last = none): Uint8Array {
  const made = new Map<string, Uint8Array>();
  const items = records.map((record) => {
    const { type, fileId, inUse } = record;
    const key = JSON.stringify([type, fileId, inUse, hasNext(record)]);
    if (!made.has(key)) made.set(key, item(body(record)));
    return made.get(key)!;
  });
  const starts: number[] = [];
  let at = part10(uid.explicit, ...head(0, 0), element(directoryTags.DirectoryRecordSequence, 'SQ', '')).length;
  for (const bytes of items) {
    starts.push(at);
    at += bytes.length;
  }
  const offset = (link: number): number => (link === none ? 0 : link === nowhere ? 7 : starts[link]!);
  const linked = records.map((record, index) => {
    const bytes = items[index]!.slice();
    const view = new DataView(bytes.buffer);
    if (hasNext(record)) view.setUint32(16, offset(record.next ?? none), true);
    view.setUint32(hasNext(record) ? 38 : 26, offset(record.lower ?? none), true);
    return bytes;
  });
  return part10(
    uid.explicit,
    ...head(offset(first), offset(last)),
    element(directoryTags.DirectoryRecordSequence, 'SQ', concat(...linked)),
  );
}

function head(first: number, last: number): Uint8Array[] {
  return [
    element(directoryTags.FileSetID, 'CS', 'TEST'),
    element(directoryTags.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity, 'UL', u32(first)),
    element(directoryTags.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity, 'UL', u32(last)),
    element(directoryTags.FileSetConsistencyFlag, 'US', u16(0)),
  ];
}

function hasNext(record: FixtureRecord): boolean {
  return !('next' in record && record.next === undefined);
}

function body(record: FixtureRecord): Uint8Array {
  return concat(
    ...(hasNext(record) ? [element(directoryTags.OffsetOfTheNextDirectoryRecord, 'UL', u32(0))] : []),
    element(directoryTags.RecordInUseFlag, 'US', u16(record.inUse ?? 0xffff)),
    element(directoryTags.OffsetOfReferencedLowerLevelDirectoryEntity, 'UL', u32(0)),
    element(directoryTags.DirectoryRecordType, 'CS', record.type),
    ...(record.fileId === undefined ? [] : [element(directoryTags.ReferencedFileID, 'CS', latin(record.fileId))]),
  );
}
