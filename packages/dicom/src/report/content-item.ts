import { tags } from '../dictionary/tags.ts';
import { uidName } from '../dictionary/uids.ts';
import { numberBytes } from '../dictionary/vr.ts';
import type { DataSet } from '../element.ts';
import { effectiveVr, numbers, text, texts } from '../value.ts';
import { type CodedEntry, codedEntry, unitText } from './coded-entry.ts';
import { count, dateTimeWords, dateWords, nameWords, timeWords } from './plain-words.ts';
import { reportTags } from './report-tags.ts';

/** What a content item says, in words. */
export type ItemValue = {
  readonly words: string;
  /** Of a coded value: what stands behind its meaning. */
  readonly code?: CodedEntry | undefined;
};

/** So many frames, segments or channels are named one by one. */
const maxListed = 50;

/** The value of each Value Type. Source: PS3.3 Table C.17.3-7. */
const values: Readonly<Record<string, (item: DataSet) => ItemValue>> = {
  __proto__: null as never,
  // One value, backslashes included, whatever VR it was written with.
  TEXT: (item) => said(texts(item, reportTags.TextValue).join('\\') || undefined),
  NUM: measurement,
  CODE: (item) => coded(codedEntry(item, reportTags.ConceptCodeSequence)),
  DATETIME: (item) => said(text(item, reportTags.DateTime), dateTimeWords),
  DATE: (item) => said(text(item, reportTags.Date), dateWords),
  TIME: (item) => said(text(item, reportTags.Time), timeWords),
  UIDREF: (item) => said(text(item, reportTags.UID)),
  PNAME: (item) => said(text(item, reportTags.PersonName), nameWords),
  COMPOSITE: (item) => reference(item, 'object'),
  IMAGE: (item) => reference(item, 'image'),
  WAVEFORM: (item) => reference(item, 'waveform'),
  SCOORD: (item) => coordinates(item, 2),
  SCOORD3D: (item) => coordinates(item, 3),
  TCOORD: moments,
  CONTAINER: () => ({ words: '' }),
  TABLE: () => ({ words: '(a table, not shown here)' }),
};

/** What is missing or of no known kind says so, and is never passed over in silence. */
export function itemValue(item: DataSet): ItemValue {
  const type = text(item, reportTags.ValueType);
  const read = type === undefined ? undefined : values[type];
  if (read === undefined)
    return { words: type === undefined ? '(without a value type)' : `(of type ${type}, not shown here)` };
  return read(item);
}

const said = (value: string | undefined, as = (words: string): string => words): ItemValue => ({
  words: value === undefined ? '(no value)' : as(value),
});

const coded = (code: CodedEntry | undefined): ItemValue => ({ words: code?.meaning ?? '(no value)', code });

/** A number without a value has a qualifier that says why. Source: PS3.3 §C.18.1. */
function measurement(item: DataSet): ItemValue {
  const qualifier = codedEntry(item, reportTags.NumericValueQualifierCodeSequence);
  const measured = item.elements.get(reportTags.MeasuredValueSequence)?.items?.[0];
  const value = measured && numericText(measured);
  if (measured === undefined || value === undefined) return qualifier ? coded(qualifier) : { words: '(no value)' };
  const unit = codedEntry(measured, reportTags.MeasurementUnitsCodeSequence);
  const words = [value, unit ? unitText(unit) : ''].filter((part) => part !== '').join(' ');
  return { words: qualifier ? `${words} (${qualifier.meaning})` : words, code: unit };
}

/** As it is written, for a decimal string tells how exact it is. */
function numericText(measured: DataSet): string | undefined {
  const written = texts(measured, reportTags.NumericValue).join(', ');
  return written === '' ? texts(measured, reportTags.FloatingPointValue)[0] : written;
}

function reference(item: DataSet, what: string): ItemValue {
  const referenced = item.elements.get(tags.ReferencedSOPSequence)?.items?.[0];
  if (referenced === undefined) return { words: `(an ${what} that is not named)`.replace(/an (?=[^aeiou])/, 'a ') };
  const sopClass = text(referenced, tags.ReferencedSOPClassUID) ?? '';
  const parts = [
    uidName(sopClass) ?? what,
    text(referenced, tags.ReferencedSOPInstanceUID) ?? '',
    listed('frame', texts(referenced, reportTags.ReferencedFrameNumber)),
    listed('segment', numbers(referenced, reportTags.ReferencedSegmentNumber).map(String)),
    channels(numbers(referenced, reportTags.ReferencedWaveformChannels)),
  ];
  const shownAs = referenced.elements.get(tags.ReferencedSOPSequence)?.items?.[0];
  const state = shownAs && text(shownAs, tags.ReferencedSOPInstanceUID);
  if (state !== undefined) parts.push(`shown as ${state} says`);
  return { words: parts.filter((part) => part !== '').join(', ') };
}

function listed(what: string, all: readonly string[]): string {
  if (all.length === 0) return '';
  const named = all.slice(0, maxListed).join(' ');
  return `${what}${all.length === 1 ? '' : 's'} ${named}${all.length > maxListed ? ` and ${all.length - maxListed} more` : ''}`;
}

/** Pairs of a multiplex group and a channel. Source: PS3.3 §C.18.5.1.1. */
function channels(pairs: readonly number[]): string {
  const named = Array.from({ length: pairs.length >> 1 }, (_, at) => `${pairs[2 * at]}/${pairs[2 * at + 1]}`);
  return listed('channel', named);
}

/** How many values an element of numbers has, without reading them. */
function amount(item: DataSet, tag: number): number {
  const element = item.elements.get(tag);
  if (element === undefined) return 0;
  const size = numberBytes[effectiveVr(item, element)];
  return size === undefined ? texts(item, tag).length : Math.floor((element.valueEnd - element.valueStart) / size);
}

function coordinates(item: DataSet, dimensions: number): ItemValue {
  const kind = text(item, reportTags.GraphicType)?.toLowerCase() ?? 'coordinates';
  const points = Math.floor(amount(item, reportTags.GraphicData) / dimensions);
  return { words: `${kind} of ${count(points, 'point')}${dimensions === 3 ? ' in space' : ''}` };
}

function moments(item: DataSet): ItemValue {
  const kind = text(item, reportTags.TemporalRangeType)?.toLowerCase() ?? 'moments';
  const given = [
    [reportTags.ReferencedSamplePositions, 'sample position'],
    [reportTags.ReferencedTimeOffsets, 'time offset'],
    [reportTags.ReferencedDateTime, 'date and time'],
  ] as const;
  for (const [tag, what] of given) {
    const all = amount(item, tag);
    if (all > 0)
      return { words: `${kind} of ${count(all, what, what === 'date and time' ? 'dates and times' : undefined)}` };
  }
  return { words: kind };
}
