import { uid } from '@symbolon/contract';
import { isReadableKey, lookupTag } from '@symbolon/dicom';
import { type SearchKey, type SearchLevel, searchKeysOf, type WalkPlace } from '../studies/index.ts';
import { attributePath } from './attribute-path.ts';
import { readCursor } from './cursor.ts';
import { DicomWebError } from './errors.ts';
import { parametersOf } from './parameters.ts';

/** A request for matches, as it was read. */
export type SearchRequest = {
  readonly keys: readonly SearchKey[];
  readonly how: { readonly fuzzyNames: boolean; readonly emptyValue: boolean; readonly multipleValue: boolean };
  /** Attributes asked for beyond what is always answered, each from its outermost sequence inwards. */
  readonly include: readonly (readonly string[])[];
  /** Undefined where the client said nothing. */
  readonly limit: number | undefined;
  readonly offset: number;
  readonly place: WalkPlace | undefined;
  readonly order: { readonly ascending: boolean } | undefined;
  readonly counted: boolean;
  /** What was asked and not done; each becomes a `Warning` header. */
  readonly warnings: readonly string[];
};

/** More than any client needs; a head has room for some thousands. */
const mostParameters = 500;
const mostIncluded = 200;
/** As in matching: a longer key is a list of plain values. */
const longestPattern = 1024;

const refused = (sentence: string): DicomWebError => new DicomWebError('REQUEST_INVALID', sentence);

function count(name: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw refused(`${name} is a whole number, such as ${name}=25.`);
}

function yesOrNo(name: string, value: string): boolean {
  if (/^true$/i.test(value)) return true;
  if (/^(false)?$/i.test(value)) return false;
  throw refused(`${name} is true or false.`);
}

/** Universal matching (PS3.4 §C.2.2.2.3, §C.2.2.2.4): it asks for the attribute, which is answered anyway. */
const isUniversal = (value: string): boolean => /^[\s\\]*$/.test(value) || /^\*+$/.test(value.trim());

/** These values hold no comma; clients part several by one. */
const partedByComma = new Set(['00080060', '00080061']);

/** @throws DicomWebError REQUEST_INVALID  what it says can be no value of such an attribute */
function readKey(path: readonly string[], name: string, text: string, warnings: string[]): SearchKey | undefined {
  const tag = path.at(-1) as string;
  const entry = lookupTag(Number.parseInt(tag, 16));
  const vr = entry?.vr.length === 2 ? entry.vr : 'UN';
  if (text.includes('\0')) throw refused(`${name} has a NUL character in its value.`);
  const value = partedByComma.has(tag) ? text.replaceAll(',', '\\') : text;
  const key = { path, vr, value };
  if (isUniversal(value)) return undefined;
  if (value.trim() === '""') return key;
  if (vr === 'UI' && !value.split(/[\\,]/).every((one) => one.trim() === '' || uid.safeParse(one.trim()).success))
    throw refused(
      `${name} is a UID of digits and dots, at most 64, or a list of them parted by commas; wildcards have no place in it.`,
    );
  if (!isReadableKey(vr, value))
    throw refused(
      vr === 'DA'
        ? `${name} is a date as YYYYMMDD, or a range of dates as YYYYMMDD-YYYYMMDD with either end left open.`
        : vr === 'TM'
          ? `${name} is a time as HHMMSS, or a range of times as HHMMSS-HHMMSS with either end left open.`
          : vr === 'DT'
            ? `${name} is a date and time as YYYYMMDDHHMMSS, or a range of two.`
            : `${name} is a number.`,
    );
  if (value.length > longestPattern && /[*?]/.test(value))
    warnings.push(`a key of more than ${longestPattern} characters was compared without wildcards`);
  return key;
}

/**
 * Reads the query of a search. Source: PS3.18 §8.3.4. Parameters that nobody knows, and keys that this resource cannot match, are
 * left out with a warning; what cannot be read is refused, since it would find something else than was meant.
 *
 * @throws DicomWebError REQUEST_INVALID  says what to change
 */
export function parseSearch(query: string, level: SearchLevel | 'patient'): SearchRequest {
  const known = searchKeysOf(level);
  const keys: SearchKey[] = [];
  const include: string[][] = [];
  const warnings: string[] = [];
  const how = { fuzzyNames: false, emptyValue: false, multipleValue: false };
  let limit: number | undefined;
  let offset = 0;
  let place: WalkPlace | undefined;
  let order: SearchRequest['order'];
  let counted = false;
  const parameters = parametersOf(query);
  if (parameters.length > mostParameters)
    throw refused(`At most ${mostParameters} parameters; several UIDs go into one, parted by commas.`);
  for (const [written, value] of parameters) {
    const name = written.toLowerCase();
    if (name === 'accept' || name === 'charset' || name === '') continue;
    if (name === 'limit') limit = count(name, value);
    else if (name === 'offset') offset = count(name, value);
    else if (name === 'fuzzymatching') how.fuzzyNames = yesOrNo(name, value);
    else if (name === 'emptyvaluematching') how.emptyValue = yesOrNo(name, value);
    else if (name === 'multiplevaluematching') how.multipleValue = yesOrNo(name, value);
    else if (name === 'totalcount') counted = yesOrNo(name, value);
    else if (name === 'cursor') place = readCursor(value);
    else if (name === 'orderby') order = readOrder(value, level, warnings);
    else if (name === 'includefield') include.push(...readFields(value, warnings));
    else {
      const path = attributePath(written);
      if (path === undefined) warnings.push('a parameter is not known and was ignored');
      else if (!known.has(path[0] as string))
        warnings.push(`${path.join('.')} is not a key of this resource and was ignored`);
      else {
        const key = readKey(path, written, value, warnings);
        if (key) keys.push(key);
      }
    }
  }
  if (include.length > mostIncluded) throw refused(`At most ${mostIncluded} attributes to include.`);
  return { keys: listsJoined(keys), how, include, limit, offset, place, order, counted, warnings };
}

/** A list of UIDs may come as one parameter or as several: any of them is meant, since none has two. */
function listsJoined(keys: readonly SearchKey[]): SearchKey[] {
  const joined: SearchKey[] = [];
  for (const key of keys) {
    const at = joined.findIndex(({ vr, path }) => vr === 'UI' && path.join() === key.path.join());
    if (at < 0) joined.push(key);
    else joined[at] = { ...key, value: `${(joined[at] as SearchKey).value}\\${key.value}` };
  }
  return joined;
}

function readFields(value: string, warnings: string[]): string[][] {
  return value.split(',').flatMap((written) => {
    const field = written.trim();
    // What is kept for searching is always answered.
    if (field === '' || field.toLowerCase() === 'all') return [];
    const path = attributePath(field);
    if (path) return [path];
    warnings.push('an includefield is not known');
    return [];
  });
}

/** An extension, as dcm4chee has it: by the study's date, the newest first where a minus stands before it. */
function readOrder(value: string, level: SearchLevel | 'patient', warnings: string[]): SearchRequest['order'] {
  const field = value.replace(/^[-+]/, '');
  if (level === 'study' && attributePath(field)?.join() === '00080020') return { ascending: !value.startsWith('-') };
  warnings.push('orderby takes StudyDate or -StudyDate, for studies; matches come in the usual order');
  return undefined;
}
