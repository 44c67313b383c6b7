import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test('all codecs of a thread together grow up to a bound, and no further', async () => {
  const worker = new Worker(new URL('./wasm-memory.worker.fixture.ts', import.meta.url));
  const [{ grown, bytes }] = (await once(worker, 'message')) as [{ grown: string[]; bytes: number }];
  await worker.terminate();
  // Four megabytes of the one, then six of the other: what they start with counts from when they grow.
  expect(grown).toEqual([...new Array(8).fill('grown'), 'RangeError']);
  expect(bytes).toBe(10 * 1024 * 1024);
});
