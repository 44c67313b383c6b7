const dayMs = 86_400_000;

/** Days since 1970-01-01. */
type Days = { readonly from: number; readonly to: number };

/** Months and days beyond the calendar roll over, as they do in DICOM matching. */
function dayOf(year: number, month = 1, day = 1): number {
  // Date.UTC takes years below 100 for the 20th century: one 400-year cycle on, and back.
  return Date.UTC(year + 400, month - 1, day) / dayMs - 146_097;
}

/** The days that a date covers: one, or those of a month or a year where it is partial. */
function daysOf(date: string): Days | undefined {
  const found = /^(\d{4})(\d\d)?(\d\d)?$/.exec(date.trim().replaceAll('.', ''));
  if (!found) return undefined;
  const [, year = 0, month, day] = found.map((part) => (part === undefined ? undefined : Number(part)));
  const from = dayOf(year, month, day);
  if (day !== undefined) return { from, to: from };
  return { from, to: (month === undefined ? dayOf(year + 1) : dayOf(year, month + 1)) - 1 };
}

/** Placeholders such as 00010101, and mistakes, share the mark of the nearest of these, so that open ranges stay short. */
const firstYear = 1800;
const lastYear = 2200;

function yearOf(day: number): number {
  return Math.min(lastYear, Math.max(firstYear, new Date(day * dayMs).getUTCFullYear()));
}
const yearMark = (day: number): string => String(yearOf(day));
const dayMark = (day: number): string => new Date(day * dayMs).toISOString().slice(0, -14).replaceAll('-', '');
const monthMark = (day: number): string => dayMark(day).slice(0, -2);

/** What a date is indexed by: its year, its month and itself; a partial date by its first day. */
export function marksOfDate(date: string): string[] {
  const days = daysOf(date);
  return days === undefined ? [] : [yearMark(days.from), monthMark(days.from), dayMark(days.from)];
}

/** The mark of a study of which no Study Date is a date: by it, and by nothing else, such studies are found. */
export const undated = 'undated';

/** The marks of a study that says these dates. */
export function marksOfDates(dates: readonly string[]): string[] {
  const marks = [...new Set(dates.flatMap(marksOfDate))];
  return marks.length === 0 ? [undated] : marks;
}

/** All that a search walks which asks for no date: from the first year to the last. */
export const everyYear: readonly string[] = Array.from({ length: lastYear - firstYear + 1 }, (_, at) =>
  String(firstYear + at),
);

/**
 * The months of a year, or the days of a month, in order. Undefined where a mark is not divided any more: of a day, and of the
 * first and the last year, which stand for all before and behind them.
 */
export function withinMark(mark: string): string[] | undefined {
  const parts = (count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${mark}${String(at + 1).padStart(2, '0')}`);
  if (mark === String(firstYear) || mark === String(lastYear) || mark.length === 8) return undefined;
  if (mark.length === 4) return parts(12);
  const [year, month] = [Number(mark.slice(0, 4)), Number(mark.slice(4))];
  return parts(dayOf(year, month + 1) - dayOf(year, month));
}

/** A date as what it is sorted by: as text in the order of days, those that a partial date covers counting as the first of them. */
export function dayOrderOf(date: string): string | undefined {
  const from = daysOf(date)?.from;
  // The year 0 is 719,528 days before 1970, and a month 00 or a day 00 some before it.
  return from === undefined ? undefined : String(from + 1_000_000).padStart(8, '0');
}

const maxDays = 366;
const maxMonths = 240;

/**
 * Marks of which every date that matches this key carries one: the days of up to a year, else months, else years.
 * Undefined where the key is neither a date nor a range of dates.
 *
 * Law  a date that DICOM matching finds by the key carries at least one of them.
 */
export function marksOfDateKey(key: string): string[] | undefined {
  const one = daysOf(key);
  const [left = '', right = '', ...more] = one ? [key, key] : key.split('-');
  const from = daysOf(left)?.from;
  const to = daysOf(right)?.to;
  const readable = (text: string, day: number | undefined): boolean => day !== undefined || text.trim() === '';
  if (more.length > 0 || !readable(left, from) || !readable(right, to)) return undefined;
  if (from === undefined && to === undefined) return undefined;
  const days = (from === undefined || to === undefined ? Number.POSITIVE_INFINITY : to - from) + 1;
  if (days <= maxDays) return steps(from as number, days, dayMark);
  if (days <= maxMonths * 30) return [...new Set(steps(from as number, days, monthMark))];
  const first = from === undefined ? firstYear : yearOf(from);
  const last = to === undefined ? lastYear : yearOf(to);
  return Array.from({ length: last - first + 1 }, (_, at) => String(first + at));
}

function steps(from: number, days: number, mark: (day: number) => string): string[] {
  return Array.from({ length: Math.max(0, days) }, (_, at) => mark(from + at));
}
