import { expect, test } from 'vitest';
import { ScrubJob, type ScrubJobDeps } from './scrub.job.ts';

test('who asks while a run is ending has another, and nobody after the stop', async () => {
  const job = new ScrubJob({} as ScrubJobDeps);
  const ends: (() => void)[] = [];
  let runs = 0;
  job.run = () => {
    runs += 1;
    return new Promise((end) => ends.push(end));
  };
  const end = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise((turn) => setImmediate(turn));
  };
  job.wake();
  job.wake();
  expect(runs).toBe(1);
  await end();
  expect(runs).toBe(2);
  job.wake();
  const stopping = job.stop();
  await end();
  await stopping;
  job.wake();
  expect(runs).toBe(2);
});
