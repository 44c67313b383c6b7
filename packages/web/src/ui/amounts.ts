/** How amounts are written for people. All of it follows the browser's language, except units, which are the field's. */
const counts = new Intl.NumberFormat();
const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const days = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const byteUnits = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units, as disks and networks count. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  // What would round to 1,000 of one unit is 1 of the next.
  while (value >= 999.95 && unit < byteUnits.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? counts.format(value) : oneDigit.format(value)} ${bytes === 1 ? 'byte' : byteUnits[unit]}`;
}

/** `formatCount(2, 'study', 'studies')` is "2 studies"; without a word the number alone. */
export function formatCount(count: number, one?: string, many?: string): string {
  const number = counts.format(count);
  if (one === undefined) return number;
  return `${number} ${count === 1 ? one : (many ?? `${one}s`)}`;
}

/** A day as the wire has it, `2026-03-01`; anything else is shown as it came, and nothing as a dash. */
export function formatDay(day: string | null | undefined): string {
  if (!day) return '–';
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`) : undefined;
  return at === undefined || Number.isNaN(at.getTime()) ? day : days.format(at);
}

/** A moment on the clock of who looks. */
export function formatMoment(moment: string | Date | null | undefined): string {
  if (!moment) return '–';
  const at = moment instanceof Date ? moment : new Date(moment);
  return Number.isNaN(at.getTime()) ? '–' : moments.format(at);
}

/** "45 s", "3 min 20 s", "2 h 5 min": two units at most. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${counts.format(hours)} h` : `${counts.format(hours)} h ${minutes % 60} min`;
}
