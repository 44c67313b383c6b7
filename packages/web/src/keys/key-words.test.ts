import { expect, test } from 'vitest';
import { ageText, daysIn, durationText, factsOf, reindexStepText, warningText } from './key-words.ts';

const row = (chain: 'identity' | 'image', oldest: string, count = 7) => ({
  chain,
  what: 'patient' as const,
  count,
  oldest,
  newest: '2026-11-01T00:00:00.000Z',
  rotatedAt: null,
});

test('the oldest key of a kind is that of all chains, and none is told as none', () => {
  const keys = [row('identity', '2026-02-01T00:00:00.000Z'), row('image', '2026-01-01T00:00:00.000Z')];
  expect(factsOf({ keys }, 'patient')).toEqual({ count: 7, oldest: '2026-01-01T00:00:00.000Z', rotatedAt: null });
  expect(factsOf({ keys }, 'root')).toBeUndefined();
});

test('ages are whole days', () => {
  const now = Date.parse('2026-03-02T12:00:00Z');
  expect(ageText('2026-03-01T13:00:00Z', now)).toBe('less than a day');
  expect(ageText('2026-03-01T12:00:00Z', now)).toBe('1 day');
  expect(ageText('2025-03-02T12:00:00Z', now)).toBe('365 days');
  // A clock that goes wrong here makes no negative ages.
  expect(ageText('2026-03-03T12:00:00Z', now)).toBe('less than a day');
});

test('days are whole numbers within the bounds', () => {
  expect([daysIn('1'), daysIn(' 90 '), daysIn('3650')]).toEqual([1, 90, 3650]);
  for (const wrong of ['', '0', '-1', '1.5', '1e2', '3651', 'ninety', '99999999999'])
    expect(daysIn(wrong), wrong).toEqual({ fault: 'A whole number from 1 to 3,650.' });
});

test('how long it takes is said roughly', () => {
  expect([durationText(1), durationText(100_000), durationText(5_000_000)]).toEqual([
    'less than a minute',
    'about 8 minutes',
    'about 7 hours',
  ]);
});

test('a warning says what would be lost, and there is none after a backup', () => {
  const backup = { at: '2026-01-01T00:00:00.000Z' };
  const without = '2026-02-01T00:00:00.000Z';
  expect(warningText({ warning: null, backup, oldestKeyWithoutBackup: without })).toBeUndefined();
  expect(warningText({ warning: 'never backed up', backup: null, oldestKeyWithoutBackup: null })).toMatch(/never/);
  expect(warningText({ warning: 'backup out of date', backup, oldestKeyWithoutBackup: without })).toMatch(/made since/);
});

test('each step of new search tokens says what it does; done is never more than there is', () => {
  const so = { generation: 1, damaged: 0, begunAt: null, restsUntil: null };
  expect(reindexStepText({ ...so, phase: 'adding', done: 25, of: 1_200 })).toMatch(
    /^Step 1 of 3: .* 25 of 1,200 studies\.$/,
  );
  expect(reindexStepText({ ...so, phase: 'removing', done: 3, of: 1 })).toMatch(/^Step 3 of 3: .* 1 of 1 study\.$/);
  const restsUntil = '2026-11-01T00:10:00.000Z';
  expect(reindexStepText({ ...so, phase: 'resting', done: 0, of: 1, restsUntil })).toMatch(
    /^Step 2 of 3: .* stay until .*2026/,
  );
});
