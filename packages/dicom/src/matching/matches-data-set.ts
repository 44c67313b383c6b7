import { tags, tagText } from '../dictionary/tags.ts';
import { binary, knownVrs } from '../dictionary/vr.ts';
import type { DataSet, Element } from '../element.ts';
import type { DicomJson } from '../json/dicom-json.ts';
import { effectiveVr, elementBigInts, elementNumbers, elementTexts, text } from '../value.ts';
import { combinedRange, datesElsewhere, isCombinedWithin, timeOfDate } from './combined-date-time.ts';
import { type MatchOptions, offsets } from './key.ts';
import { levelMatches } from './level-matches.ts';
import { type Key, type Level, type Pair, readQuery, testFor } from './query.ts';

/**
 * Whether a data set matches every key of a query, sequences included, by the rules of C-FIND and QIDO-RS.
 *
 * Shape      in: a query in the DICOM JSON Model; PN as objects or as text with =, UIDs as values or as one list,
 *            numbers as numbers or as text. What `matches` says of one attribute holds for each.
 * Sequences  an item of the data set's must match all keys of the query's item; an empty sequence, and an item of keys
 *            that match everything, match every data set, those without the sequence included.
 * Ignored    (0008,0005) (0008,0052) (0008,0053) (0008,0054) (0008,0056) (0008,0201), groups below 0008, group lengths.
 * Nonsense   a key that cannot be compared (bytes, an item against no sequence, a tag that is none) matches nothing.
 * Clocks     (0008,0201) of query and data set, or else `options.timezone`, say what dates and times mean: where both
 *            are known, TM and those DA beside which a time stands are compared on the query's clock, DT always.
 * Levels     the data set is taken for what it is: attributes that an archive counts up, such as Modalities in Study,
 *            match where the data set has them.
 * Cost       O(keys of the query × items of the data set at their depth), and what `matches` says for their values;
 *            iterative.
 * Source     PS3.4 §C.2.2.2, PS3.18 §8.3.4.
 */
export function matchesDataSet(ds: DataSet, query: DicomJson, options: MatchOptions = {}): boolean {
  const timezone = {
    values: text(ds, tags.TimezoneOffsetFromUTC) ?? options.timezone?.values,
    key: timezoneOf(query) ?? options.timezone?.key,
  };
  const asked: MatchOptions = { ...options, timezone };
  return levelMatches(ds, readQuery(query, options), itemsOf, (level, at) => ownKeysMatch(level, at, asked));
}

const itemsOf = (ds: DataSet, tag: number): readonly DataSet[] => ds.elements.get(tag)?.items ?? [];

function ownKeysMatch(level: Level, ds: DataSet, options: MatchOptions): boolean {
  if (level.impossible) return false;
  return (
    level.keys.every((key) => keyMatches(key, ds, options)) &&
    level.pairs.every((pair) => pairMatches(pair, ds, options))
  );
}

function keyMatches(key: Key, ds: DataSet, options: MatchOptions): boolean {
  const element = ds.elements.get(key.tag);
  if (element === undefined || hasNothing(element)) return testFor(key, key.vr, options)([]);
  const said = effectiveVr(ds, element);
  const vr = knownVrs.has(said) && said !== 'UN' ? said : key.vr;
  if (binary.has(vr) || element.items !== undefined || element.fragments !== undefined) return false;
  return testFor(key, vr, options)(valuesFor(key, vr, ds, element, options));
}

/** Both ends of a pair of ranges together; what makes no such pair is matched each for itself. */
function pairMatches({ date, time }: Pair, ds: DataSet, options: MatchOptions): boolean {
  const [mine, theirs] = offsets(options.timezone);
  const range = combinedRange(date.keys[0]!, time.keys[0]!, theirs);
  if (range === undefined) return keyMatches(date, ds, options) && keyMatches(time, ds, options);
  return isCombinedWithin(textsOf(ds, date.tag), textsOf(ds, time.tag), range, mine);
}

function valuesFor(key: Key, vr: string, ds: DataSet, element: Element, options: MatchOptions): string[] {
  const values = readableValues(ds, element);
  if (vr !== 'DA') return values;
  const [mine, theirs] = offsets(options.timezone);
  const time = mine === theirs ? undefined : timeOfDate(key.tag);
  return time === undefined ? values : datesElsewhere(values, textsOf(ds, time), theirs - mine);
}

function textsOf(ds: DataSet, tag: number): string[] {
  const element = ds.elements.get(tag);
  return element === undefined ? [] : elementTexts(ds, element);
}

/** As `texts`, but 64-bit integers with all their digits, and tags as tags. */
function readableValues(ds: DataSet, element: Element): string[] {
  const vr = effectiveVr(ds, element);
  if (vr === 'SV' || vr === 'UV') return elementBigInts(ds, element).map(String);
  if (vr === 'AT') return elementNumbers(ds, element).map(tagText);
  return elementTexts(ds, element);
}

function hasNothing({ items, fragments, valueStart, valueEnd }: Element): boolean {
  return items === undefined ? fragments === undefined && valueStart === valueEnd : items.length === 0;
}

function timezoneOf(query: DicomJson): string | undefined {
  const value = query[tagText(tags.TimezoneOffsetFromUTC)]?.Value?.[0];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
