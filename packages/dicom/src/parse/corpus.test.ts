import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DicomError, merge, parseFile, parseIdentityHalf, split, tagText, toDicomJson } from '../index.ts';
import { joined } from '../part10.fixture.ts';

/** Files that nobody on this project wrote: what is accepted must come apart and together again, what is refused has a reason. */
const corpus = process.env.SYMBOLON_CORPUS ?? join(import.meta.dirname, '../../../../../shared/corpus');
const pydicom = '/usr/lib/python3/dist-packages/pydicom/data';
const mustRun = process.env.CI === 'true';

const options = {
  inflateRaw: (bytes: Uint8Array, maxBytes: number): Uint8Array =>
    new Uint8Array(inflateRawSync(bytes, { maxOutputLength: maxBytes })),
};

/** The code it is refused with, or `undefined`. Throws when an accepted file breaks a law. */
function tryFile(path: string): string | undefined {
  const bytes = new Uint8Array(readFileSync(path));
  let file: ReturnType<typeof parseFile>;
  try {
    file = parseFile(bytes, options);
  } catch (error) {
    expect(error, path).toBeInstanceOf(DicomError);
    return (error as DicomError).code;
  }
  const halves = split(file);
  const [identity, image] = [joined(halves.identity), joined(halves.image)];
  const whole = Buffer.from(joined(merge(identity, image, halves.cuts)));
  expect(whole.equals(bytes), `${path}: merge(split(file)) is the file`).toBe(true);
  const pixelBytes = file.deflated ? [] : file.pixelElements.map(({ start, end }) => bytes.subarray(start, end));
  expect(Buffer.from(joined(pixelBytes)).equals(image), `${path}: the image half is pixel elements`).toBe(true);

  const half = parseIdentityHalf(identity, { ...options, cuts: halves.cuts });
  const told = toDicomJson(file.dataset);
  if (!file.deflated) for (const { tag } of file.pixelElements) delete told[tagText(tag)];
  expect(JSON.stringify(toDicomJson(half.dataset)), `${path}: the identity half tells the same`).toBe(
    JSON.stringify(told),
  );
  return undefined;
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.py') && !entry.name.endsWith('.pyc'))
    .map((entry) => join(entry.parentPath, entry.name));
}

// Nobody has to have the corpus: where it is not, these tests are not skipped, they are none.
if (existsSync(corpus))
  describe('the corpus (SYMBOLON_CORPUS)', () => {
    /** Every refusal of a file that is not classed malformed, and why it is right. */
    const explained: Readonly<Record<string, string>> = {
      'pydicom/test_files/ExplVR_BigEndNoMeta.dcm': 'DICOM_PREAMBLE_MISSING',
      'pydicom/test_files/ExplVR_LitEndNoMeta.dcm': 'DICOM_PREAMBLE_MISSING',
      'pydicom/test_files/rtstruct.dcm': 'DICOM_PREAMBLE_MISSING',
    };
    const rows = existsSync(corpus)
      ? readFileSync(join(corpus, 'MANIFEST.tsv'), 'utf8')
          .trimEnd()
          .split('\n')
          .slice(1)
          .map((line) => line.split('\t'))
      : [];

    test('every valid file is read, split and merged, bare data sets without preamble apart', () => {
      expect(rows.length).toBeGreaterThan(0);
      const refused: Record<string, string> = {};
      for (const [path = '', quality, kind] of rows) {
        if (kind !== 'dicom' || quality === 'malformed') continue;
        const code = tryFile(join(corpus, path));
        if (code !== undefined) refused[path] = code;
      }
      expect(refused).toEqual(explained);
    });

    test('malformed files are refused for what is wrong with them, or lose nothing', () => {
      const refused: Record<string, string> = {};
      for (const [path = '', quality, kind] of rows) {
        if (kind !== 'dicom' || quality !== 'malformed') continue;
        const code = tryFile(join(corpus, path));
        if (code !== undefined) refused[path.slice(path.lastIndexOf('/') + 1)] = code;
      }
      expect(refused).toEqual({
        'DICOMDIR-nooffset': 'DICOM_LENGTH_PAST_END',
        'GH179B.dcm': 'DICOM_DUPLICATE_ELEMENT',
        'GH340.dcm': 'DICOM_PREAMBLE_MISSING',
        'GH364.dcm': 'DICOM_ITEM_EXPECTED',
        'GH626.dcm': 'DICOM_LENGTH_PAST_END',
        'JLSL_RGB_ILV1.dcm': 'DICOM_PREAMBLE_MISSING',
        'JLSL_RGB_ILV2.dcm': 'DICOM_PREAMBLE_MISSING',
        'JLSN_RGB_ILV0.dcm': 'DICOM_PREAMBLE_MISSING',
        'meta_missing_tsyntax.dcm': 'DICOM_TRANSFER_SYNTAX_MISSING',
        'no_meta.dcm': 'DICOM_PREAMBLE_MISSING',
      });
    });
  });

describe.skipIf(!existsSync(pydicom) && !mustRun)(
  'pydicom’s test files (Debian package python3-pydicom; skipped where it is not)',
  () => {
    test.each(['test_files', 'charset_files'])(
      'every file of %s is read, split and merged, or refused with a code',
      (folder) => {
        const outcomes = filesUnder(join(pydicom, folder)).map(tryFile);
        expect(outcomes.filter((code) => code === undefined).length).toBeGreaterThan(10);
        for (const code of outcomes)
          expect([
            undefined,
            'DICOM_PREAMBLE_MISSING',
            'DICOM_LENGTH_PAST_END',
            'DICOM_TRUNCATED',
            'DICOM_TRANSFER_SYNTAX_MISSING',
            'DICOM_META_MISSING',
          ]).toContain(code);
      },
    );
  },
);
