import { elementLines, repeatingLines } from './generated/elements.ts';
import { keywordOfName } from './keyword.ts';

export type DictionaryEntry = {
  readonly keyword: string;
  /** One VR, or alternatives such as `US/SS` and `OB/OW`. Empty for items and delimiters. */
  readonly vr: string;
  readonly vm: string;
  readonly name: string;
  readonly retired: boolean;
};

/** Tags that were looked up and are known: never more than the table has, whatever a file holds. */
const entries = new Map<number, DictionaryEntry>();
let starts: Map<number, number> | undefined;
let byKeyword: Map<string, number> | undefined;
/** `mask` clears the digits written x. */
let repeating: { mask: number; tag: number; entry: DictionaryEntry }[] | undefined;

function entryOf(line: string): DictionaryEntry {
  const [, vr, vm, name, keyword, retired] = line.split('|') as [string, string, string, string, string?, string?];
  return { keyword: keyword || keywordOfName(name), vr, vm, name, retired: retired === 'R' };
}

function tagOf(digits: string): number {
  return Number.parseInt(digits, 16);
}

/** Tag → where its line starts, read on first use: programs that meet neither implicit VR nor DICOM JSON need not spend it. */
function readStarts(): Map<number, number> {
  const read = new Map<number, number>();
  for (let start = 0, end = 0; end >= 0; start = end + 1) {
    end = elementLines.indexOf('\n', start);
    read.set(tagOf(elementLines.slice(start, start + 8)), start);
  }
  return read;
}

function lineAt(start: number): string {
  const end = elementLines.indexOf('\n', start);
  return elementLines.slice(start, end < 0 ? undefined : end);
}

function readRepeating(): NonNullable<typeof repeating> {
  return repeatingLines.split('\n').map((line) => {
    const digits = line.slice(0, 8);
    const mask = tagOf(digits.replace(/[^x]/g, 'F').replaceAll('x', '0'));
    return { mask, tag: tagOf(digits.replaceAll('x', '0')), entry: entryOf(line) };
  });
}

/**
 * The element of PS3.6 tables 6-1, 7-1 and 8-1 and of PS3.7 table E.1-1 that a tag names; `undefined` for unknown tags and
 * for all private ones, whose meaning hangs on their creator. Repeating groups answer for each of their groups: (6002,3000) is Overlay Data.
 *
 * Cost    the first call reads the tags of the table, 3 ms; then one Map look-up, and a walk of 88 rows for unknown tags.
 * Source  PS3.6; PS3.7 §E; PS3.5 §7.6 for repeating groups, here every even group to 50FE and 60FE, as old files have them.
 */
export function lookupTag(tag: number): DictionaryEntry | undefined {
  const known = entries.get(tag);
  if (known !== undefined) return known;
  if (((tag >>> 16) & 1) === 1) return undefined;
  starts ??= readStarts();
  const start = starts.get(tag);
  if (start !== undefined) {
    const entry = entryOf(lineAt(start));
    entries.set(tag, entry);
    return entry;
  }
  repeating ??= readRepeating();
  for (const row of repeating) {
    if ((tag & row.mask) >>> 0 === row.tag) return row.entry;
  }
  return undefined;
}

/** The tag of a keyword; `undefined` where there is none or, in repeating groups, not one. Reads the whole table once. */
export function tagOfKeyword(keyword: string): number | undefined {
  byKeyword ??= new Map(elementLines.split('\n').map((line) => [entryOf(line).keyword, tagOf(line.slice(0, 8))]));
  return byKeyword.get(keyword);
}

/** What an implicit VR element is, given its data set's Pixel Representation (PS3.5 §A.1). */
export function implicitVr(tag: number, signed: boolean): string {
  const group = tag >>> 16;
  const element = tag & 0xffff;
  if ((group & 1) === 1) return element >= 0x10 && element <= 0xff ? 'LO' : element === 0 ? 'UL' : 'UN';
  if (element === 0) return 'UL';
  const vr = lookupTag(tag)?.vr ?? 'UN';
  if (vr.length === 2) return vr;
  if (vr === 'US/SS') return signed ? 'SS' : 'US';
  if (vr === 'US/OW' || vr === 'US/SS/OW' || vr === 'OB/OW') return 'OW';
  return 'UN';
}
