import type { Policy } from './backup.store.ts';

export type Keep = Pick<Policy, 'keepLast' | 'keepDaily' | 'keepWeekly' | 'keepMonthly'>;

type Backup = { readonly madeAt: string; readonly database: string | null };

const dayMs = 86_400_000;

/** Of a moment, in UTC: its day, its ISO week by the day on which that begins, its month. */
const periodOf = {
  daily: (at: Date): string => at.toISOString().slice(0, 10),
  weekly: (at: Date): string => {
    const sinceMonday = (at.getUTCDay() + 6) % 7;
    return new Date(at.getTime() - sinceMonday * dayMs).toISOString().slice(0, 10);
  },
  monthly: (at: Date): string => at.toISOString().slice(0, 7),
};

/** A period is so many days at most. */
const longest = { daily: 1, weekly: 7, monthly: 31 } as const;

/**
 * Which backups stay: the last so many, and of each of the last so many days, weeks and months that have one, its newest. The
 * newest of all stays whatever the policy.
 *
 * Law  each database for itself: a twin that uses the same place takes nothing from the exchange it was restored from. Of one
 *      that makes none any more, what is older than the policy reaches back goes.
 */
export function keptOf<T extends Backup>(backups: readonly T[], keep: Keep): Set<T> {
  const newestFirst = [...backups].sort((a, b) => b.madeAt.localeCompare(a.madeAt));
  const [newest] = newestFirst;
  if (newest === undefined) return new Set();
  const days = Math.max(
    longest.monthly,
    keep.keepDaily * longest.daily,
    keep.keepWeekly * longest.weekly,
    keep.keepMonthly * longest.monthly,
  );
  const since = new Date(Date.parse(newest.madeAt) - days * dayMs).toISOString();
  const kept = new Set<T>();
  for (const database of new Set(newestFirst.map((backup) => backup.database))) {
    const ofIt = newestFirst.filter((backup) => backup.database === database);
    const isAtWork = database === newest.database;
    for (const backup of keptOfOne(ofIt, keep)) if (isAtWork || backup.madeAt >= since) kept.add(backup);
  }
  return kept;
}

function keptOfOne<T extends Backup>(newestFirst: readonly T[], keep: Keep): Set<T> {
  const kept = new Set(newestFirst.slice(0, Math.max(1, keep.keepLast)));
  for (const [period, count] of [
    ['daily', keep.keepDaily],
    ['weekly', keep.keepWeekly],
    ['monthly', keep.keepMonthly],
  ] as const) {
    const seen = new Set<string>();
    for (const backup of newestFirst) {
      const name = periodOf[period](new Date(backup.madeAt));
      if (seen.has(name)) continue;
      if (seen.size >= count) break;
      seen.add(name);
      kept.add(backup);
    }
  }
  return kept;
}
