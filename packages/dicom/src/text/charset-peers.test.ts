import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { charsetGoverned } from '../dictionary/vr.ts';
import type { DataSet } from '../element.ts';
import { DicomError, parseFile, tagText } from '../index.ts';
import { elementTexts } from '../value.ts';
import { absent, askPython, dcmconv, pydicomData, python } from './charset.fixture.ts';

/** Files that nobody on this project wrote, read by us, by pydicom and by DCMTK. */
const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../../../../../shared/corpus');
const options = {
  inflateRaw: (bytes: Uint8Array, maxBytes: number): Uint8Array =>
    new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes })),
};

/** Tag path → values, of every element that a character set governs. */
type Texts = Record<string, string[]>;

function ourTexts(path: string): Texts {
  const out: Texts = {};
  const open: (readonly [string, DataSet])[] = [['', parseFile(new Uint8Array(readFileSync(path)), options).dataset]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [prefix, ds] = next;
    for (const element of ds.elements.values()) {
      const at = `${prefix}${tagText(element.tag)}`;
      for (const [index, item] of (element.items ?? []).entries()) open.push([`${at}/${index}/`, item]);
      if (charsetGoverned.has(element.vr)) out[at] = elementTexts(ds, element);
    }
  }
  return out;
}

/** Whether a file that we read has text beyond ASCII. */
function hasMore(path: string): boolean {
  try {
    return /[^\x00-\x7f]/.test(JSON.stringify(ourTexts(path)));
  } catch (error) {
    if (error instanceof DicomError) return false;
    throw error;
  }
}

const pydicomScript = `
import json, sys
import pydicom
governed = {'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT'}
def texts(ds, prefix, out):
    for elem in ds:
        at = prefix + '%08X' % elem.tag
        if elem.VR == 'SQ':
            for index, item in enumerate(elem.value): texts(item, at + '/%d/' % index, out)
        elif elem.VR in governed:
            values = [] if elem.value is None else elem.value if isinstance(elem.value, (list, pydicom.multival.MultiValue)) else [elem.value]
            out[at] = [str(value) for value in values]
    return out
def read(path):
    try: return texts(pydicom.dcmread(path, force=True, stop_before_pixels=True), '', {})
    except Exception as error: return {'error': [type(error).__name__]}
json.dump([read(path) for path in json.load(sys.stdin)], sys.stdout)`;

/** Without padding, which each takes away in another way; nothing at all and one empty value are the same. */
function comparable(values: readonly string[]): string {
  return values.map((value) => value.replaceAll('\0', '').trim().replace(/=+$/, '')).join('\\');
}

/** `path: ours ≠ theirs` for what both know. */
function differences(ours: Texts, theirs: Texts): string[] {
  const shared = Object.keys(ours).filter((at) => theirs[at] !== undefined);
  expect(shared.length).toBeGreaterThan(0);
  return shared
    .filter((at) => comparable(ours[at]!) !== comparable(theirs[at]!))
    .map((at) => `${at}: ${comparable(ours[at]!)} ≠ ${comparable(theirs[at]!)}`);
}

function afterDcmconv(path: string): Texts | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-charset-'));
  try {
    const to = join(folder, 'utf8.dcm');
    execFileSync(dcmconv, ['+U8', path, to], { timeout: 30_000, stdio: 'ignore' });
    return ourTexts(to);
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Built with glibc's iconv, DCMTK has no JIS X 0208, declared for all of these but the last four. */
const noJapanese = 'dcmconv refuses it';
/** Every file that somebody reads otherwise than we do, and why. */
const explained: Readonly<Record<string, string[]>> = {
  'chrH31.dcm': [noJapanese],
  'chrH32.dcm': [noJapanese],
  'chrJapMulti.dcm': [noJapanese],
  'chrJapMultiExplicitIR6.dcm': [noJapanese],
  'chrSQEncoding.dcm': [noJapanese],
  'chrSQEncoding1.dcm': [noJapanese],
  'hitachi/anatomical/001/001.dcm': [noJapanese],
  'hitachi/anatomical/001/002.dcm': [noJapanese],
  'hitachi/anatomical/001/003.dcm': [noJapanese],
  'hitachi/anatomical/001/004.dcm': [noJapanese],
  // ISO 2022 IR 13 as the only value: DCMTK wants ISO_IR 13 there.
  'generic/anatomical/002_non_isotropic/001.dcm': [noJapanese],
  'generic/anatomical/002_non_isotropic/002.dcm': [noJapanese],
  'generic/anatomical/002_non_isotropic/003.dcm': [noJapanese],
  'generic/anatomical/002_non_isotropic/004.dcm': [noJapanese],
  // pydicom 2.3 leaves the escape sequences of GB 2312 in the text.
  'chrGB2312.dcm': ['00100010: Zhang^XiaoDong=张^小东 ≠ Zhang^XiaoDong=\u001b$)A张^\u001b$)A小东'],
};

/** File → what somebody reads otherwise, where that is not explained. */
function unexplained(paths: readonly string[]): Record<string, string[]> {
  const odd: Record<string, string[]> = {};
  const fromPydicom = askPython(pydicomScript, paths) as Texts[];
  for (const [index, path] of paths.entries()) {
    const ours = ourTexts(path);
    const converted = afterDcmconv(path);
    const found = [
      ...differences(ours, fromPydicom[index]!),
      ...(converted === undefined ? [noJapanese] : differences(ours, converted)),
    ];
    const reason = Object.entries(explained).find(([end]) => path.endsWith(`/${end}`))?.[1] ?? [];
    if (found.join('\n') !== reason.join('\n')) odd[path] = found;
  }
  return odd;
}

describe.skipIf(absent(python, pydicomData, dcmconv))('texts of files from elsewhere', () => {
  test('pydicom’s charset_files read as pydicom and DCMTK read them', () => {
    const folder = join(pydicomData, 'charset_files');
    const files = readdirSync(folder).filter((file) => file.endsWith('.dcm'));
    expect(files.length).toBeGreaterThan(15);
    expect(unexplained(files.map((file) => join(folder, file)))).toEqual({});
  });

  // Nobody has to have the corpus: where it is not, these tests are not skipped, they are none.
  if (existsSync(corpus))
    test('files of the corpus with a character set of their own read as pydicom and DCMTK read them', () => {
      const rows = readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t'));
      const declared = rows.filter(
        ([, quality, kind, , , , , charset = '']) => kind === 'dicom' && quality !== 'malformed' && charset !== '',
      );
      expect(declared.length).toBeGreaterThan(100);
      // Where all is ASCII, and Latin-1 or UTF-8 is declared, nothing could differ.
      const paths = declared
        .filter(
          ([path = '', , , , , , , charset = '']) => !/^ISO_IR (100|192)$/.test(charset) || hasMore(join(corpus, path)),
        )
        .map(([path = '']) => join(corpus, path));
      expect(paths.length).toBeGreaterThan(20);
      expect(unexplained(paths)).toEqual({});
    });
});
