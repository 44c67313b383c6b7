import type { BackupDrill, BackupPolicy, BackupRun, BackupWarning } from '@symbolon/contract';
import { formatBytes, formatCount, formatDuration, formatMoment } from '../ui/amounts.ts';

/** What an administrator is told on every page, and what more on the page itself. */
export const warningWords: Readonly<Record<BackupWarning, { readonly short: string; readonly more: string }>> = {
  never: {
    short: 'The data was never backed up.',
    more: 'The first backup is made a few minutes after the start. If it fails, its reason stands below.',
  },
  overdue: {
    short: 'The backup of the data is overdue.',
    more: 'The newest is older than the schedule allows. Why the last tries failed stands below.',
  },
  incomplete: {
    short: 'The newest backup is not complete.',
    more: 'The stores did not have everything that belongs into it. See the page Storage, and keep the earlier backups.',
  },
  'drill failed': {
    short: 'The last trial of a restore went wrong.',
    more: 'A restore would not bring everything back. Look at the disk of the backups, then make a backup and try again.',
  },
  'keys are in no backup': {
    short: 'The backups of the data can be opened on this machine only.',
    more: 'Their key was made after the last backup of the keys. Back up the keys: see the page Keys.',
  },
};

const lasted = (startedAt: string, endedAt: string | null): string =>
  endedAt === null ? '' : `, in ${formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}`;

export function runText({
  state,
  code,
  phase,
  startedAt,
  endedAt,
  objects,
  bytes,
  tableBytes,
  missing,
}: BackupRun): string {
  if (state === 'failed') return `failed: ${code ?? 'for an unknown reason'}`;
  if (state === 'running') return `${phase}: ${formatCount(objects, 'object')}, ${formatBytes(bytes)} so far`;
  const what = `${formatCount(objects, 'new object')}, ${formatBytes(bytes + tableBytes)} written${lasted(startedAt, endedAt)}`;
  return `${what}${missing === 0 ? '' : `; ${formatCount(missing, 'object')} missing`}${state === 'removed' ? '; removed since' : ''}`;
}

export function drillText({
  result,
  code,
  startedAt,
  endedAt,
  loaded,
  packs,
  instances,
  lost,
  erased,
}: BackupDrill): string {
  if (result === 'running') return 'under way';
  if (result === 'failed') return `could not be done: ${code ?? 'for an unknown reason'}`;
  const how = loaded
    ? `${formatCount(packs, 'pack')} opened, ${formatCount(instances, 'image')} compared`
    : 'read, not loaded: the server lets us make no database';
  const gone = erased === 0 ? '' : `, ${formatCount(erased, 'pack')} erased since`;
  const verdict =
    result === 'good' ? 'everything came back' : `${code ?? formatCount(lost, 'pack')} ${code ? '' : 'lost'}`;
  return `${formatMoment(startedAt)}: ${verdict.trim()}; ${how}${gone}${lasted(startedAt, endedAt)}`;
}

export const policyFields = [
  { name: 'everyHours', label: 'Back up every … hours', optional: true, least: 1, most: 8_784 },
  { name: 'drillEveryDays', label: 'Try a restore every … days', optional: true, least: 1, most: 366 },
  { name: 'keepLast', label: 'Keep the last …', optional: false, least: 1, most: 1_000 },
  { name: 'keepDaily', label: 'One each of … days', optional: false, least: 0, most: 1_000 },
  { name: 'keepWeekly', label: 'One each of … weeks', optional: false, least: 0, most: 1_000 },
  { name: 'keepMonthly', label: 'One each of … months', optional: false, least: 0, most: 1_000 },
] as const satisfies readonly {
  name: keyof BackupPolicy;
  label: string;
  optional: boolean;
  least: number;
  most: number;
}[];

export type PolicyField = (typeof policyFields)[number];

/** A number that was typed; empty is "never by itself" where that can be. */
export function amountIn(
  text: string,
  { optional, least, most }: PolicyField,
): number | null | { readonly fault: string } {
  const typed = text.trim();
  if (typed === '' && optional) return null;
  const amount = Number(typed);
  if (/^\d{1,5}$/.test(typed) && amount >= least && amount <= most) return amount;
  return { fault: `A number from ${least} to ${formatCount(most)}${optional ? ', or nothing' : ''}.` };
}
