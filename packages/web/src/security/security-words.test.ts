import { expect, test } from 'vitest';
import { deviceText, endedText } from './security-words.ts';

test('a browser that says nothing of itself has a name too', () => {
  expect(deviceText({ device: 'Firefox on Linux' })).toBe('Firefox on Linux');
  expect(deviceText({ device: '' })).toBe('Unknown device');
});

test('how many others ended is said, and that there was none', () => {
  expect(endedText(0)).toBe('You were signed in nowhere else.');
  expect(endedText(1)).toBe('You are signed out in 1 other place.');
  expect(endedText(3)).toBe('You are signed out in 3 other places.');
});
