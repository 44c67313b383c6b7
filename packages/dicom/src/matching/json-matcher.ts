import { tagText } from '../dictionary/tags.ts';
import { binary, knownVrs } from '../dictionary/vr.ts';
import type { DicomJson } from '../json/dicom-json.ts';
import { combinedRange, isCombinedWithin } from './combined-date-time.ts';
import type { MatchOptions } from './key.ts';
import { levelMatches } from './level-matches.ts';
import { type Key, type Level, readQuery, testFor, textOf } from './query.ts';

/** What a data set says of itself in the DICOM JSON Model, or some of it. */
export type JsonAttributes = Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>>;

/**
 * Reads a query once, to be held against many data sets of the DICOM JSON Model: what `matchesDataSet` says, for what is kept as JSON.
 *
 * Shape   in: a query as `matchesDataSet` takes it. out: whether a data set matches every key of it.
 * Ignored as there; and clocks: dates and times are compared as they stand.
 * Cost    O(query) now; each test then as `matchesDataSet`, iterative.
 * Source  PS3.4 §C.2.2.2, PS3.18 §8.3.4, §F.2.
 */
export function jsonMatcher(
  query: DicomJson,
  options: Omit<MatchOptions, 'timezone'> = {},
): (attributes: JsonAttributes) => boolean {
  const root = readQuery(query, options);
  return (attributes) => levelMatches(attributes, root, itemsOf, (level, at) => ownKeysMatch(level, at, options));
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function itemsOf(attributes: JsonAttributes, tag: number): readonly JsonAttributes[] {
  const sequence = attributes[tagText(tag)];
  return sequence?.vr === 'SQ' ? ((sequence.Value ?? []).filter(isObject) as JsonAttributes[]) : [];
}

function ownKeysMatch(level: Level, attributes: JsonAttributes, options: MatchOptions): boolean {
  if (level.impossible) return false;
  return (
    level.keys.every((key) => keyMatches(key, attributes, options)) &&
    level.pairs.every(({ date, time }) => {
      const range = combinedRange(date.keys[0]!, time.keys[0]!, 0);
      if (range === undefined) return keyMatches(date, attributes, options) && keyMatches(time, attributes, options);
      return isCombinedWithin(textsOf(attributes, date.tag), textsOf(attributes, time.tag), range, 0);
    })
  );
}

function keyMatches(key: Key, attributes: JsonAttributes, options: MatchOptions): boolean {
  const said = attributes[tagText(key.tag)]?.vr;
  const vr = said !== undefined && said !== 'UN' && knownVrs.has(said) ? said : key.vr;
  if (attributes[tagText(key.tag)]?.Value === undefined) return testFor(key, key.vr, options)([]);
  if (binary.has(vr) || vr === 'SQ') return false;
  return testFor(key, vr, options)(textsOf(attributes, key.tag));
}

function textsOf(attributes: JsonAttributes, tag: number): string[] {
  return (attributes[tagText(tag)]?.Value ?? []).flatMap((value) => textOf(value) ?? []);
}
