import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseFile, tags, text } from '../index.ts';
import { codeOf, element, part10, uid } from '../part10.fixture.ts';
import { workedMs } from '../worked.fixture.ts';
import { relativePath } from './file-id.ts';
import { dicomdir, none, nowhere } from './media.fixture.ts';
import { type MediaRecord, mediaFiles, readMediaDirectory } from './read-media-directory.ts';

const read = (bytes: Uint8Array) => readMediaDirectory(parseFile(bytes));
const outline = (records: readonly MediaRecord[]): unknown[] =>
  records.map(({ type, children }) => (children.length === 0 ? type : [type, ...outline(children)]));
const codes = (bytes: Uint8Array) => read(bytes).warnings.map(({ code }) => code);

describe('the tree is what the offsets say', () => {
  test('patients, studies, series and instances, wherever their records stand', () => {
    const directory = read(
      dicomdir(
        [
          { type: 'IMAGE', fileId: 'A\\B' },
          { type: 'SERIES', lower: 0 },
          { type: 'PATIENT', lower: 3, next: 4 },
          { type: 'STUDY', lower: 1 },
          { type: 'PATIENT' },
        ],
        2,
        4,
      ),
    );
    expect(directory.fileSetId).toBe('TEST');
    expect(outline(directory.records)).toEqual([['PATIENT', ['STUDY', ['SERIES', 'IMAGE']]], 'PATIENT']);
    expect(directory.warnings).toEqual([]);
    expect(directory.orphans).toEqual([]);
    const [image] = [...mediaFiles(directory.records)];
    expect(image?.fileId).toEqual(['A', 'B']);
    expect(image?.parent?.parent?.parent?.type).toBe('PATIENT');
  });

  test('an empty DICOMDIR has no records and no warnings', () => {
    const { records, warnings } = read(dicomdir([], none, none));
    expect({ records, warnings }).toEqual({ records: [], warnings: [] });
  });

  test('records struck out are told, and their files are not offered', () => {
    const { records } = read(
      dicomdir(
        [
          { type: 'PATIENT', inUse: 0, lower: 1 },
          { type: 'IMAGE', fileId: 'X' },
        ],
        0,
        0,
      ),
    );
    expect(records[0]?.inUse).toBe(false);
    expect(outline(records)).toEqual([['PATIENT', 'IMAGE']]);
    expect([...mediaFiles(records)]).toEqual([]);
  });

  test('a file that is no DICOMDIR is refused', () => {
    expect(codeOf(() => read(part10(uid.explicit, element(tags.PatientID, 'LO', 'x'))))).toBe(
      'DICOM_DIRECTORY_MISSING',
    );
  });
});

describe('offsets that lie', () => {
  test('an offset that is no record’s is told and followed nowhere', () => {
    const bytes = dicomdir([{ type: 'PATIENT', lower: nowhere, next: nowhere }], 0, 0);
    expect(codes(bytes)).toEqual(['MEDIA_OFFSET_UNKNOWN', 'MEDIA_OFFSET_UNKNOWN']);
    expect(outline(read(bytes).records)).toEqual(['PATIENT']);
  });

  test('a record that is its own successor, its own child, or its parent’s parent ends there', () => {
    const wrong: { type: string; next?: number; lower?: number }[][] = [
      [{ type: 'PATIENT', next: 0 }],
      [{ type: 'PATIENT', lower: 0 }],
      [
        { type: 'PATIENT', lower: 1 },
        { type: 'STUDY', lower: 0 },
      ],
      [
        { type: 'PATIENT', next: 1 },
        { type: 'PATIENT', next: 0 },
      ],
    ];
    for (const records of wrong) {
      const bytes = dicomdir(records, 0, records.length === 2 && records[0]?.next === 1 ? 1 : 0);
      expect(codes(bytes)).toEqual(['MEDIA_RECORD_REPEATED']);
      expect(read(bytes).orphans).toEqual([]);
    }
  });

  test('a child of two belongs to one of them', () => {
    const bytes = dicomdir(
      [{ type: 'PATIENT', next: 1, lower: 2 }, { type: 'PATIENT', lower: 2 }, { type: 'STUDY' }],
      0,
      1,
    );
    expect(outline(read(bytes).records)).toEqual([['PATIENT', 'STUDY'], 'PATIENT']);
    expect(codes(bytes)).toEqual(['MEDIA_RECORD_REPEATED']);
  });

  test('records that nothing leads to are orphans, with what stands below them', () => {
    const bytes = dicomdir(
      [
        { type: 'PATIENT' },
        { type: 'IMAGE', fileId: 'LOST' },
        { type: 'SERIES', lower: 1 },
        { type: 'A', next: 4 },
        { type: 'B', next: 3 },
      ],
      0,
      0,
    );
    const { records, orphans } = read(bytes);
    expect(outline(records)).toEqual(['PATIENT']);
    expect(outline(orphans)).toEqual([['SERIES', 'IMAGE'], 'A', 'B']);
    expect([...mediaFiles(orphans)].map(({ fileId }) => fileId)).toEqual([['LOST']]);
    expect(codes(bytes).filter((code) => code === 'MEDIA_RECORD_ORPHANED').length).toBe(2);
  });

  test('a missing offset and a wrong last record are told', () => {
    expect(codes(dicomdir([{ type: 'PATIENT', next: undefined }], 0, 0))).toEqual(['MEDIA_OFFSET_MISSING']);
    expect(codes(dicomdir([{ type: 'PATIENT' }], 0, nowhere))).toEqual(['MEDIA_LAST_RECORD_WRONG']);
  });

  test('a root without offset leaves every record an orphan', () => {
    const { records, orphans } = read(dicomdir([{ type: 'PATIENT', lower: 1 }, { type: 'STUDY' }], none, none));
    expect(records).toEqual([]);
    expect(outline(orphans)).toEqual([['PATIENT', 'STUDY']]);
  });
});

describe('hostile', () => {
  test('a name that climbs out of the set is a label, and no path', () => {
    const { records } = read(dicomdir([{ type: 'IMAGE', fileId: '..\\..\\ETC\\PASSWD' }], 0, 0));
    expect(records[0]?.fileId).toEqual(['..', '..', 'ETC', 'PASSWD']);
    expect(relativePath(records[0]!.fileId)).toBeUndefined();
  });

  test.each([
    [
      'a chain',
      (index: number, count: number) => ({ type: 'IMAGE', fileId: 'A', next: index + 1 < count ? index + 1 : none }),
    ],
    [
      'as deep as they are many',
      (index: number, count: number) => ({ type: 'IMAGE', fileId: 'A', lower: index + 1 < count ? index + 1 : none }),
    ],
    [
      'a ring nobody leads to',
      (index: number, count: number) => ({ type: 'IMAGE', fileId: 'A', next: (index + 1) % count }),
    ],
  ])('100,000 records, %s, are read in time that grows with them alone', (kind, make) => {
    const count = 100_000;
    const bytes = dicomdir(
      Array.from({ length: count }, (_, index) => make(index, count)),
      kind.startsWith('a ring') ? none : 0,
      0,
    );
    const file = parseFile(bytes);
    const from = workedMs();
    const { records, orphans, warnings } = readMediaDirectory(file);
    const seen = [...mediaFiles(records), ...mediaFiles(orphans)].length;
    const ms = workedMs() - from;
    expect(seen).toBe(count);
    expect(warnings.length).toBeLessThanOrEqual(1_000);
    expect(ms).toBeLessThan(3_000);
  });
});

const folders = ['/work/shared/corpus/pydicom/test_files', '/usr/lib/python3/dist-packages/pydicom/data/test_files']
  .map((folder) => join(folder, 'dicomdirtests'))
  .filter((folder) => existsSync(folder));
const python = '/usr/bin/python3';

/** The tree as pydicom links it by the same offsets, without any code of ours. */
const script = `
import sys, json, warnings
warnings.simplefilter('ignore')
from pydicom import dcmread
out = []
for path in sys.argv[1:]:
    ds = dcmread(path)
    by = {item.seq_item_tell: item for item in ds.DirectoryRecordSequence}
    def chain(at):
        rows = []
        while at:
            item = by[at]
            fid = item.get('ReferencedFileID', None) or []
            fid = [fid] if isinstance(fid, str) else list(fid)
            keys = [str(item.get(k, '') or '') for k in ('PatientID', 'StudyInstanceUID', 'SeriesInstanceUID', 'ReferencedSOPInstanceUIDInFile')]
            rows.append([item.DirectoryRecordType, fid, keys, chain(item.OffsetOfReferencedLowerLevelDirectoryEntity)])
            at = item.OffsetOfTheNextDirectoryRecord
        return rows
    out.append(chain(ds[0x00041200].value))
print(json.dumps(out))
`;

describe.skipIf(folders.length === 0 && process.env.CI !== 'true')('DICOMDIRs of others', () => {
  test('every DICOMDIR of pydicom’s is the tree that pydicom finds by its offsets', () => {
    const files = folders.flatMap((folder) => [
      ...readdirSync(folder)
        .filter((name) => name.startsWith('DICOMDIR') && name !== 'DICOMDIR-nooffset')
        .map((name) => join(folder, name)),
      join(folder, 'TINY_ALPHA', 'DICOMDIR'),
    ]);
    expect(files.length).toBeGreaterThanOrEqual(7);
    const theirs = JSON.parse(execFileSync(python, ['-c', script, ...files], { encoding: 'utf8', timeout: 60_000 }));
    const rows = (records: readonly MediaRecord[]): unknown[] =>
      records.map((record) => [
        record.type,
        record.fileId,
        [tags.PatientID, tags.StudyInstanceUID, tags.SeriesInstanceUID, 0x00041511].map(
          (tag) => text(record.dataset, tag) ?? '',
        ),
        rows(record.children),
      ]);
    const ours = files.map((file) => {
      const directory = read(new Uint8Array(readFileSync(file)));
      return {
        rows: rows(directory.records),
        oddities: [...new Set(directory.warnings.map(({ code }) => code))].sort(),
      };
    });
    expect(ours.map(({ rows }) => rows)).toEqual(theirs);
    for (const [index, { oddities }] of ours.entries())
      expect(oddities, files[index]).toEqual(
        files[index]!.endsWith('-nopatient')
          ? ['MEDIA_LAST_RECORD_WRONG', 'MEDIA_RECORD_ORPHANED', 'MEDIA_RECORD_REPEATED']
          : [],
      );
  });
});
