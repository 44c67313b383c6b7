import { type KeysAnswer, type KeysBackupAnswer, patientDaysLimits, type ReindexAnswer } from '@symbolon/contract';
import { formatCount, formatMoment } from '../ui/amounts.ts';

const dayMs = 86_400_000;
/** Of a patient, as it was measured with resting and a quiet disk. */
const msPerPatient = 5;

type What = KeysAnswer['keys'][number]['what'];

/** How many keys of a kind there are in each chain, the oldest of all chains, and when they were last rotated. */
export function factsOf({ keys }: Pick<KeysAnswer, 'keys'>, what: What) {
  const rows = keys.filter((row) => row.what === what);
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    count: Math.max(...rows.map(({ count }) => count)),
    oldest: rows.map(({ oldest }) => oldest).reduce((a, b) => (Date.parse(a) <= Date.parse(b) ? a : b)),
    rotatedAt: first.rotatedAt,
  };
}

/** "today", "1 day", "400 days": whole days, since schedules count those. */
export function ageText(moment: string, now: number): string {
  const days = Math.floor((now - Date.parse(moment)) / dayMs);
  return days < 1 ? 'less than a day' : formatCount(days, 'day');
}

/** The days of a schedule as they were typed, or what is wrong with them. */
export function daysIn(text: string): number | { readonly fault: string } {
  const { least, most } = patientDaysLimits;
  const days = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return days >= least && days <= most ? days : { fault: `A whole number from ${least} to ${formatCount(most)}.` };
}

/** How long a rotation takes, roughly. */
export function durationText(patients: number): string {
  const minutes = Math.round((patients * msPerPatient) / 60_000);
  if (minutes < 1) return 'less than a minute';
  return minutes < 120
    ? `about ${formatCount(minutes, 'minute')}`
    : `about ${formatCount(Math.round(minutes / 60), 'hour')}`;
}

/** What an administrator must hear about the backup, or nothing. */
export function warningText({ warning, backup, oldestKeyWithoutBackup }: KeysBackupAnswer): string | undefined {
  if (warning === 'never backed up')
    return 'The keys were never backed up. Who loses them loses every image: nothing else opens them.';
  if (warning === 'backup out of date')
    return `The last backup of the keys is of ${formatMoment(backup?.at)}. Keys made since ${formatMoment(oldestKeyWithoutBackup)} are in none: with them, images would be lost.`;
  return undefined;
}

/** Which of its three steps the search tokens are in, and how far. */
export function reindexStepText({ phase, done, of, restsUntil }: ReindexAnswer): string {
  const amount = `${formatCount(Math.min(done, of))} of ${formatCount(of, 'study', 'studies')}`;
  if (phase === 'adding') return `Step 1 of 3: new tokens are made beside the old. ${amount}.`;
  if (phase === 'removing') return `Step 3 of 3: old tokens are removed. ${amount}.`;
  return `Step 2 of 3: studies are found by the new tokens. The old ones stay until ${formatMoment(restsUntil)} for searches under way.`;
}
