import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tags } from '../dictionary/tags.ts';
import { isDeflatedWhole } from '../dictionary/transfer-syntax.ts';
import type { DicomFile } from '../element.ts';
import { bulkDataAt } from '../json/bulk-data.ts';
import type { DicomJson, DicomJsonAttribute } from '../json/dicom-json.ts';
import { toDicomJson } from '../json/dicom-json.ts';
import { fromDicomJson } from '../json/from-dicom-json.ts';
import { stringifyDicomJson } from '../json/stringify.ts';
import { parseFile } from '../parse/parse-file.ts';
import { uid } from '../part10.fixture.ts';
import { text } from '../value.ts';
import { writeFile } from './write-file.ts';

/** Files that nobody on this project wrote, read, told as DICOM JSON text, and written from that text again. */
const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../../../../../shared/corpus');
const mustRun = process.env.CI === 'true';
const folder = mkdtempSync(join(tmpdir(), 'symbolon-write-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inflateRaw = (bytes: Uint8Array, maxBytes: number) =>
  new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes }));
const deflateRaw = (bytes: Uint8Array) => new Uint8Array(deflateRawSync(bytes));
const bulkDataUri = (path: readonly number[]) => path.join('.');

type Sample = { readonly name: string; readonly path: string; readonly file: DicomFile };

/** Two files of every SOP class and transfer syntax, and all whose character set is not the everyday one. */
function samples(): Sample[] {
  const seen = new Map<string, number>();
  const rows = readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8').trimEnd().split('\n').slice(1);
  const found: Sample[] = [];
  for (const row of rows) {
    const [name = '', quality, kind, , , transferSyntax = '', sopClass = '', charset = '', , bytes] = row.split('\t');
    if (kind !== 'dicom' || quality === 'malformed' || Number(bytes) > 200_000) continue;
    const key = /^(|ISO_IR 100|ISO_IR 192|-|none)$/.test(charset) ? `${sopClass} ${transferSyntax}` : charset;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    if (seen.get(key)! > 1) continue;
    const path = join(corpus, name);
    const read = tryParse(path);
    if (read !== undefined) found.push({ name, path, file: read });
  }
  return found;
}

function tryParse(path: string): DicomFile | undefined {
  try {
    return parseFile(new Uint8Array(readFileSync(path)), { inflateRaw });
  } catch {
    return undefined;
  }
}

/** Over the text of its DICOM JSON, with bulk data elsewhere, and decimal strings as they stand. */
function rewritten({ file }: Sample, transferSyntax = file.transferSyntax): Uint8Array {
  const json = stringifyDicomJson(toDicomJson(file.dataset, { bulkDataUri, decimals: 'string' }));
  return writeFile(fromDicomJson(JSON.parse(json)), {
    transferSyntax,
    mediaStorageSopClassUid: text(file.meta, tags.MediaStorageSOPClassUID) ?? '1.2',
    mediaStorageSopInstanceUid: text(file.meta, tags.MediaStorageSOPInstanceUID) ?? '1.3',
    bulkData: (_, path) => bulkDataAt(file.dataset, path),
    deflateRaw,
  });
}

function run(tool: string, args: string[], input?: string): string {
  const limits = 'ulimit -t 60; ulimit -v 4000000; exec "$@"';
  const options = { encoding: 'latin1', timeout: 60_000, maxBuffer: 1 << 30, input } as const;
  const done = spawnSync('sh', ['-c', limits, 'sh', tool, ...args], options);
  // A tool may die of a file: then it must die of both.
  return `${done.stdout}${done.stderr}${done.signal ?? ''}`;
}

const all = existsSync(corpus) ? samples() : [];
const ours = new Map<string, string>();
beforeAll(() => {
  for (const [index, sample] of all.entries()) {
    const path = join(folder, `${index}.dcm`);
    writeFileSync(path, rewritten(sample));
    ours.set(sample.name, path);
  }
});

/** Attributes that differ, at any depth, by path. */
function differences(
  a: DicomJson,
  b: DicomJson,
  found = new Map<string, [unknown, unknown]>(),
  at = '',
): Map<string, [unknown, unknown]> {
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [one, other] = [a[key], b[key]];
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
    const [items, others] = [one?.Value, other?.Value];
    if (one?.vr === 'SQ' && other?.vr === 'SQ' && items && others && items.length === others.length) {
      items.forEach((item, index) => {
        differences(item as DicomJson, others[index] as DicomJson, found, `${at}${key}.`);
      });
    } else found.set(at + key, [one, other]);
  }
  return found;
}

test('some seventy files of many SOP classes, transfer syntaxes and character sets', () => {
  expect(all.length).toBeGreaterThan(60);
  expect(new Set(all.map(({ file }) => file.transferSyntax)).size).toBeGreaterThan(12);
});

test('every file is the same DICOM JSON after JSON text and bytes, in its own transfer syntax', () => {
  for (const sample of all) {
    const again = parseFile(new Uint8Array(readFileSync(ours.get(sample.name)!)), { inflateRaw });
    const [before, after] = [sample.file, again].map(({ dataset }) => toDicomJson(dataset, { bulkDataUri }));
    expect([...differences(before!, after!)], sample.name).toEqual([]);
    expect(again.pixelElements.length, sample.name).toBe(sample.file.pixelElements.length);
  }
});

test('and in the other two native transfer syntaxes, where pixels are native', () => {
  for (const sample of all) {
    if (sample.file.pixelElements.some(({ fragments }) => fragments !== undefined)) continue;
    for (const syntax of [uid.explicit, uid.bigEndian]) {
      const again = parseFile(rewritten(sample, syntax), { inflateRaw });
      const [before, after] = [sample.file, again].map(({ dataset }) =>
        toDicomJson(dataset, { inlineLimitBytes: 1 << 30 }),
      );
      expect([...differences(before!, after!)], sample.name).toEqual([]);
    }
  }
});

describe.skipIf(!existsSync('/usr/bin/dciodvfy') && !mustRun)('dciodvfy', () => {
  /** What it says of ours and not of theirs, and why that is right. */
  const explained: Record<string, RegExp> = {
    // No group 0002 there, so that ours are made up.
    'dcm4che/NM-MONO2-16-13x-heart': /^Error - <\/MediaStorageSOP(Class|Instance)UID/,
    'pydicom/test_files/empty_charset_LEI.dcm': /^Error - <\/MediaStorageSOP(Class|Instance)UID/,
  };

  test('finds nothing in what we write that it did not find in what we read', () => {
    const said: Record<string, string[]> = {};
    for (const { name, path, file } of all) {
      // It does not inflate, and reports what it takes the deflated bytes for.
      if (isDeflatedWhole(file.transferSyntax)) continue;
      const before = new Set(run('dciodvfy', ['-new', path]).split('\n'));
      expect(before.size, name).toBeGreaterThan(1);
      const lines = run('dciodvfy', ['-new', ours.get(name)!])
        .split('\n')
        .filter((line) => !before.has(line));
      const unexpected = lines.filter((line) => explained[name]?.test(line) !== true);
      if (unexpected.length > 0) said[name] = unexpected;
    }
    expect(said).toEqual({});
  });
});

describe.skipIf(!existsSync('/usr/bin/dcmdump') && !mustRun)('dcmdump', () => {
  /** Tag, VR and value of every element; how sequences end and what pads a value is the writer's own. */
  const elements = (dump: string) =>
    dump
      .split('\n')
      .filter((line) => /^ *\((?!fffe|0002|\w{4},0000)/.test(line))
      .map((line) =>
        line
          .replace(/ +#.*$/, '')
          .replace(/\((Sequence|Item|PixelSequence) with .*$/, '$1')
          .replace(/ *([[\]\\]) */g, '$1'),
      );

  /** One process for all: most of its time goes into its dictionary. */
  const dumps = (paths: string[]) =>
    run('dcmdump', ['-q', '+F', ...paths])
      .split(/^# dcmdump .*$/m)
      .slice(1);

  /** What differs, and why that is right. UN is written as what the dictionary knows, at any depth (PS3.5 §6.2.2). */
  const explained: Record<string, RegExp> = {
    // Blanks are padding, and padding alone is no value.
    'fo-dicom/GH195.dcm': /^\(0010,0030\) DA\[/,
    // An empty third component group loses its delimiter, which PS3.5 §6.2.1 allows.
    'fo-dicom/charset/chrGB2312.dcm': /^\(0010,0010\) PN\[Zhang\^XiaoDong=.*=\]$/,
    'pydicom/charset_files/chrX2.dcm': /^\(0010,0010\) PN\[Wang\^XiaoDong=.*=\]$/,
    // The same Kanji with the fewest escape sequences that serve.
    'pydicom/charset_files/chrSQEncoding1.dcm': /^ +\(0010,0010\) PN\[/,
  };

  test('reads the same elements in both', () => {
    const different: Record<string, string[]> = {};
    const theirs = dumps(all.map(({ path }) => path));
    const written = dumps(all.map(({ name }) => ours.get(name)!));
    expect([theirs.length, written.length]).toEqual([all.length, all.length]);
    for (const [index, { name }] of all.entries()) {
      const after = new Set(elements(written[index]!));
      expect(after.size, name).toBeGreaterThan(1);
      const lost = elements(theirs[index]!).filter((line) => !after.has(line) && !/^ *\(\w{4},\w{4}\) UN/.test(line));
      const unexpected = lost.filter((line) => explained[name]?.test(line) !== true);
      if (unexpected.length > 0) different[name] = unexpected;
    }
    expect(different).toEqual({});
  });
});

/** Both models without what is known to differ for all files: bulk values, group lengths, "" for null, [] for none. */
function alike(json: DicomJson): DicomJson {
  const text = JSON.stringify(json, (key, value) => {
    if (/^....0000$/.test(key) || key === 'InlineBinary' || key === 'BulkDataURI') return undefined;
    if (key !== 'Value' || !Array.isArray(value)) return value;
    if (value.length === 0 || (value.length === 1 && (value[0] === '' || value[0] === null))) return undefined;
    return value.map((one) =>
      one === '' || (isName(one) && Object.values(one).every((group) => group === '')) ? null : one,
    );
  });
  return JSON.parse(text);
}

function isName(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['Alphabetic', 'Ideographic', 'Phonetic'].some((group) => group in value)
  );
}

describe.skipIf(!existsSync('/usr/lib/python3/dist-packages/pydicom') && !mustRun)('pydicom', () => {
  const script = `
import sys, json, warnings, logging, pydicom
warnings.simplefilter('ignore'); logging.disable(logging.CRITICAL)
def told(ds):
    return ds.to_json_dict(1 << 40, None)
for line in sys.stdin:
    theirs, ours, told_by_us = line.rstrip('\\n').split('\\t')
    try:
        out = [told(pydicom.dcmread(theirs)), told(pydicom.dcmread(ours))]
        with open(told_by_us) as f: out.append(told(pydicom.Dataset.from_json(f.read())))
    except Exception as error:
        out = type(error).__name__
    print(json.dumps(out))
`;
  /** Per file: what pydicom tells of the original, of ours, and of our JSON once it has read that. */
  let told: (string | DicomJson[])[] = [];
  beforeAll(() => {
    const input = all.map(({ name, path, file }) => {
      const json = `${ours.get(name)}.json`;
      writeFileSync(json, stringifyDicomJson(toDicomJson(file.dataset, { inlineLimitBytes: 1 << 30 })));
      return [path, ours.get(name), json].join('\t');
    });
    const said = run('/usr/bin/python3', ['-c', script], `${input.join('\n')}\n`);
    told = said
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  });

  /** Files of which pydicom tells no JSON, or none that is meant, whoever wrote them. */
  const unfit: readonly [name: RegExp, why: string][] = [
    [/GH195\.dcm$/, 'a DS of three dots, which is no number to it'],
    [
      /DICOMDIR/,
      'it follows the byte offsets in directory records, which move; writing those anew is the work of media/',
    ],
    [/chrGB2312\.dcm$/, 'it leaves the escape sequences of GB 2312 in names'],
  ];
  const fit = () =>
    all.flatMap((sample, index) => {
      const theirs = told[index]!;
      if (unfit.some(([name]) => name.test(sample.name))) return [];
      if (typeof theirs === 'string') throw new Error(`${sample.name}: ${theirs}`);
      const [original, written, fromOurJson] = theirs as [DicomJson, DicomJson, DicomJson];
      return [{ ...sample, original, written, fromOurJson }];
    });

  /** What differs between pydicom and us, and why that is right. */
  const explained: readonly (readonly [
    why: string,
    is: (one?: DicomJsonAttribute, other?: DicomJsonAttribute) => boolean,
  ])[] = [
    [
      'it knows private elements by their creator; we give them as bytes',
      (one, other) => one?.vr === 'UN' && other !== undefined,
    ],
    ['it keeps blanks that are padding', (one, other) => unpadded(one) === unpadded(other)],
  ];
  const unpadded = (attribute?: DicomJsonAttribute) => JSON.stringify(attribute).replace(/ +(?=["^=])|(?<=") +/g, '');

  const notPadding = ([, [one, other]]: [string, [unknown, unknown]]) =>
    unpadded(one as DicomJsonAttribute) !== unpadded(other as DicomJsonAttribute);

  test('reads the same data set from the file and from what we write', () => {
    for (const { name, original, written } of fit()) {
      expect([...differences(alike(original), alike(written))].filter(notPadding), name).toEqual([]);
    }
  });

  test('tells the same JSON of a file as we do, but for what is explained', () => {
    for (const { name, file, original } of fit()) {
      const found = differences(alike(toDicomJson(file.dataset)), alike(original));
      const unexpected = [...found].filter(([, pair]) => {
        const [one, other] = pair as [DicomJsonAttribute?, DicomJsonAttribute?];
        return !explained.some(([, is]) => is(one, other));
      });
      expect(unexpected, name).toEqual([]);
    }
  });

  test('reads our JSON as what we meant', () => {
    for (const { name, file, fromOurJson } of fit()) {
      expect([...differences(alike(toDicomJson(file.dataset)), alike(fromOurJson))], name).toEqual([]);
    }
  });

  test('what it tells is read and written by us, and told the same again', () => {
    for (const { name, file, original } of fit()) {
      // Fragments in InlineBinary are a custom of its own.
      if (file.pixelElements.some(({ fragments }) => fragments !== undefined)) continue;
      const bytes = writeFile(fromDicomJson(original), {
        mediaStorageSopClassUid: '1.2',
        mediaStorageSopInstanceUid: '1.3',
      });
      const again = toDicomJson(parseFile(bytes).dataset, { inlineLimitBytes: 1 << 30 });
      expect([...differences(alike(again), alike(original))].filter(notPadding), name).toEqual([]);
    }
  });
});

describe.skipIf(!existsSync('/usr/bin/dcm2json') && !mustRun)('dcm2json', () => {
  /** What differs between dcm2json 3.6.7 and us, and why that is right. */
  const explained: readonly (readonly [
    why: string,
    is: (one?: DicomJsonAttribute, other?: DicomJsonAttribute) => boolean,
  ])[] = [
    [
      'it knows private elements by their creator; we give them as bytes',
      (one, other) => one?.vr === 'UN' && other !== undefined,
    ],
    ['(0008,0005) is ISO_IR 192 to it, as before note 3 of §F.2.2', (_, other) => other?.Value?.[0] === 'ISO_IR 192'],
    ['it drops ^ at the end of a name', (one, other) => one?.vr === 'PN' && nameEnds(one) === nameEnds(other)],
    ['it writes floats with fewer digits, that read as the same float', (one, other) => floats(one) === floats(other)],
  ];
  const nameEnds = (attribute?: DicomJsonAttribute) =>
    JSON.stringify(attribute).replace(/\^+"/g, '"').replace(',"Value":[{"Alphabetic":""}]', '');
  const floats = (attribute?: DicomJsonAttribute) =>
    /^(FL|FD)$/.test(attribute?.vr ?? '')
      ? String(attribute?.Value?.map((value) => Number(value).toPrecision(attribute.vr === 'FL' ? 7 : 15)))
      : attribute;

  test('tells the same JSON of a file as we do, but for what is explained', () => {
    let compared = 0;
    for (const { name, path, file } of all) {
      // It writes a comma too many behind encapsulated pixel data.
      if (file.pixelElements.some(({ fragments }) => fragments !== undefined)) continue;
      const said = run('dcm2json', ['-q', path]);
      // Character sets that its libraries do not have.
      if (said.startsWith('F: ')) continue;
      const theirs = JSON.parse(Buffer.from(said, 'latin1').toString('utf8'));
      const unexpected = [...differences(alike(toDicomJson(file.dataset)), alike(theirs))].filter(([, pair]) => {
        const [one, other] = pair as [DicomJsonAttribute?, DicomJsonAttribute?];
        return !explained.some(([, is]) => is(one, other));
      });
      expect(unexpected, name).toEqual([]);
      compared++;
    }
    expect(compared).toBeGreaterThan(35);
  });
});
