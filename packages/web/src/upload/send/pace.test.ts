import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

function paced(samples: readonly (readonly [now: number, moved: number])[]): Pace {
  const pace = new Pace();
  for (const [now, moved] of samples) pace.sample(now, moved);
  return pace;
}

const steady = (seconds: number, from = 0, at = 0) =>
  Array.from({ length: seconds * 5 + 1 }, (_, tick) => [at + tick * 200, from + tick * 200_000] as const);

test('in the first second nothing is said, then a steady rate is the rate', () => {
  expect(paced(steady(1)).bytesPerSecond).toBeUndefined();
  expect(paced(steady(2)).bytesPerSecond).toBeCloseTo(1_000_000);
  expect(paced(steady(20)).leftMs(5_000_000)).toBeCloseTo(5000);
});

test('an outage does not spoil the rate, and bytes taken back are no motion', () => {
  const pace = paced(steady(10));
  pace.sample(60_000, 10_000_000);
  expect(pace.bytesPerSecond).toBeCloseTo(1_000_000);
  pace.sample(60_200, 0);
  expect(pace.bytesPerSecond).toBeGreaterThan(900_000);
});

test('where nothing moves any more, no time is promised', () => {
  const pace = paced(steady(3));
  for (let tick = 1; tick < 3000; tick += 1) pace.sample(3000 + tick * 200, 3_000_000);
  expect(pace.leftMs(1_000_000)).toBeUndefined();
});
