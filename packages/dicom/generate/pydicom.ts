import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One row of PS3.6 table 6-1, 7-1 or 8-1, or of PS3.7 table E.1-1; x in a tag stands for any digit. */
export type ElementRow = { tag: string; vr: string; vm: string; name: string; keyword: string; retired: boolean };
/** One row of PS3.6 table. */
export type UidRow = { uid: string; kind: string; name: string; keyword: string; retired: boolean };
export type Tables = { edition: string; elements: ElementRow[]; uids: UidRow[] };

/** A Python string literal of these tables: they hold no escapes, which `rowsOf` checks. */
const text = String.raw`(?:'([^'\\]*)'|"([^"\\]*)")`;

/** Every row of a dictionary literal, one a line: key and fields. A line of another shape is refused, not passed over. */
function rowsOf(source: string, key: string, fields: number): string[][] {
  const row = new RegExp(`^ {4}${key}: \\(${Array(fields).fill(text).join(', ')}\\),?(?: *# noqa)?$`);
  return source
    .split('\n')
    .filter((line) => /^ {4}\S/.test(line))
    .map((line) => {
      const found = row.exec(line)?.slice(1);
      if (found === undefined) throw new Error(`Not a row of the table: ${line}`);
      return found.filter((field) => field !== undefined);
    });
}

/**
 * PS3.6 as pydicom carries it: `_dicom_dict.py`, `_uid_dict.py` and the edition in `_version.py` of its folder.
 * Rows that the standard has emptied (retired, no keyword left) name nothing and are left out.
 */
export function readPydicom(folder: string): Tables {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const edition = /^__dicom_version__: str = ['"](\d{4}[a-z])['"]$/m.exec(read('_version.py'))?.[1];
  if (edition === undefined) throw new Error('pydicom does not say which edition of the standard it carries');

  const elements = rowsOf(read('_dicom_dict.py'), "(?:0x([0-9A-F]{8})|'([0-9A-Fx]{8})')", 5);
  const uids = rowsOf(read('_uid_dict.py'), text, 5);
  return {
    edition,
    elements: elements
      .map(([tag, vr, vm, name, retired, keyword]) => ({
        tag: tag!,
        vr: vr === 'NONE' ? '' : vr!.replaceAll(' or ', '/'),
        vm: vm!,
        name: name!,
        keyword: keyword!,
        retired: retired === 'Retired',
      }))
      .filter(({ keyword }) => keyword !== ''),
    uids: uids
      .map(([uid, name, kind, , retired, keyword]) => ({
        uid: uid!,
        kind: kind!,
        name: name!,
        keyword: keyword!,
        retired: retired === 'Retired',
      }))
      .filter(({ keyword }) => keyword !== ''),
  };
}
