import { erasureGrounds, erasureStates } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { amountsText, finalText, groundLabels, isConfirmed, shareDone, stateText } from './erasure-words.ts';

test('what goes is told without what is none of it', () => {
  const amounts = { patients: 0, studies: 0, series: 1, instances: 40, bytes: 21_000_000 };
  expect(amountsText(amounts)).toBe('1 series, 40 images, 21 MB');
  expect(amountsText({ ...amounts, patients: 1, studies: 2 })).toBe('1 patient, 2 studies, 1 series, 40 images, 21 MB');
  expect(amountsText({ ...amounts, series: 0, instances: 0, bytes: 0 })).toBe('0 images, 0 bytes');
});

test('every state has words, goes forward, and says why it waits', () => {
  const texts = erasureStates.map((state) => stateText({ state, failure: null }));
  expect(new Set(texts).size).toBe(erasureStates.length);
  expect(erasureStates.map((state) => shareDone({ state }))).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(stateText({ state: 'asked', failure: 'KEYS_BUSY' })).toContain('KEYS_BUSY');
  expect(Object.keys(groundLabels)).toEqual([...erasureGrounds]);
});

test('before it is final, the page says what is still to be done', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');
  expect(finalText(null, now)).toBeNull();
  expect(finalText('2026-12-20T10:00:00Z', now)).toContain('Delete such backups');
  expect(finalText('2026-11-22T10:00:00Z', now)).toContain('nothing can bring it back');
});

test('only what was to be typed confirms, and never nothing', () => {
  const expected = ['Müller, Jürgen', '40'];
  for (const typed of ['Müller, Jürgen', ' müller,  jürgen ', 'Mu\u0308ller, Ju\u0308rgen', '40'])
    expect(isConfirmed(typed, expected)).toBe(true);
  for (const typed of ['', ' ', 'Müller', '4', '400']) expect(isConfirmed(typed, expected)).toBe(false);
  expect(isConfirmed('', ['', '40'])).toBe(false);
});
