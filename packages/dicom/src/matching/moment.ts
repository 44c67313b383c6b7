/** DA, TM and DT as moments that can be compared (PS3.5 table 6.2-1). */

/** What a date or time covers, both ends included, in microseconds, as bigint: in year 2400 a double counts them in eights. */
type Interval = { readonly from: bigint; readonly to: bigint };

export type DateTimeVr = 'DA' | 'TM' | 'DT';

/** Partial ones included; a fraction belongs to seconds. */
const shapes: Readonly<Record<DateTimeVr, RegExp>> = {
  DA: /^\d{4}(\d\d){0,2}$/,
  TM: /^\d\d(\d\d(\d\d(\.\d{1,6})?)?)?$/,
  DT: /^\d{4}((\d\d){0,4}|(\d\d){5}(\.\d{1,6})?)([+-]\d{4})?$/,
};

const minuteUs = 60_000_000n;
const dayUs = 1440n * minuteUs;

/** Years below 100 mean the 20th century to Date.UTC: all moments are one cycle of the calendar late. */
const cycleYears = 400;

/**
 * What a date or time covers: a partial one all that begins with it. `undefined` for what is none.
 *
 * Months and days beyond the calendar roll over, which keeps odd values in order. A leap second (`60`) is the last
 * microsecond of its minute, so that every range that holds the minute holds it. `offsetMinutes` is for a DT that names none.
 */
export function interval(vr: DateTimeVr, value: string, offsetMinutes = 0): Interval | undefined {
  const text = tidy(vr, value);
  if (!shapes[vr].test(text)) return undefined;
  const named = vr === 'DT' && /[+-]/.test(text) ? text.slice(-5) : '';
  const minutes = named === '' ? offsetMinutes : offsetFromUtc(named);
  if (minutes === undefined) return undefined;
  const written = text.slice(0, text.length - named.length);
  const point = written.indexOf('.');
  const fraction = point < 0 ? '' : written.slice(point + 1);
  const parts = partsOf(vr, point < 0 ? written : written.slice(0, point));
  const begin = startMs(parts);
  const shift = vr === 'DT' && minutes !== 0 ? BigInt(minutes) * minuteUs : 0n;
  if (parts[5] === 60) {
    const last = BigInt(begin) * 1000n - 1n - shift;
    return { from: last, to: last };
  }
  const from = BigInt(begin) * 1000n - shift;
  if (fraction !== '') {
    const part = from + BigInt(fraction.padEnd(6, '0'));
    return { from: part, to: part + 10n ** BigInt(6 - fraction.length) - 1n };
  }
  parts[parts.length - 1]! += 1;
  return { from, to: from + BigInt(startMs(parts) - begin) * 1000n - 1n };
}

/** Year, month, day, hour, minute, second, as far as they are written; a TM is of one and the same day. */
function partsOf(vr: DateTimeVr, digits: string): number[] {
  const parts = vr === 'TM' ? [1, 1, 1] : [Number(digits.slice(0, 4))];
  for (let at = vr === 'TM' ? 0 : 4; at < digits.length; at += 2) parts.push(Number(digits.slice(at, at + 2)));
  return parts;
}

/** Minutes east of UTC from `+0130`; `undefined` beyond -1200 to +1400, the offsets that there are (PS3.5 table 6.2-1). */
export function offsetFromUtc(text: string): number | undefined {
  const found = /^([+-])(\d\d)([0-5]\d)$/.exec(text.trim());
  if (found === null) return undefined;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  if (minutes > (found[1] === '-' ? 720 : 840)) return undefined;
  return found[1] === '-' ? -minutes : minutes;
}

/** A moment of a day, some minutes later on the same clock: 23:30 becomes 00:30. */
export function laterInDay(moment: bigint, minutes: number): bigint {
  const midnight = BigInt(startMs([1])) * 1000n;
  return midnight + ((((moment - midnight + BigInt(minutes) * minuteUs) % dayUs) + dayUs) % dayUs);
}

/** The day of a moment, as a DA. */
export function dayOf(moment: bigint): string {
  const day = new Date(Number(moment / 1000n));
  // Back from the cycle of `start`.
  const year = Math.max(0, day.getUTCFullYear() - cycleYears);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${String(year).padStart(4, '0')}${two(day.getUTCMonth() + 1)}${two(day.getUTCDate())}`;
}

/** Without the dots and colons of ACR-NEMA 300 and the blanks around. */
function tidy(vr: DateTimeVr, written: string): string {
  const text = written.trim();
  if (vr === 'DA' && text.includes('.') && /^\d{4}\.\d\d\.\d\d$/.test(text)) return text.replaceAll('.', '');
  if (vr === 'TM' && text.includes(':') && /^\d\d:\d\d(:\d\d(\.\d{1,6})?)?$/.test(text))
    return text.replaceAll(':', '');
  return text;
}

function startMs(parts: readonly number[]): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  return Date.UTC(year + cycleYears, month - 1, day, hour, minute, second);
}
