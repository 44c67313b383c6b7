/** A moment for people who must not mistake it: `Sunday 29 November 2026, 14:00`, by the clock on the wall here. */
export function longMoment(iso: string, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const moment = new Date(iso);
  const day = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    ...zone,
  }).format(moment);
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', ...zone }).format(moment);
  return `${day.replace(',', '')}, ${time}`;
}

const steps = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How far away a moment is: `in 6 days`, `2 hours ago`, `just now`. */
export function fromNow(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const step = steps.find(([, length]) => Math.abs(seconds) >= length);
  if (step === undefined) return seconds > 0 ? 'in less than a minute' : 'just now';
  const [unit, length] = step;
  // Cut, not rounded: a link that says "in 2 days" must not have closed after one and a half.
  const amount = Math.trunc(seconds / length);
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(amount, unit);
}
