import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { edit } from '../edit/edit.ts';
import { type DicomFile, lookupTag, parseFile, tags, text, toDicomJson } from '../index.ts';
import { codeOf, element, item, joined, latin, part10, u16, uid } from '../part10.fixture.ts';
import { workedMs } from '../worked.fixture.ts';
import { fileIdOf, relativePath } from './file-id.ts';
import { type MediaRecord, mediaFiles, readMediaDirectory } from './read-media-directory.ts';
import { recordKeys } from './record-keys.ts';
import { recordTypeOf } from './record-types.ts';
import { type MediaDirectoryOptions, mediaDirectoryWriter, writeMediaDirectory } from './write-media-directory.ts';

const options: MediaDirectoryOptions = { sopInstanceUid: '2.25.1', fileSetId: 'TESTSET' };
const ct = '1.2.840.10008.5.1.4.1.1.2';

type Values = Readonly<Record<number, Uint8Array | string | undefined>>;
const vrs: Readonly<Record<number, string>> = {
  [tags.SpecificCharacterSet]: 'CS',
  [tags.SOPClassUID]: 'UI',
  [tags.SOPInstanceUID]: 'UI',
  [tags.StudyDate]: 'DA',
  [tags.SeriesDate]: 'DA',
  [tags.StudyTime]: 'TM',
  [tags.AccessionNumber]: 'SH',
  [tags.Modality]: 'CS',
  [tags.StudyDescription]: 'LO',
  [tags.PatientName]: 'PN',
  [tags.PatientID]: 'LO',
  [tags.StudyInstanceUID]: 'UI',
  [tags.SeriesInstanceUID]: 'UI',
  [tags.StudyID]: 'SH',
  [tags.SeriesNumber]: 'IS',
  [tags.InstanceNumber]: 'IS',
};

/** A CT of study 1.2.1, series 1.2.1.1; values replace the usual ones, `undefined` leaves them out. */
function instance(number: number, values: Values = {}, ...more: Uint8Array[]): DicomFile {
  const usual: Record<number, Uint8Array | string | undefined> = {
    [tags.SOPClassUID]: ct,
    [tags.SOPInstanceUID]: `1.2.1.1.${number}`,
    [tags.StudyDate]: '20200102',
    [tags.StudyTime]: '101112',
    [tags.AccessionNumber]: 'A1',
    [tags.Modality]: 'CT',
    [tags.PatientName]: 'Doe^Jane',
    [tags.PatientID]: 'P1',
    [tags.StudyInstanceUID]: '1.2.1',
    [tags.SeriesInstanceUID]: '1.2.1.1',
    [tags.StudyID]: 'S1',
    [tags.SeriesNumber]: '1',
    [tags.InstanceNumber]: String(number),
    ...values,
  };
  const elements = Object.keys(usual)
    .map(Number)
    .filter((tag) => usual[tag] !== undefined)
    .sort((a, b) => a - b)
    .map((tag) => element(tag, vrs[tag]!, usual[tag]!));
  return parseFile(part10(uid.explicit, ...elements, ...more, element(tags.Rows, 'US', u16(1))), {
    duplicates: 'accept',
  });
}

const set = (...files: DicomFile[]) => files.map((file, index) => ({ fileId: fileIdOf(1, 1, index + 1), file }));
const read = (bytes: Uint8Array) => readMediaDirectory(parseFile(bytes));
const outline = (records: readonly MediaRecord[]): unknown[] =>
  records.map(({ type, children }) => (children.length === 0 ? type : [type, ...outline(children)]));

/** A record's keys: without links, and without the character set, which each writer repeats as it likes. */
function keys(record: MediaRecord): unknown {
  const json = toDicomJson(record.dataset);
  for (const name of ['00041400', '00041410', '00041420', '00080005']) delete json[name];
  // dcmmkdir's choice: Image Type is not a key of F.5.4.
  if (record.type === 'IMAGE') delete json['00080008'];
  return json;
}
const tree = (records: readonly MediaRecord[]): unknown[] =>
  records
    .map((record) => [record.type, keys(record), tree(record.children)])
    // dcmmkdir sorts siblings by their numbers; ours stand as they came.
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describe('what is written', () => {
  test('is read again as the same tree, without a warning', () => {
    const files = set(
      instance(1),
      instance(2),
      instance(3, { [tags.SeriesInstanceUID]: '1.2.1.2', [tags.SeriesNumber]: '2' }),
      instance(4, { [tags.PatientID]: 'P2', [tags.StudyInstanceUID]: '1.2.2', [tags.SeriesInstanceUID]: '1.2.2.1' }),
      instance(5),
    );
    const directory = read(writeMediaDirectory(files, options));
    expect(directory.warnings).toEqual([]);
    expect(directory.fileSetId).toBe('TESTSET');
    expect(outline(directory.records)).toEqual([
      ['PATIENT', ['STUDY', ['SERIES', 'IMAGE', 'IMAGE', 'IMAGE'], ['SERIES', 'IMAGE']]],
      ['PATIENT', ['STUDY', ['SERIES', 'IMAGE']]],
    ]);
    expect([...mediaFiles(directory.records)].map(({ fileId }) => fileId.at(-1))).toEqual(
      [1, 2, 5, 3, 4].map((number) => fileIdOf(1, 1, number).at(-1)),
    );
    const [first] = mediaFiles(directory.records);
    expect([first?.sopClassUid, first?.sopInstanceUid, first?.transferSyntaxUid]).toEqual([
      ct,
      '1.2.1.1.1',
      uid.explicit,
    ]);
  });

  test('is an empty directory where there is nothing', () => {
    const { records, warnings } = read(writeMediaDirectory([], { sopInstanceUid: '2.25.1' }));
    expect({ records, warnings }).toEqual({ records: [], warnings: [] });
  });

  test('goes on after it was asked for once', () => {
    const writer = mediaDirectoryWriter(options);
    writer.add(['A'], instance(1));
    const one = writer.bytes();
    writer.add(['B'], instance(2));
    expect(read(one).records[0]?.children[0]?.children[0]?.children.length).toBe(1);
    expect(writer.bytes()).toEqual(
      writeMediaDirectory(
        [
          { fileId: ['A'], file: instance(1) },
          { fileId: ['B'], file: instance(2) },
        ],
        options,
      ),
    );
  });

  test('names each record’s character set where its text needs one, and only there', () => {
    const latin1 = Uint8Array.of(0x4d, 0xfc);
    const of = (files: DicomFile[]) => {
      const patient = read(writeMediaDirectory(set(...files), options)).records[0]!;
      return [patient, patient.children[0]!].map(({ dataset }) => [
        text(dataset, tags.SpecificCharacterSet),
        text(dataset, tags.PatientName),
      ]);
    };
    expect(of([instance(1, { [tags.SpecificCharacterSet]: 'ISO_IR 100', [tags.PatientName]: latin1 })])).toEqual([
      ['ISO_IR 100', 'Mü'],
      [undefined, undefined],
    ]);
    expect(of([instance(1, { [tags.PatientName]: latin1 })])[0]).toEqual(['ISO_IR 192', 'Mü']);
  });

  test('tells patients apart by ID and issuer, and by name and birth date where there is no ID', () => {
    const issuer = (name: string) => element(tags.IssuerOfPatientID, 'LO', name);
    const patients = (...files: DicomFile[]) =>
      read(writeMediaDirectory(set(...files), { ...options, missingKeys: 'fill' })).records.length;
    expect(patients(instance(1, {}, issuer('A')), instance(2, {}, issuer('A')))).toBe(1);
    expect(patients(instance(1, {}, issuer('A')), instance(2, {}, issuer('B')))).toBe(2);
    expect(patients(instance(1), instance(2, { [tags.PatientName]: 'Other' }))).toBe(1);
    const nameless = { [tags.PatientID]: '' };
    expect(patients(instance(1, nameless), instance(2, nameless))).toBe(1);
    expect(patients(instance(1, nameless), instance(2, { ...nameless, [tags.PatientName]: 'Other' }))).toBe(2);
  });

  test('of a document’s content holds what modifies its title, and nothing of what it says', () => {
    const node = (relation: string) =>
      item(
        element(0x0040a010, 'CS', relation).length % 2 === 0
          ? new Uint8Array([...element(0x0040a010, 'CS', relation), ...element(0x0040a160, 'UT', 'SAID')])
          : new Uint8Array(0),
      );
    const content = element(0x0040a730, 'SQ', new Uint8Array([...node('HAS CONCEPT MOD'), ...node('CONTAINS')]));
    const title = element(0x0040a043, 'SQ', item(element(0x00080100, 'SH', '1')));
    const file = instance(
      1,
      { [tags.SOPClassUID]: '1.2.840.10008.5.1.4.1.1.88.59' },
      element(tags.ContentDate, 'DA', '20200102'),
      element(tags.ContentTime, 'TM', '10'),
      title,
      content,
    );
    const [record] = mediaFiles(read(writeMediaDirectory(set(file), options)).records);
    expect(record?.type).toBe('KEY OBJECT DOC');
    expect(toDicomJson(record!.dataset)['0040A730']?.Value?.length).toBe(1);
  });
});

describe('what is refused', () => {
  test.each([[[]], [['a']], [['..']], [['ABCDEFGHI']], [['A', '']]])('%j as a file ID', (fileId) => {
    expect(codeOf(() => writeMediaDirectory([{ fileId, file: instance(1) }], options))).toBe('DICOM_FILE_ID_INVALID');
  });

  test('a file ID or an instance a second time, and then nothing of it is kept', () => {
    const writer = mediaDirectoryWriter(options);
    writer.add(['A'], instance(1));
    const before = writer.bytes();
    expect(codeOf(() => writer.add(['A'], instance(2, { [tags.PatientID]: 'P9' })))).toBe('DICOM_DIRECTORY_REPEATED');
    expect(codeOf(() => writer.add(['B'], instance(1, { [tags.PatientID]: 'P9' })))).toBe('DICOM_DIRECTORY_REPEATED');
    expect(codeOf(() => writer.add(['B'], instance(2, { [tags.PatientID]: 'P9', [tags.InstanceNumber]: '' })))).toBe(
      'DICOM_DIRECTORY_KEY_MISSING',
    );
    expect(writer.bytes()).toEqual(before);
  });

  test('a missing key of type 1, by its tag and without a value in the message', () => {
    const call = () => writeMediaDirectory(set(instance(1, { [tags.StudyID]: '' })), options);
    expect(codeOf(call)).toBe('DICOM_DIRECTORY_KEY_MISSING');
    expect(call).toThrow('00200010');
  });

  test('UIDs that are missing, classes without a record, a file-set ID that is none', () => {
    expect(codeOf(() => writeMediaDirectory(set(instance(1, { [tags.StudyInstanceUID]: '' })), options))).toBe(
      'DICOM_UID_MISSING',
    );
    const report = parseFile(
      part10(uid.explicit, element(tags.SOPClassUID, 'UI', '1.2.3'), element(tags.SOPInstanceUID, 'UI', '1.2')),
    );
    expect(codeOf(() => writeMediaDirectory(set(report), options))).toBe('DICOM_DIRECTORY_CLASS_UNKNOWN');
    expect(codeOf(() => writeMediaDirectory([], { ...options, fileSetId: 'a'.repeat(16) }))).toBe(
      'DICOM_FILE_ID_INVALID',
    );
  });
});

test('missing keys are counted, found elsewhere or left empty where that was asked for', () => {
  const files = [1, 2].map((number) =>
    instance(number, {
      [tags.StudyDate]: '',
      [tags.SeriesDate]: '20200304',
      [tags.StudyTime]: undefined,
      [tags.PatientID]: '',
      [tags.StudyID]: '',
      [tags.SeriesNumber]: '',
      [tags.InstanceNumber]: '',
    }),
  );
  const [patient] = read(writeMediaDirectory(set(...files), { ...options, missingKeys: 'fill' })).records;
  const study = patient!.children[0]!;
  const series = study.children[0]!;
  expect(text(patient!.dataset, tags.PatientID)).toBeUndefined();
  expect([tags.StudyDate, tags.StudyTime, tags.StudyID].map((tag) => text(study.dataset, tag))).toEqual([
    '20200304',
    undefined,
    '1',
  ]);
  expect(text(series.dataset, tags.SeriesNumber)).toBe('1');
  expect(series.children.map(({ dataset }) => text(dataset, tags.InstanceNumber))).toEqual(['1', '2']);
});

describe('hostile headers cost their records values, and never the directory', () => {
  const lenient = { ...options, missingKeys: 'fill', unknownClasses: 'private', repeatedInstances: 'accept' } as const;
  const only = (file: DicomFile) => {
    const directory = read(writeMediaDirectory(set(file), lenient));
    expect(directory.warnings).toEqual([]);
    const [record] = mediaFiles(directory.records);
    return { record: record!, patient: record!.parent!.parent!.parent! };
  };

  test.each([
    ['a number that is none', { [tags.InstanceNumber]: 'one\u0001' }, tags.InstanceNumber, '1'],
    ['a control character', { [tags.Modality]: 'C\u001bT' }, tags.Modality, undefined],
    ['signs that its VR has not', { [tags.StudyDate]: Uint8Array.of(0xe4, 0xf6) }, tags.StudyDate, undefined],
    ['a long name', { [tags.PatientName]: 'x'.repeat(60_000) }, tags.PatientName, undefined],
    ['a long ID', { [tags.PatientID]: 'x'.repeat(60_000) }, tags.PatientID, undefined],
    [
      'a character set that is none',
      { [tags.SpecificCharacterSet]: Uint8Array.of(0xff) },
      tags.PatientName,
      'Doe^Jane',
    ],
  ] as const)('%s', (_, values, tag, written) => {
    const directory = read(writeMediaDirectory(set(instance(1, values)), lenient));
    let record: MediaRecord | undefined = [...mediaFiles(directory.records)][0];
    expect(record?.sopInstanceUid).toBe('1.2.1.1.1');
    while (record !== undefined && !record.dataset.elements.has(tag)) record = record.parent;
    expect(text(record!.dataset, tag)).toBe(written);
    expect(directory.warnings).toEqual([]);
  });

  test.each(['1.2.\u00e9', '1.2\r\n3', 'hello', `1.${'2'.repeat(90)}`])(
    'a transfer syntax that is none: %j',
    (named) => {
      const keys = [
        [tags.SOPClassUID, ct],
        [tags.SOPInstanceUID, '1.2.1.1.1'],
        [tags.StudyInstanceUID, '1.2.1'],
        [tags.SeriesInstanceUID, '1.2.1.1'],
      ] as const;
      const elements = keys.map(([tag, value]) => element(tag, 'UI', value));
      const { record } = only(parseFile(part10(named, ...elements)));
      expect([record.sopInstanceUid, record.transferSyntaxUid]).toEqual(['1.2.1.1.1', undefined]);
    },
  );

  test('two million values without a VR', () => {
    const number = element(tags.AccessionNumber, 'UN', '\\'.repeat(2 * 1024 * 1024));
    const { record } = only(instance(1, { [tags.AccessionNumber]: undefined }, number));
    expect(text(record.parent!.parent!.dataset, tags.AccessionNumber)).toBeUndefined();
  });

  test('a key that is a sequence where it should be text, or bytes', () => {
    for (const vr of ['SQ', 'OB']) {
      const name = element(tags.PatientName, vr, vr === 'SQ' ? item(element(tags.PatientID, 'LO', 'P9')) : 'ab');
      const { patient } = only(instance(1, { [tags.PatientName]: undefined, [tags.PatientID]: undefined }, name));
      expect(patient.dataset.elements.get(tags.PatientName)?.vr).toBe('PN');
      expect(text(patient.dataset, tags.PatientName)).toBeUndefined();
    }
  });

  test.each([
    ['longer than a key is', 'UT', '2'.repeat(2_000)],
    ['a name of another alphabet', 'LO', Uint8Array.of(0xe4, 0xf6)],
    ['a sequence', 'SQ', item(element(tags.PatientID, 'LO', 'P9'))],
    ['a number', 'US', u16(7)],
  ] as const)('a date of the series that would stand in for the study’s, and is %s', (_, vr, value) => {
    const empty = { [tags.StudyDate]: '', [tags.StudyTime]: '' };
    const instead = [element(tags.SeriesDate, vr, value), element(0x00080031, vr, value)];
    const { record } = only(instance(1, empty, ...instead));
    const study = record.parent!.parent!.dataset;
    expect([tags.StudyDate, tags.StudyTime].map((tag) => study.elements.get(tag)?.valueStart)).toEqual(
      [tags.StudyDate, tags.StudyTime].map((tag) => study.elements.get(tag)?.valueEnd),
    );
    expect([tags.StudyDate, tags.StudyTime].every((tag) => study.elements.has(tag))).toBe(true);
  });

  test('sequences by the megabyte: each is short, and all of them together are', () => {
    const presentation = '1.2.840.10008.5.1.4.1.1.11.1';
    const series = (bytes: number) => {
      const content = [element(tags.SeriesInstanceUID, 'UI', '1.2'), element(0x0020000f, 'UT', 'x'.repeat(bytes))];
      return element(0x00081115, 'SQ', item(joined(content)));
    };
    const writer = mediaDirectoryWriter(lenient);
    const file = (number: number, bytes: number) =>
      instance(number, { [tags.SOPClassUID]: presentation }, series(bytes));
    const [short, long] = [file(1, 60_000), file(2, 70_000)];
    for (let number = 1; number <= 300; number++) writer.add(fileIdOf(1, 1, number), short);
    writer.add(fileIdOf(1, 1, 301), long);
    const records = [...mediaFiles(read(writer.bytes()).records)];
    expect(records.length).toBe(301);
    const withKey = records.filter(({ dataset }) => dataset.elements.has(0x00081115)).length;
    expect(withKey).toBe(Math.floor((8 * 1024 * 1024) / 60_030));
    expect(records.at(-1)?.dataset.elements.has(0x00081115)).toBe(false);
  });

  test('what is no image, and of a class without a record type, has a private record', () => {
    const file = parseFile(
      part10(
        uid.explicit,
        element(tags.SOPClassUID, 'UI', '1.2.3.4'),
        element(tags.SOPInstanceUID, 'UI', '1.2.3'),
        element(tags.StudyInstanceUID, 'UI', '1.2.1'),
        element(tags.SeriesInstanceUID, 'UI', '1.2.1.1'),
      ),
    );
    const { record } = only(file);
    expect([record.type, record.sopClassUid, text(record.dataset, 0x00041432)]).toEqual([
      'PRIVATE',
      '1.2.3.4',
      expect.stringMatching(/^2\.25\.\d+$/),
    ]);
  });

  test('two files of one instance have a record each', () => {
    const directory = read(writeMediaDirectory(set(instance(1), instance(1)), lenient));
    expect(
      [...mediaFiles(directory.records)].map(({ fileId, sopInstanceUid }) => [fileId.at(-1), sopInstanceUid]),
    ).toEqual([
      ['IM000001', '1.2.1.1.1'],
      ['IM000002', '1.2.1.1.1'],
    ]);
  });
});

test('pieces are the directory, and as long together as was said before the first', () => {
  const writer = mediaDirectoryWriter(options);
  for (let number = 1; number <= 1_000; number++) writer.add(fileIdOf(1, 1, number), instance(number));
  const bytes = writer.byteLength();
  const pieces = [...writer.pieces()];
  expect(pieces.length).toBeGreaterThan(3);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(64 * 1024);
  expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(bytes);
  expect(joined(pieces)).toEqual(writer.bytes());
});

test('of an instance no more is kept than twice its record, and some', () => {
  const fixture = join(import.meta.dirname, 'directory-memory.fixture.ts');
  const told = execFileSync(process.execPath, ['--expose-gc', fixture], { encoding: 'utf8', timeout: 60_000 });
  const { keptBytes, recordBytes } = JSON.parse(told) as { keptBytes: number; recordBytes: number };
  expect(recordBytes).toBeGreaterThan(200);
  expect(keptBytes).toBeGreaterThan(recordBytes);
  expect(keptBytes).toBeLessThan(600);
});

test('15,000 instances make a directory in time and memory that grow with them alone', () => {
  const count = 15_000;
  const file = instance(1);
  const place = file.bytes.findIndex((_, at) => latinAt(file.bytes, at, '1.2.1.1.1\0'));
  const writer = mediaDirectoryWriter(options);
  const uidBytes = file.dataset.elements.get(tags.SOPInstanceUID)!;
  expect(place).toBe(uidBytes.valueStart);
  const from = workedMs();
  for (let number = 0; number < count; number++) {
    const wide = instanceWith(file, uidBytes.start, uidBytes.end, number);
    writer.add(fileIdOf(1, 1 + Math.floor(number / 1_000), 1 + (number % 1_000)), wide);
  }
  const bytes = writer.bytes();
  const wrote = workedMs() - from;
  const directory = readMediaDirectory(parseFile(bytes));
  const seen = [...mediaFiles(directory.records)].length;
  expect(seen).toBe(count);
  expect(bytes.length).toBeLessThan(count * 200);
  expect(wrote).toBeLessThan(10_000);
});

function latinAt(bytes: Uint8Array, at: number, wanted: string): boolean {
  return [...latin(wanted)].every((byte, index) => bytes[at + index] === byte);
}

/** The same instance under another UID. */
function instanceWith(file: DicomFile, start: number, end: number, number: number): DicomFile {
  const uidElement = element(tags.SOPInstanceUID, 'UI', `1.2.9.${number}`);
  const bytes = new Uint8Array(file.bytes.length - (end - start) + uidElement.length);
  bytes.set(file.bytes.subarray(0, start));
  bytes.set(uidElement, start);
  bytes.set(file.bytes.subarray(end), start + uidElement.length);
  return parseFile(bytes);
}

const folder = mkdtempSync(join(tmpdir(), 'media-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const pydicomFiles = '/usr/lib/python3/dist-packages/pydicom/data/test_files';
const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../../../../../shared/corpus');
const python = '/usr/bin/python3';
const peers = [python, '/usr/bin/dcmdump', '/usr/bin/dcmmkdir', '/usr/bin/dciodvfy', pydicomFiles].every((path) =>
  existsSync(path),
);

/** A media set of files of others, named as we name them. */
function mediaSet(name: string, from: readonly DicomFile[]) {
  const root = join(folder, name);
  const numbers = new Map<string, number>();
  const numberOf = (key: string) => numbers.get(key) ?? numbers.set(key, numbers.size + 1).get(key)!;
  const files = from.map((file, index) => {
    const fileId = fileIdOf(
      numberOf(`study ${text(file.dataset, tags.StudyInstanceUID)}`),
      numberOf(`series ${text(file.dataset, tags.SeriesInstanceUID)}`),
      index + 1,
    );
    const to = join(root, relativePath(fileId)!);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, file.bytes);
    return { fileId, file };
  });
  return { root, files, names: files.map(({ fileId }) => relativePath(fileId)!) };
}

describe.skipIf(!peers && process.env.CI !== 'true')('DCMTK, dicom3tools and pydicom', () => {
  const images = ['77654033', '98892001', '98892003']
    .flatMap((patient) =>
      readdirSync(join(pydicomFiles, 'dicomdirtests', patient), { recursive: true, withFileTypes: true }),
    )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const { root, files, names } = mediaSet(
    'images',
    images.map((path) => parseFile(new Uint8Array(readFileSync(path)))),
  );
  const ours = writeMediaDirectory(files, options);
  writeFileSync(join(root, 'DICOMDIR'), ours);

  test('dcmmkdir writes the same records with the same keys for the same files, and we read its tree', () => {
    execFileSync('dcmmkdir', ['-q', '+D', 'THEIRS', '+F', 'TESTSET', ...names], { cwd: root, timeout: 60_000 });
    const theirs = read(new Uint8Array(readFileSync(join(root, 'THEIRS'))));
    expect(theirs.warnings).toEqual([]);
    expect([...mediaFiles(theirs.records)].length).toBe(images.length);
    expect(tree(read(ours).records)).toEqual(tree(theirs.records));
  });

  test('dcmdump and dcdirdmp read what we write without a word of complaint', () => {
    const dump = spawnSync('dcmdump', [join(root, 'DICOMDIR')], { encoding: 'latin1', timeout: 20_000 });
    expect(dump.stderr).toBe('');
    expect(dump.stdout.match(/refFileID=/g)?.length).toBe(images.length);
  });

  test('dciodvfy finds no fault in what we write', () => {
    const { stdout, stderr } = spawnSync('dciodvfy', [join(root, 'DICOMDIR')], { encoding: 'latin1', timeout: 20_000 });
    expect(`${stdout}${stderr}`.trim()).toBe('BasicDirectory');
  });

  test('pydicom’s FileSet reads what we write, and we read what it writes', () => {
    const script = `
import sys, json, warnings
warnings.simplefilter('error')
warnings.simplefilter('ignore', DeprecationWarning)
warnings.simplefilter('ignore', ResourceWarning)
from pydicom.fileset import FileSet
fs = FileSet(sys.argv[1])
print(json.dumps([[i.path, i.SOPInstanceUID, i.PatientID, i.StudyInstanceUID, i.SeriesInstanceUID] for i in fs]))
fs.copy(sys.argv[2])
`;
    const copied = join(folder, 'pydicom');
    const told = JSON.parse(
      execFileSync(python, ['-c', script, join(root, 'DICOMDIR'), copied], { encoding: 'utf8', timeout: 60_000 }),
    );
    const rows = (bytes: Uint8Array, where: string) =>
      [...mediaFiles(read(bytes).records)].map((record) => [
        join(where, relativePath(record.fileId)!),
        record.sopInstanceUid,
        text(record.parent!.parent!.parent!.dataset, tags.PatientID),
        text(record.parent!.parent!.dataset, tags.StudyInstanceUID),
        text(record.parent!.dataset, tags.SeriesInstanceUID),
      ]);
    expect(told).toEqual(rows(ours, root));
    const theirs = new Uint8Array(readFileSync(join(copied, 'DICOMDIR')));
    expect(read(theirs).warnings).toEqual([]);
    expect(rows(theirs, '').map(([, ...row]) => row)).toEqual(rows(ours, '').map(([, ...row]) => row));
    for (const record of mediaFiles(read(theirs).records))
      expect(existsSync(join(copied, relativePath(record.fileId)!))).toBe(true);
  });

  test('other kinds of instances have the records that dcmmkdir gives them, and dciodvfy finds no fault in those', () => {
    const wanted = /^1\.2\.840\.10008\.5\.1\.4\.(1\.1\.(481|88|104|66|67|11|9|78|68)\b|38|39|43)/;
    const bySopClass = new Map<string, DicomFile>();
    const packaged = ['rtdose_1frame.dcm', 'waveform_ecg.dcm'].map((name) => join(pydicomFiles, name));
    for (const path of [...(existsSync(corpus) ? manifest(wanted) : []), ...packaged]) {
      const file = parseFile(new Uint8Array(readFileSync(path)));
      const sopClass = text(file.dataset, tags.SOPClassUID) ?? '';
      const whole = text(file.dataset, tags.SeriesInstanceUID) !== undefined || /\.39\.1$/.test(sopClass);
      // Everybody makes up what is missing in words of their own: here nothing is, but dates that stand elsewhere.
      const edits = [tags.PatientID, tags.StudyID, tags.SeriesNumber, tags.InstanceNumber]
        .filter((tag) => text(file.dataset, tag) === undefined)
        .map((tag) => ({ path: [tag], set: { vr: lookupTag(tag)!.vr, Value: ['1'] } }));
      if (whole && !bySopClass.has(sopClass)) bySopClass.set(sopClass, parseFile(joined(edit(file, edits).pieces)));
    }
    const others = mediaSet('others', [...bySopClass.values()]);
    const complaints = (name: string): string[] => {
      const { stdout, stderr } = spawnSync('dciodvfy', [name], {
        cwd: others.root,
        encoding: 'latin1',
        timeout: 20_000,
      });
      return `${stdout}${stderr}`.split('\n').filter((line) => /^(Error|Warning)/.test(line));
    };
    const types = new Set<string>();
    for (const { fileId, file } of others.files) {
      const lenient = ['-Nxc', '-Nec', '-Nrc', '+Nrs', '-W', '+I'];
      const args = ['-q', ...lenient, '+D', 'THEIRS', '+F', 'TESTSET', relativePath(fileId)!];
      // Label maps are newer than DCMTK 3.6.7.
      if (spawnSync('dcmmkdir', args, { cwd: others.root, timeout: 20_000 }).status !== 0) continue;
      const mine = writeMediaDirectory([{ fileId, file }], { ...options, missingKeys: 'fill' });
      writeFileSync(join(others.root, 'OURS'), mine);
      const theirs = read(new Uint8Array(readFileSync(join(others.root, 'THEIRS'))));
      const sopClass = text(file.dataset, tags.SOPClassUID);
      expect(tree(read(mine).records), sopClass).toEqual(tree(theirs.records));
      expect(
        complaints('OURS').filter((line) => line.startsWith('Error')),
        sopClass,
      ).toEqual([]);
      // It knows neither PALETTE nor what a Content Sequence holds.
      const known = new Set(complaints('THEIRS'));
      expect(
        complaints('OURS').filter((line) => !known.has(line)),
        sopClass,
      ).toEqual([]);
      rmSync(join(others.root, 'THEIRS'));
      for (const record of mediaFiles(read(mine).records)) types.add(record.type);
    }
    for (const type of existsSync(corpus)
      ? ['SR DOCUMENT', 'RT DOSE', 'RT PLAN', 'VALUE MAP', 'PALETTE', 'WAVEFORM', 'IMAGE']
      : ['RT DOSE', 'WAVEFORM'])
      expect(types, type).toContain(type);
  });

  test('every SOP class that pydicom has a record type for has it here, and with the same keys', () => {
    const script = `
import sys, json, warnings
warnings.simplefilter('ignore')
from pydicom import fileset, Dataset
from pydicom.datadict import dictionary_VR
from pydicom.sequence import Sequence
out = {'types': {**fileset._FOUR_LEVEL_SOP_CLASSES, **fileset._SINGLE_LEVEL_SOP_CLASSES}, 'keys': {}}
for kind, keys in json.loads(sys.argv[1]).items():
    if kind not in fileset.DIRECTORY_RECORDERS: continue
    ds = Dataset()
    for tag in keys:
        vr = dictionary_VR(tag)
        ds.add_new(tag, vr, Sequence([Dataset()]) if vr == 'SQ' else 1 if vr in ('US', 'IS') else 'X')
    out['keys'][kind] = sorted(int(e.tag) for e in fileset.DIRECTORY_RECORDERS[kind](ds))
print(json.dumps(out))
`;
    const ours = Object.fromEntries(
      Object.entries(recordKeys).map(([type, list]) => [type, list.map(([tag]) => tag).sort((a, b) => a - b)]),
    );
    const theirs = JSON.parse(
      execFileSync(python, ['-c', script, JSON.stringify(ours)], { encoding: 'utf8', timeout: 60_000 }),
    );
    const file = parseFile(part10(uid.explicit, element(tags.SOPInstanceUID, 'UI', '1')));
    const typed = Object.fromEntries(
      Object.keys(theirs.types).map((sopClass) => [sopClass, recordTypeOf(sopClass, file)?.type]),
    );
    expect(typed).toEqual(theirs.types);
    // pydicom 2.3.1 leaves out name, description and level of a hanging protocol; annotations are newer, and it writes
    // no private records.
    const { 'HANGING PROTOCOL': mine, ANNOTATION: _, PRIVATE: __, ...rest } = ours;
    const { 'HANGING PROTOCOL': its, ...others } = theirs.keys;
    expect(rest).toEqual(others);
    expect(mine).toEqual([0x00720002, 0x00720004, 0x00720006, ...its]);
  });

  function manifest(sopClasses: RegExp): string[] {
    return readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'))
      .filter(([, quality, kind]) => kind === 'dicom' && quality !== 'malformed')
      .filter((row) => sopClasses.test(row[6] ?? ''))
      .map(([path = '']) => join(corpus, path))
      .filter((path) => codeOf(() => parseFile(new Uint8Array(readFileSync(path)))) === 'nothing thrown');
  }
});
