import { maxLinkDays } from '@symbolon/contract';

export const expiryChoices = ['1', '7', '30', 'date'] as const;
export type ExpiryChoice = (typeof expiryChoices)[number];

export const expiryLabels: Readonly<Record<ExpiryChoice, string>> = {
  '1': '1 day',
  '7': '7 days',
  '30': '30 days',
  date: 'A date',
};

const dayMs = 24 * 60 * 60 * 1000;

/** When a link made now would expire; null where no day is chosen or it is not one that a link may live until. */
export function expiryOf(choice: ExpiryChoice, day: string, now: Date): Date | null {
  if (choice !== 'date') return new Date(now.getTime() + Number(choice) * dayMs);
  if (day < firstDay(now) || day > lastDay(now)) return null;
  const end = endOfDay(day);
  return Number.isNaN(end.getTime()) ? null : end;
}

/** Days are those of the clock on the wall here: who says "until Friday" means all of Friday. */
function endOfDay(day: string): Date {
  return new Date(`${day}T23:59:59`);
}

export function firstDay(now: Date): string {
  return localDay(now);
}

/** The last day of which the exchange takes the end. The hour less is for a clock that runs behind the exchange's. */
export function lastDay(now: Date): string {
  const latest = new Date(now.getTime() + maxLinkDays * dayMs - 60 * 60 * 1000);
  const day = localDay(latest);
  return endOfDay(day) <= latest ? day : localDay(new Date(latest.getTime() - dayMs));
}

function localDay(moment: Date): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${twoDigits(moment.getMonth() + 1)}-${twoDigits(moment.getDate())}`;
}
