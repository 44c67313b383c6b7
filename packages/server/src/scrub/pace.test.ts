import { expect, test } from 'vitest';
import { Pace, Stopped } from './pace.ts';

test('a reader is held to its pace', async () => {
  const pace = new Pace(1_000_000, () => false);
  const begun = performance.now();
  for (let at = 0; at < 10; at += 1) await pace.took(10_000);
  expect(performance.now() - begun).toBeGreaterThan(70);
});

test('a reader that is told to stop reads nothing more, not even to the end of what it reads', async () => {
  let stopped = false;
  const pace = new Pace(1000, () => stopped);
  const waiting = pace.took(1_000_000_000);
  stopped = true;
  await expect(waiting).rejects.toBeInstanceOf(Stopped);
  await expect(pace.took(1)).rejects.toBeInstanceOf(Stopped);
});
