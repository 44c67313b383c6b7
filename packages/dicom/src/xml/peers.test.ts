import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type DataSet, DicomError, type DicomJson, type DicomJsonAttribute, parseFile, toDicomJson } from '../index.ts';
import { bulkDataAt } from '../json/bulk-data.ts';
import { part10, uid } from '../part10.fixture.ts';
import { writeDataSet } from '../write/write-data-set.ts';
import { fromNativeXml } from './from-native-xml.ts';
import { toNativeXml } from './native-xml.ts';

/** What DCMTK and pydicom read in files that nobody on this project wrote, against our documents of them. */
const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../../../../../shared/corpus');
const pydicom = '/usr/lib/python3/dist-packages/pydicom/data';
const dcm2xml = '/usr/bin/dcm2xml';
const mustRun = process.env.CI === 'true';
const largest = 1_000_000;
/** Files compared; pydicom's own alone are 78. */
const atLeast = existsSync(corpus) ? 80 : 60;

const inflateRaw = (bytes: Uint8Array, maxBytes: number): Uint8Array =>
  new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes }));

/** Of the corpus, the first file of each combination of transfer syntax, SOP class and character set. */
function corpusFiles(): string[] {
  if (!existsSync(corpus)) return [];
  const rows = readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8').trimEnd().split('\n').slice(1);
  const first = new Map<string, string>();
  for (const row of rows) {
    const [path = '', , kind, , , ...rest] = row.split('\t');
    const key = rest.slice(0, 3).join('\t');
    if (kind === 'dicom' && Number(rest[4]) <= largest && !first.has(key)) first.set(key, join(corpus, path));
  }
  return [...first.values()];
}

function pydicomFiles(): string[] {
  if (!existsSync(pydicom)) return [];
  return ['test_files', 'charset_files'].flatMap((folder) =>
    readdirSync(join(pydicom, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(py|txt|md|json)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

function dataSetOf(path: string): DataSet | undefined {
  try {
    return parseFile(new Uint8Array(readFileSync(path)), { inflateRaw }).dataset;
  } catch (error) {
    expect(error, path).toBeInstanceOf(DicomError);
    return undefined;
  }
}

const accepted = [...corpusFiles(), ...pydicomFiles()].flatMap((path) => {
  const dataSet = dataSetOf(path);
  return dataSet === undefined ? [] : [{ path, dataSet }];
});

const folder = mkdtempSync(join(tmpdir(), 'native-xml-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** IS, DS, SV and UV stay strings in XML; DICOM JSON has numbers where that loses nothing. */
function withNumbers(json: DicomJson): DicomJson {
  const numeric = new Set(['IS', 'DS', 'SV', 'UV']);
  return JSON.parse(
    JSON.stringify(json, (_, value: unknown) => {
      const { vr, Value } = (value ?? {}) as Partial<DicomJsonAttribute>;
      if (vr === undefined || Value === undefined || !numeric.has(vr)) return value;
      const numbers = Value.map((one) => (one === null || Number.isNaN(Number(one)) ? one : Number(one)));
      return { vr, Value: numbers };
    }),
  );
}

describe.skipIf(accepted.length === 0 && !mustRun)('our own two ways', () => {
  test('bytes → XML → DICOM JSON is bytes → DICOM JSON', () => {
    expect(accepted.length).toBeGreaterThan(atLeast);
    const other: string[] = [];
    for (const { path, dataSet } of accepted) {
      const [found, expected] = [fromNativeXml(toNativeXml(dataSet)), toDicomJson(dataSet)].map(withNumbers);
      if (JSON.stringify(found) !== JSON.stringify(expected)) other.push(basename(path));
    }
    expect(other).toEqual([]);
  });

  test('XML → bytes → XML is the same text', () => {
    const refused: Record<string, string> = {};
    for (const { path, dataSet } of accepted) {
      const options = { bulkDataUri: (at: readonly number[]) => `path:${at.join('.')}` };
      const xml = toNativeXml(dataSet, options);
      try {
        const bytes = writeDataSet(fromNativeXml(xml), {
          transferSyntax: uid.jpeg,
          charset: 'utf-8-if-needed',
          bulkData: (uri) => bulkDataAt(dataSet, uri.slice(5).split('.').map(Number)),
        });
        const again = toNativeXml(parseFile(part10(uid.jpeg, bytes)).dataset, options);
        if (again !== xml) refused[basename(path)] = firstDifference(xml, again);
      } catch (error) {
        refused[basename(path)] = (error as DicomError).code;
      }
    }
    // An element of odd length: what we write is padded (PS3.5 §7.1.1).
    expect(Object.keys(refused)).toEqual(accepted.length > 0 && existsSync(pydicom) ? ['nested_priv_SQ.dcm'] : []);
  });
});

function firstDifference(left: string, right: string): string {
  let at = 0;
  while (left[at] === right[at]) at++;
  return `${left.slice(at - 80, at + 40)} | ${right.slice(at, at + 40)}`;
}

describe.skipIf((accepted.length === 0 || !existsSync('/usr/bin/python3')) && !mustRun)('pydicom', () => {
  test('reads the same values from the file as an XML parser from our document', { timeout: 60_000 }, () => {
    const input = accepted.map(({ path, dataSet }, index) => {
      const xml = join(folder, `${index}.xml`);
      writeFileSync(xml, toNativeXml(dataSet, { inlineLimitBytes: Number.POSITIVE_INFINITY }));
      return `${path}\t${xml}\n`;
    });
    const script = join(import.meta.dirname, 'compare_with_pydicom.py');
    const run = spawnSync('/usr/bin/python3', [script], {
      input: input.join(''),
      encoding: 'utf8',
      timeout: 50_000,
      maxBuffer: 1 << 28,
    });
    expect(run.stderr).toBe('');
    const told = JSON.parse(run.stdout) as { files: number; values: number; differences: string[][] };
    expect(told.files).toBeGreaterThan(atLeast);
    expect(told.values).toBeGreaterThan(5_000);
    const unexplained = told.differences.filter(
      ([path = '', where, kind]) =>
        byPydicom[basename(path)]?.some(([of, tag]) => of === kind && tag.test(where!)) !== true,
    );
    expect(unexplained).toEqual([]);
  });
});

/** File → what pydicom 2.3.1 tells otherwise, and why ours stays. */
const byPydicom: Readonly<Record<string, readonly (readonly [kind: string, tag: RegExp])[]>> = {
  // (0028,0120) has two blanks for a VR; pydicom takes four bytes of length there and so the elements behind it for its value.
  'GH179A.dcm': [
    ['count SS', /00280120$/],
    ['extra DS', /\/0028105[0-3]$/],
    ['extra LO', /\/00281054$/],
    ['extra SQ', /\/(00400275|0040030E)$/],
    ['extra US', /\/00400301$/],
    ['extra ST', /\/00400310$/],
  ],
  // GB 2312 by escapes, declared without ISO 2022: pydicom leaves the escapes in the text.
  'chrGB2312.dcm': [['value PN', /00100010$/]],
  // Encapsulated, and OW all the same: ours is the file's, pydicom's what it should be.
  'SC_rgb_jpeg.dcm': [['vr OW/OB', /7FE00010$/]],
};

describe.skipIf((accepted.length === 0 || !existsSync(dcm2xml)) && !mustRun)('DCMTK', () => {
  test('dcm2xml --native-format tells the same, and we read what it writes', { timeout: 60_000 }, () => {
    const unexplained: string[] = [];
    let compared = 0;
    // A process each: of many files, every second.
    const step = accepted.length > 160 ? 2 : 1;
    for (const { path, dataSet } of accepted.filter((_, index) => index % step === 0)) {
      // Inline binary, nothing left out, text as UTF-8; where nothing is declared Latin-1 is what we assume, too.
      const options = ['-q', '-nat', '+Xn', '+Eb', '+M', '+U8', '+Ca', 'latin-1'];
      const run = spawnSync(dcm2xml, [...options, path], { maxBuffer: 1 << 28, timeout: 10_000 });
      // It refuses ISO 2022 where its iconv has no code extensions, and files that dcmdump refuses.
      if (run.status !== 0) continue;
      const theirs = fromNativeXml(new Uint8Array(run.stdout));
      const ours = fromNativeXml(toNativeXml(dataSet, { inlineLimitBytes: Number.POSITIVE_INFINITY }));
      compared++;
      for (const [at, mine, its] of differences(ours, theirs)) {
        if (!byDcmtk.some((why) => why(mine, its, at)))
          unexplained.push(`${basename(path)} ${at} ${JSON.stringify(mine)} ${JSON.stringify(its)}`.slice(0, 300));
      }
    }
    expect(unexplained).toEqual([]);
    expect(compared).toBeGreaterThan(atLeast);
  });

  test('xml2dcm reads DCMTK’s own format and no other', () => {
    const xml = join(folder, 'ours.xml');
    writeFileSync(xml, toNativeXml(accepted[0]!.dataSet));
    const run = spawnSync('/usr/bin/xml2dcm', [xml, join(folder, 'theirs.dcm')], { encoding: 'utf8', timeout: 10_000 });
    expect(run.stderr).toContain("was 'NativeDicomModel', 'data-set' expected");
  });
});

type Side = DicomJsonAttribute | undefined;

/** Iterative; sequences of the same length are gone into. */
function differences(ours: DicomJson, theirs: DicomJson): [at: string, mine: Side, its: Side][] {
  const found: [string, Side, Side][] = [];
  const work = [{ ours, theirs, path: '' }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    for (const tag of new Set([...Object.keys(next.ours), ...Object.keys(next.theirs)])) {
      const mine = next.ours[tag];
      const its = next.theirs[tag];
      const path = `${next.path}/${tag}`;
      const items = mine?.vr === 'SQ' && its?.vr === 'SQ' && mine.Value?.length === its.Value?.length ? mine.Value : [];
      for (const [index, item] of (items ?? []).entries())
        work.push({ ours: item as DicomJson, theirs: its!.Value![index] as DicomJson, path: `${path}.${index}` });
      if (items?.length === 0 && JSON.stringify(mine) !== JSON.stringify(its)) found.push([path, mine, its]);
    }
  }
  return found;
}

/** What DCMTK 3.6.7 tells otherwise, and why ours stays. */
const byDcmtk: readonly ((mine: Side, its: Side, at: string) => boolean)[] = [
  // +U8 declares what it has done; table A.1.5-2 keeps the declaration of the data set.
  (_, its, at) => at.endsWith('/00080005') && its?.Value?.[0] === 'ISO_IR 192',
  // Pixel data is inline there; encapsulated and OW all the same, it is told as the OB that it should be.
  (mine, its, at) => /\/7FE000(10|09|08)$/.test(at) && mine?.InlineBinary === undefined && mine?.vr === its?.vr,
  (mine, its, at) => at === '/7FE00010' && mine?.vr === 'OW' && its?.vr === 'OB' && its.InlineBinary === undefined,
  // It has dictionaries of private elements; we have the bytes.
  (mine, its, at) => isPrivate(at) && mine?.vr === 'UN' && its !== undefined && its.vr !== 'UN',
  // UN of a known tag has its own VR with us (PS3.5 §6.2.2), as in DICOM JSON.
  (mine, its) => mine !== undefined && mine.vr !== 'UN' && its?.vr === 'UN',
  // An element whose block nobody reserved has no creator to tell: DCMTK writes 00 for its block all the same.
  (mine, its, at) => isPrivate(at) && (mine === undefined ? /00[\dA-F]{2}$/.test(at) : its === undefined),
  // It writes FD with 17 significant digits of an inexact conversion, and -0 as 0.
  (mine, its) => mine?.vr === 'FD' && its?.vr === 'FD' && near(mine, its),
  // Words of inline binary are big endian there; PS3.19 leaves that to PS3.5, PS3.18 §8.7 makes it little endian.
  (mine, its) => ['OW', 'OF', 'OD', 'OL', 'OV'].includes(mine?.vr ?? '') && swapped(mine!, its!),
  // Empty name components at the end are dropped (which PS3.5 §6.2.1 allows), and where the phonetic group is empty the
  // ideographic one stands in its place.
  (mine, its) => mine?.vr === 'PN' && its?.vr === 'PN' && sameNames(mine, its),
  // A value of odd length is padded there.
  (mine, its) => mine?.vr === 'UN' && bytesOf(its).equals(Buffer.concat([bytesOf(mine), Buffer.alloc(1)])),
];

function isPrivate(at: string): boolean {
  return Number.parseInt(at.slice(-5, -4), 16) % 2 === 1;
}

function near(mine: DicomJsonAttribute, its: DicomJsonAttribute): boolean {
  return mine.Value!.every((value, index) => Math.abs(Number(value) / Number(its.Value?.[index]) - 1) < 1e-15);
}

function bytesOf(side: Side): Buffer {
  return Buffer.from(side?.InlineBinary ?? '', 'base64');
}

function swapped(mine: DicomJsonAttribute, its: DicomJsonAttribute): boolean {
  const size = { OW: 2, OF: 4, OL: 4 }[mine.vr] ?? 8;
  const turned = bytesOf(its);
  for (let at = 0; at < turned.length; at += size) turned.subarray(at, at + size).reverse();
  return mine.vr === its.vr && bytesOf(mine).equals(turned);
}

function sameNames(mine: DicomJsonAttribute, its: DicomJsonAttribute): boolean {
  return (mine.Value ?? []).every((value, index) => {
    const name = (value ?? {}) as Record<string, string>;
    const other = (its.Value?.[index] ?? {}) as Record<string, string>;
    return ['Alphabetic', 'Ideographic', 'Phonetic'].every((group) => {
      const written = name[group]?.replace(/\^+$/, '') ?? '';
      return written === (other[group] ?? '') || (group === 'Phonetic' && other.Phonetic === other.Ideographic);
    });
  });
}
