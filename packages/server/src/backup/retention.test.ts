import { expect, test } from 'vitest';
import { keptOf } from './retention.ts';

const dayMs = 86_400_000;
const newest = Date.parse('2026-11-22T03:00:00Z');
/** One each day, back from a Sunday. */
const daily = (days: number) =>
  Array.from({ length: days }, (_, back) => ({
    madeAt: new Date(newest - back * dayMs).toISOString(),
    database: 'a/1',
  }));
const days = (kept: Set<{ madeAt: string }>): string[] => [...kept].map(({ madeAt }) => madeAt.slice(0, 10)).sort();

test('weekly for a year and monthly for two: what an auditor asks for is there', () => {
  const kept = keptOf(daily(900), { keepLast: 3, keepDaily: 14, keepWeekly: 52, keepMonthly: 24 });
  const ages = [...kept].map(({ madeAt }) => (newest - Date.parse(madeAt)) / dayMs).sort((a, b) => a - b);
  // Two weeks of days, then one a week for a year, then one a month for two.
  expect(ages.slice(0, 14)).toEqual(Array.from({ length: 14 }, (_, back) => back));
  const gaps = ages.slice(1).map((age, at) => age - ages[at]!);
  expect(Math.max(...gaps.filter((_, at) => ages[at + 1]! <= 51 * 7))).toBeLessThanOrEqual(7);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(31);
  expect(Math.max(...ages)).toBeGreaterThanOrEqual(23 * 28);
  expect(kept.size).toBeLessThan(90);
});

test('of a day the newest stays, of several in an hour the last so many', () => {
  const hourly = Array.from({ length: 60 }, (_, back) => ({
    madeAt: new Date(newest - back * 3_600_000).toISOString(),
    database: 'a/1',
  }));
  const kept = keptOf(hourly, { keepLast: 2, keepDaily: 2, keepWeekly: 0, keepMonthly: 0 });
  expect([...kept].map(({ madeAt }) => madeAt.slice(0, 13)).sort()).toEqual([
    '2026-11-21T23',
    '2026-11-22T02',
    '2026-11-22T03',
  ]);
});

test('the newest stays whatever the policy, and what has gaps is not thinned for them', () => {
  const none = { keepLast: 0, keepDaily: 0, keepWeekly: 0, keepMonthly: 0 };
  expect(days(keptOf(daily(5), none))).toEqual(['2026-11-22']);
  const rare = [0, 200, 400].map((back) => ({
    madeAt: new Date(newest - back * dayMs).toISOString(),
    database: 'a/1',
  }));
  expect(keptOf(rare, { keepLast: 1, keepDaily: 2, keepWeekly: 0, keepMonthly: 3 }).size).toBe(3);
  expect(keptOf([], none).size).toBe(0);
});

test('a restored twin that uses the same place takes no backup from the exchange, and leaves nothing for ever', () => {
  const keep = { keepLast: 2, keepDaily: 3, keepWeekly: 0, keepMonthly: 0 };
  const own = daily(10);
  // An hour after each of them: of each day, and of all, the twin's is the newest.
  const twins = own.map(({ madeAt }) => ({
    madeAt: new Date(Date.parse(madeAt) + 3_600_000).toISOString(),
    database: 'b/1',
  }));
  const kept = keptOf([...own, ...twins], keep);
  expect(own.filter((backup) => kept.has(backup))).toEqual(own.slice(0, 3));
  expect(kept.size).toBe(6);
  const old = twins.map(({ database }, back) => ({
    madeAt: new Date(newest - (32 + back) * dayMs).toISOString(),
    database,
  }));
  expect([...keptOf([...own, ...old], keep)]).toEqual(own.slice(0, 3));
});
