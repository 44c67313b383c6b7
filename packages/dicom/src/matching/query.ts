import { lookupTag } from '../dictionary/dictionary.ts';
import { tags } from '../dictionary/tags.ts';
import type { DicomJson, DicomJsonAttribute } from '../json/dicom-json.ts';
import { timeOfDate } from './combined-date-time.ts';
import { isUniversal, listed, type MatchOptions, readKey, type Test } from './key.ts';

/** One attribute that a query asks about. */
export type Key = {
  readonly tag: number;
  /** What the dictionary says, or where it knows nothing or several, the query. */
  readonly vr: string;
  readonly keys: readonly string[];
  /** Whether several values may each be wanted (PS3.4 §C.2.2.2.8): the attribute itself may have several. */
  readonly several: boolean;
  /** Read when first needed: what the key means depends on the VR that the data set has for it. */
  readonly tests: Map<string, Test>;
};

/** A date and the time that belongs to it, both asked about. */
export type Pair = { readonly date: Key; readonly time: Key };

type SequenceKey = {
  readonly tag: number;
  /** One item by §C.2.2.2.6; of several, any may be found. */
  readonly items: readonly Level[];
};

/** What a query asks of one data set or item: all of it must match. Keys that match everything are left out. */
export type Level = {
  keys: Key[];
  pairs: Pair[];
  sequences: SequenceKey[];
  /** Holds a key that can match nothing. */
  impossible: boolean;
};

/** How to ask, how to answer and where it is held: no attribute of what is asked about (PS3.4 §C.4.1.1.3). */
const ignored: ReadonlySet<number> = new Set([
  tags.SpecificCharacterSet,
  tags.QueryRetrieveLevel,
  0x00080053, // Query/Retrieve View
  tags.RetrieveAETitle,
  tags.InstanceAvailability,
  tags.TimezoneOffsetFromUTC,
]);

/**
 * Reads a query in the DICOM JSON Model, sequences included.
 *
 * A key that cannot be compared (bytes, a tag that is none, values of the wrong kind) is impossible, not ignored: a
 * query that was misunderstood must not find everything.
 *
 * Cost  O(query), iterative.
 */
export function readQuery(query: DicomJson, options: MatchOptions): Level {
  const root = emptyLevel();
  const levels = [root];
  const work = [{ from: query, to: root }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { from, to } = next;
    for (const [name, attribute] of Object.entries(from)) {
      if (!/^[\da-f]{8}$/i.test(name) || !isRecord(attribute)) {
        to.impossible = true;
        continue;
      }
      const tag = Number.parseInt(name, 16);
      if (tag >>> 16 < 8 || (tag & 0xffff) === 0 || ignored.has(tag)) continue;
      const values = valuesOf(attribute as DicomJsonAttribute);
      if (values?.some(isItem)) {
        const items = values.map((value) => {
          const level = emptyLevel();
          if (isItem(value)) work.push({ from: value as DicomJson, to: level });
          else level.impossible = true;
          levels.push(level);
          return level;
        });
        to.sequences.push({ tag, items });
      } else addKey(to, tag, attribute.vr, values);
    }
    if (options.combinedDateTime === true) pairUp(to);
  }
  // Inner levels were made after those that hold them: from the last one on, each finds its own already judged.
  for (const level of levels.reverse())
    level.sequences = level.sequences.filter(({ items }) => !items.some(matchesEverything));
  return root;
}

/** What a key asks of values of this VR. */
export function testFor(key: Key, vr: string, options: MatchOptions): Test {
  let test = key.tests.get(vr);
  if (test === undefined) {
    test = readKey(vr, key.keys, key.several ? options : { ...options, multipleValue: false });
    key.tests.set(vr, test);
  }
  return test;
}

function emptyLevel(): Level {
  return { keys: [], pairs: [], sequences: [], impossible: false };
}

function matchesEverything({ keys, pairs, sequences, impossible }: Level): boolean {
  return !impossible && keys.length === 0 && pairs.length === 0 && sequences.length === 0;
}

/** The values of an attribute, none where it has none; `undefined` where they are bytes, here or elsewhere. */
function valuesOf({ Value, InlineBinary, BulkDataURI }: DicomJsonAttribute): readonly unknown[] | undefined {
  if (InlineBinary !== undefined || BulkDataURI !== undefined) return undefined;
  return Value === undefined ? [] : Array.isArray(Value) ? Value : undefined;
}

function addKey(to: Level, tag: number, asked: unknown, values: readonly unknown[] | undefined): void {
  const entry = lookupTag(tag);
  const vr = entry?.vr.length === 2 ? entry.vr : typeof asked === 'string' ? asked : 'UN';
  const written = values?.map(textOf);
  if (written === undefined || written.includes(undefined)) {
    to.impossible = true;
    return;
  }
  const keys = (written as string[]).flatMap((key) => listed(vr, key));
  if (isUniversal(vr, keys)) return;
  to.keys.push({ tag, vr, keys, several: entry === undefined || entry.vm !== '1', tests: new Map() });
}

/** A value of DICOM JSON as the text that C-FIND would carry; `undefined` for what has none. */
export function textOf(value: unknown): string | undefined {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (!isRecord(value)) return undefined;
  const groups = [value.Alphabetic ?? '', value.Ideographic ?? '', value.Phonetic ?? ''];
  if (!groups.every((group) => typeof group === 'string')) return undefined;
  while (groups.length > 1 && groups.at(-1) === '') groups.pop();
  return groups.join('=');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An item is an object, as a person's name is, but an item has tags for its keys; both may be empty, and match everything. */
function isItem(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const names = Object.keys(value);
  return !names.some((name) => name === 'Alphabetic' || name === 'Ideographic' || name === 'Phonetic');
}

function pairUp(level: Level): void {
  const byTag = new Map(level.keys.map((key) => [key.tag, key]));
  for (const date of level.keys) {
    const timeTag = timeOfDate(date.tag);
    const time = timeTag === undefined ? undefined : byTag.get(timeTag);
    if (time !== undefined && date.keys.length === 1 && time.keys.length === 1) level.pairs.push({ date, time });
  }
  const paired = new Set(level.pairs.flatMap(({ date, time }) => [date, time]));
  level.keys = level.keys.filter((key) => !paired.has(key));
}
