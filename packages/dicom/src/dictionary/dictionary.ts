import { dictionaryLines } from './generated/elements.ts';

export type DictionaryEntry = {
  readonly keyword: string;
  /** One VR, or alternatives such as `US/SS` and `OB/OW`. Empty for items and delimiters. */
  readonly vr: string;
  readonly vm: string;
  readonly name: string;
};

/** Tag → its line, cut up when first asked for: 5,000 keywords are more than most programs ever need. */
let byTag: Map<number, string> | undefined;
let byKeyword: Map<string, number> | undefined;
const entries = new Map<number, DictionaryEntry>();
/** Repeating groups and elements (PS3.5 §7.6): `mask` clears the digits written x. */
let repeating: { mask: number; tag: number; entry: DictionaryEntry }[] = [];

/** Read on first use: programs that meet neither implicit VR nor DICOM JSON need not spend it at start. */
function load(): Map<number, string> {
  const tags = new Map<number, string>();
  repeating = [];
  for (const line of dictionaryLines.split('\n')) {
    const tag = line.slice(0, 8);
    if (!tag.includes('x')) {
      tags.set(Number.parseInt(tag, 16), line);
    } else {
      const mask = Number.parseInt(tag.replace(/[^x]/g, 'F').replaceAll('x', '0'), 16);
      repeating.push({ mask, tag: Number.parseInt(tag.replaceAll('x', '0'), 16), entry: entryOf(line) });
    }
  }
  byTag = tags;
  return tags;
}

function entryOf(line: string): DictionaryEntry {
  const [, vr, vm, name, keyword] = line.split('|') as [string, string, string, string, string?];
  return { keyword: keyword ?? name.replace(/[^A-Za-z0-9]/g, ''), vr, vm, name };
}

/**
 * The element of PS3.6 table 6-1 (and of PS3.7 and PS3.10) that a tag names; `undefined` for private and unknown tags.
 * Repeating groups answer for each of their groups: (6002,3000) is Overlay Data.
 */
export function lookupTag(tag: number): DictionaryEntry | undefined {
  const known = entries.get(tag);
  if (known !== undefined) return known;
  const line = (byTag ?? load()).get(tag);
  if (line !== undefined) {
    const entry = entryOf(line);
    entries.set(tag, entry);
    return entry;
  }
  const group = tag >>> 16;
  if ((group & 1) === 1) return undefined;
  for (const row of repeating) {
    if ((tag & row.mask) >>> 0 === row.tag) return row.entry;
  }
  return undefined;
}

export function tagOfKeyword(keyword: string): number | undefined {
  byKeyword ??= new Map([...(byTag ?? load())].map(([tag, line]) => [entryOf(line).keyword, tag]));
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
