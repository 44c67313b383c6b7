import type { Policy } from './backup.store.ts';

export type Keep = Pick<Policy, 'keepLast' | 'keepDaily' | 'keepWeekly' | 'keepMonthly'>;

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

/**
 * Which backups stay: the last so many, and of each of the last so many days, weeks and months that have one, its newest. The
 * newest of all stays whatever the policy.
 */
export function keptOf<T extends { readonly madeAt: string }>(backups: readonly T[], keep: Keep): Set<T> {
  const newestFirst = [...backups].sort((a, b) => b.madeAt.localeCompare(a.madeAt));
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
