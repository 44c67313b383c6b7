import { expect, test } from 'vitest';
import { fromNow, longMoment } from './moments.ts';

const now = Date.parse('2026-11-22T14:00:00Z');
const away = (seconds: number) => fromNow(new Date(now + seconds * 1000).toISOString(), now);

test('the moment a link closes is written out with its weekday', () => {
  expect(longMoment('2026-11-29T14:00:00Z', 'UTC')).toBe('Sunday 29 November 2026, 14:00');
  expect(longMoment('2026-11-29T23:30:00Z', 'Europe/Berlin')).toBe('Monday 30 November 2026, 00:30');
});

test('a moment near or far is said in the largest unit that fits, never more than is left', () => {
  expect(away(20)).toBe('in less than a minute');
  expect(away(-20)).toBe('just now');
  expect(away(59 * 60)).toBe('in 59 minutes');
  expect(away(-3_600)).toBe('1 hour ago');
  expect(away(36 * 3_600)).toBe('in 1 day');
  expect(away(-400 * 86_400)).toBe('1 year ago');
});
