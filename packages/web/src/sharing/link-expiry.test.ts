import { maxLinkDays } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { expiryOf, firstDay, lastDay } from './link-expiry.ts';

const now = new Date(2026, 10, 22, 14, 30);

test('a link for some days expires at this time of day', () => {
  expect(expiryOf('7', '', now)).toEqual(new Date(now.getTime() + 7 * 86_400_000));
});

test('a link until a day is open until that day ends', () => {
  expect(expiryOf('date', '2026-12-24', now)).toEqual(new Date(2026, 11, 24, 23, 59, 59));
});

test('today can be chosen, yesterday and what is no day cannot', () => {
  expect(expiryOf('date', firstDay(now), now)).toEqual(new Date(2026, 10, 22, 23, 59, 59));
  expect(expiryOf('date', '2026-11-21', now)).toBeNull();
  expect(expiryOf('date', '', now)).toBeNull();
  expect(expiryOf('date', '2027-02-31x', now)).toBeNull();
});

test('the last day that can be chosen ends within a year, at every hour of the day', () => {
  for (let hour = 0; hour < 24; hour += 1) {
    const then = new Date(2026, 10, 22, hour, 59, 59);
    const latest = expiryOf('date', lastDay(then), then)!;
    expect(latest.getTime()).toBeLessThanOrEqual(then.getTime() + maxLinkDays * 86_400_000);
    expect(latest.getTime()).toBeGreaterThan(then.getTime() + (maxLinkDays - 2) * 86_400_000);
  }
});
