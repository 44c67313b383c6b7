import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const never = new AbortController().signal;

test('of many who wait each in turn gets one, however many places one has taken', async () => {
  const queue = new FairQueue();
  const order: string[] = [];
  const waiting = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'c2'].map(async (name) => {
    await queue.wait(name.charAt(0), never);
    order.push(name);
  });
  while (queue.next());
  await Promise.all(waiting);
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', 'a4']);
  expect(queue.length).toBe(0);
});

test('who hangs up leaves, and who is turned away is told why', async () => {
  const queue = new FairQueue();
  const gone = new AbortController();
  const left = queue.wait('a', gone.signal);
  const turned = queue.wait('a', never);
  expect(queue.placesOf('a')).toBe(2);
  gone.abort();
  await expect(left).rejects.toThrow();
  expect(queue.placesOf('a')).toBe(1);
  queue.clear(new Error('closing'));
  await expect(turned).rejects.toThrow('closing');
  expect([queue.length, queue.placesOf('a'), queue.next()]).toEqual([0, 0, false]);
});
