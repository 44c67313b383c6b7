import type { DicomWarningCode } from '@symbolon/dicom';
import type { RealFile } from '@symbolon/testbed';
import type { Difference, Tally } from './compare.ts';
import type { KnownDifference } from './known-differences.ts';
import type { RefusedFile } from './refused-files.ts';

export function refusedTable(refused: readonly RefusedFile[]): string {
  return tableOf(
    ['file', 'refused with', 'with `bare: accept`', 'why'],
    refused.map(({ name, code, bareToo, why }) => [
      `\`${name}\``,
      `\`${code}\``,
      bareToo === undefined ? 'read' : 'refused too',
      why,
    ]),
  );
}

/** What each warning means. */
const warningMeanings: Readonly<Record<DicomWarningCode, string>> = {
  DICOM_BARE: 'no preamble, no group 0002, or no transfer syntax in it; read all the same, as was asked',
  DICOM_META_LENGTH_WRONG: 'group 0002 is longer or shorter than its group length says (PS3.10 §7.1)',
  DICOM_META_LENGTH_MISSING: 'group 0002 without its group length',
  DICOM_META_IMPLICIT: 'group 0002 in implicit VR',
  DICOM_META_CONTRADICTED: 'group 0002 names another object or class than the data set',
  DICOM_TRANSFER_SYNTAX_UNKNOWN: 'a transfer syntax that nobody knows; read as explicit VR little endian',
  DICOM_TRANSFER_SYNTAX_CONTRADICTED: 'the first element is encoded otherwise than the transfer syntax says',
  DICOM_VR_UNKNOWN: 'a VR that PS3.5 does not have',
  DICOM_ODD_LENGTH: 'an odd length (PS3.5 §7.1.1)',
  DICOM_OUT_OF_ORDER: 'a tag that should have come earlier (PS3.5 §7.1)',
  DICOM_DUPLICATE_ELEMENT: 'the same element twice, byte for byte',
  DICOM_DELIMITER_STRAY: 'a delimiter where nothing is to be ended',
  DICOM_DELIMITER_MISSING: 'a sequence or item that ends with what is around it',
  DICOM_DELIMITER_LENGTH: 'a delimiter with a length other than 0 (PS3.5 §7.5)',
  DICOM_SEQUENCE_UNREADABLE: 'a value of VR UN that looks like a sequence and is none',
  DICOM_TRAILING_BYTES: 'bytes behind the last element',
};

export function warningTable(said: readonly { readonly file: string; readonly code: string }[]): string {
  return tableOf(
    ['warning', 'what', 'files', 'times'],
    Object.entries(warningMeanings).map(([code, what]) => {
      const all = said.filter((one) => one.code === code);
      return [`\`${code}\``, what, filesOf(all), all.length];
    }),
  );
}

export function tallyTable(tallies: Readonly<Record<string, Tally>>): string {
  return tableOf(
    ['toolkit', 'files', 'elements', 'values with fragments', 'values by SHA-256', 'texts', 'JSON attributes'],
    Object.entries(tallies).map(([tool, all]) => [
      tool,
      ...[all.files, all.elements, all.fragments, all.sha256, all.texts, all.json],
    ]),
  );
}

export function differenceTable(found: ReadonlyMap<KnownDifference, readonly Difference[]>): string {
  return tableOf(
    ['toolkit', 'what it does otherwise', 'right', 'why', 'files', 'elements'],
    [...found].map(([{ tool, differs, right, why }, all]) => {
      const elements = new Set(all.map(({ file, path }) => `${file} ${path}`)).size;
      return [tool, differs, right === 'theirs' ? tool : right, why, filesOf(all), elements];
    }),
  );
}

function filesOf(all: readonly { readonly file: string }[]): number {
  return new Set(all.map(({ file }) => file)).size;
}

const tools = ['dcmdump', 'gdcmdump', 'dcdump', 'pydicom'];
const outcomes: Readonly<Record<string, string>> = { ok: 'read', rej: 'refused', CRASH: '**crashed**' };

/** Of the files that are read here, those that another toolkit does not read, as the corpus's manifest has it. */
export function toolTable(read: readonly RealFile[]): string {
  return tableOf(
    ['file', ...tools],
    read
      .map((file) => [`\`${file.name}\``, ...tools.map((tool) => outcomes[file.tools?.[tool] ?? 'ok'] ?? '?')])
      .filter(([, ...each]) => each.some((outcome) => outcome !== 'read')),
  );
}

export function tableOf(heading: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The page with the first table under each of these headings put in place of the one that stands there. */
export function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  let result = page;
  for (const [heading, text] of Object.entries(tables)) {
    const from = result.indexOf('\n|', result.indexOf(`\n## ${heading}\n`)) + 1;
    const to = result.indexOf('\n\n', from);
    if (from === 0 || to < 0) throw new Error(`The page has no table under ${heading}`);
    result = result.slice(0, from) + text + result.slice(to);
  }
  return result;
}
