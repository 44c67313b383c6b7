import { expect, test } from 'vitest';
import { deviceText, endedText, untilText } from './security-words.ts';

test('a browser that says nothing of itself has a name too', () => {
  expect(deviceText({ device: 'Firefox on Linux' })).toBe('Firefox on Linux');
  expect(deviceText({ device: '' })).toBe('Unknown device');
});

test('how many others ended is said, and that there was none', () => {
  expect(endedText(0)).toBe('You were signed in nowhere else.');
  expect(endedText(1)).toBe('You are signed out in 1 other place.');
  expect(endedText(3)).toBe('You are signed out in 3 other places.');
});

test('until when a password holds is said, and more loudly in the last fortnight', () => {
  const now = Date.parse('2026-06-01T12:00:00Z');
  const inDays = (days: number) => untilText({ until: new Date(now + days * 86_400_000).toISOString() }, now);
  expect(untilText({ until: null }, now)).toBeUndefined();
  expect(inDays(15)).toMatchObject({ soon: false });
  expect(inDays(14)).toMatchObject({ soon: true, text: expect.stringContaining('within 14 days') });
  expect(inDays(0.5)).toMatchObject({ soon: true, text: expect.stringContaining('within 1 day:') });
  expect(inDays(-1)).toMatchObject({ soon: true, text: expect.stringContaining('one now') });
});
