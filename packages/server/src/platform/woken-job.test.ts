import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aloneWith } from './db/alone.ts';
import { type Lock, locks } from './db/locks.ts';
import { watchedPostgres } from './db/watched-postgres.testing.ts';
import { WokenJob } from './woken-job.ts';

let postgres: Awaited<ReturnType<typeof watchedPostgres>>;
beforeAll(async () => {
  postgres = await watchedPostgres(4);
});
afterAll(() => postgres?.stop());

function counted(work: (times: number) => Promise<boolean>, lock: Lock) {
  let [times, failures] = [0, 0];
  const job = new WokenJob({
    database: postgres.database,
    lock,
    work: () => work(++times),
    failed: () => {
      failures += 1;
    },
  });
  return { job, seen: () => ({ times, failures }) };
}

test('work that fails is tried again in a minute, and not at once for ever', async () => {
  const { job, seen } = counted(() => Promise.reject(new Error('away')), 'scrub');
  job.wake();
  await expect.poll(seen).toEqual({ times: 1, failures: 1 });
  await pause(300);
  expect(seen()).toEqual({ times: 1, failures: 1 });
  await job.stop();
});

test('what another node is at is not asked for again and again', async () => {
  const { job, seen } = counted(async () => false, 'sweep');
  await aloneWith(postgres.database, 'sweep', async () => {
    job.wake();
    await pause(300);
    expect(seen()).toEqual({ times: 0, failures: 0 });
    // Once, and then in some seconds.
    expect(await job.run()).toBe(5_000);
  });
  expect(await job.run()).toBe(60_000);
  await job.stop();
});

test('what is asked for while it works is looked at right after; what says that there is more goes on', async () => {
  const { job, seen } = counted(async (times) => {
    if (times === 1) job.wake();
    return times === 2;
  }, 'reseal');
  job.wake();
  await expect.poll(() => seen().times).toBe(3);
  await pause(200);
  expect(seen().times).toBe(3);
  await job.stop();
  job.wake();
  await pause(100);
  expect(seen().times).toBe(3);
});

test('each kind of work has a lock of its own: none shuts another out', () => {
  const numbers = Object.values<number>(locks);
  expect(new Set(numbers).size).toBe(numbers.length);
});
