import { lookupTag, tagOfKeyword } from '../dictionary/dictionary.ts';
import { type Ends, isWithin, type Range, rangeOf } from './date-range.ts';
import { dayOf, interval } from './moment.ts';

/**
 * The time that belongs to a date: PS3.6 names both alike, StudyDate and StudyTime, DateOfSecondaryCapture and
 * TimeOfSecondaryCapture. `undefined` for dates that stand alone, such as a Last Menstrual Date.
 */
export function timeOfDate(dateTag: number): number | undefined {
  const date = lookupTag(dateTag);
  if (date?.vr !== 'DA') return undefined;
  const time = tagOfKeyword(date.keyword.replaceAll('Date', 'Time'));
  return time !== undefined && lookupTag(time)?.vr === 'TM' ? time : undefined;
}

/**
 * The one range of moments that a date range and a time range of the same form make together (PS3.4 §C.2.2.2.5.4);
 * `undefined` where they make none, and are to be matched each for itself.
 */
export function combinedRange(dateKey: string, timeKey: string, offsetMinutes: number): Range | undefined {
  const dates = endsOf(dateKey);
  const times = endsOf(timeKey);
  if (dates === undefined || times === undefined) return undefined;
  const ends: string[] = [];
  for (const side of [0, 1] as const) {
    if ((dates[side] === '') !== (times[side] === '')) return undefined;
    const moment = joined(dates[side], times[side]);
    if (moment === undefined) return undefined;
    ends.push(moment);
  }
  return rangeOf('DT', ends as unknown as Ends, offsetMinutes);
}

/** Whether any of the dates, at the time that stands beside it, lies in the range; a date without a time counts by its beginning. */
export function isCombinedWithin(
  dates: readonly string[],
  times: readonly string[],
  range: Range,
  offsetMinutes: number,
): boolean {
  return moments(dates, times, offsetMinutes).some((moment) => moment !== undefined && isWithin(moment, [range]));
}

/** The dates that it was on another clock. A date without a time stays what it is: nobody knows which side of midnight. */
export function datesElsewhere(dates: readonly string[], times: readonly string[], minutesLater: number): string[] {
  return moments(dates, times, -minutesLater).map((moment, index) =>
    moment === undefined || interval('TM', times[index] ?? '') === undefined ? dates[index]! : dayOf(moment),
  );
}

function moments(dates: readonly string[], times: readonly string[], offsetMinutes: number): (bigint | undefined)[] {
  return dates.map((date, index) => {
    const moment = joined(date, times[index] ?? '') ?? withoutDots(date);
    return interval('DT', moment, offsetMinutes)?.from;
  });
}

/** One DT from a whole DA and a TM, both without their old dots and colons. */
function joined(date: string, time: string): string | undefined {
  if (date === '' && time === '') return '';
  const day = withoutDots(date);
  const isBoth = day.length === 8 && interval('DA', date) !== undefined && interval('TM', time) !== undefined;
  return isBoth ? `${day}${time.trim().replaceAll(':', '')}` : undefined;
}

function withoutDots(date: string): string {
  return date.trim().replaceAll('.', '');
}

function endsOf(key: string): Ends | undefined {
  const ends = key.split('-').map((end) => end.trim());
  return ends.length === 2 && ends.join('') !== '' ? [ends[0]!, ends[1]!] : undefined;
}
