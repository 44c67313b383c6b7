import { expect, test } from 'vitest';
import type { SendFacts } from '../messages.ts';
import { percent, rateText, stateText, timeLeft } from './progress-words.ts';

const base: SendFacts = {
  state: { kind: 'sending' },
  images: 10,
  ofImages: 100,
  doneBytes: 10_000,
  movedBytes: 12_000,
  ofBytes: 100_000,
  bytesPerSecond: 1000,
  leftMs: 88_000,
};

test('time is given in steps that can be kept, and its last seconds are not counted down', () => {
  expect(timeLeft(base)).toBe('about 1 min 30 s left');
  expect(timeLeft({ ...base, leftMs: 11_000 })).toBe('about 15 s left');
  expect(timeLeft({ ...base, leftMs: 4000 })).toBe('almost done');
  expect(timeLeft({ ...base, leftMs: undefined })).toBe('working out the time left');
  expect(timeLeft({ ...base, movedBytes: 100_000, leftMs: 90_000 })).toBe('almost done');
});

test('while nothing is sent, neither a rate nor a time is claimed', () => {
  for (const kind of ['paused', 'pausing'] as const) {
    expect(timeLeft({ ...base, state: { kind } })).toBe('');
    expect(rateText({ ...base, state: { kind } })).toBe('');
  }
});

test('waiting says since when, and when it tries again', () => {
  const state = { kind: 'waiting', since: 100_000, retryAt: 115_000 } as const;
  expect(stateText({ ...base, state }, 112_000)).toBe('Waiting for the exchange since 12 s, trying again in 3 s');
  expect(stateText({ ...base, state }, 115_500)).toContain('trying again now');
});

test('100 percent is said only when every image has its answer', () => {
  expect(percent(base)).toBe(12);
  expect(percent({ ...base, movedBytes: 100_000 })).toBe(99);
  expect(percent({ ...base, images: 100 })).toBe(100);
  expect(percent({ ...base, ofBytes: 0, movedBytes: 0 })).toBe(0);
});
