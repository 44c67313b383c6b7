import { setImmediate as soon } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ByteBudget } from '../byte-budget.ts';
import { type Receiver, roomFor } from './taken.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const mib = 1024 * 1024;

function receiver() {
  const hungUp = new AbortController();
  const listeners = new Set<() => void>();
  const over = (): void => {
    for (const then of listeners) then();
  };
  const cut = (): void => {
    hungUp.abort();
    over();
  };
  const to: Receiver = {
    signal: hungUp.signal,
    whenOver(then) {
      listeners.add(then);
      return () => listeners.delete(then);
    },
    cut,
  };
  return { to, over, cut, listeners };
}

test('what receivers have not taken yet counts together: the next waits until one took theirs', async () => {
  const budget = new ByteBudget(10 * mib);
  const [one, other] = [receiver(), receiver()];
  const first = await roomFor(budget, 8 * mib, one.to);
  let there = false;
  const second = roomFor(budget, 8 * mib, other.to).then((room) => {
    there = true;
    return room;
  });
  await soon();
  expect([there, budget.short]).toEqual([false, true]);
  const pieces: number[] = [];
  for await (const piece of first.sent(new Uint8Array(2.5 * mib))) pieces.push(piece.length);
  expect(pieces).toEqual([mib, mib, mib / 2]);
  first.release();
  (await second).release();
  expect(budget.short).toBe(false);
  expect([one.listeners.size, other.listeners.size]).toEqual([0, 0]);
});

test('who does not read while others wait is cut off; who does not while nobody waits, and who is still made for, is not', async () => {
  const budget = new ByteBudget(10 * mib);
  const [idle, making, next] = [receiver(), receiver(), receiver()];
  const sending = (await roomFor(budget, 5 * mib, idle.to)).sent(new Uint8Array(5 * mib));
  await sending.next();
  await roomFor(budget, 5 * mib, making.to);
  vi.advanceTimersByTime(600_000);
  expect(idle.to.signal.aborted).toBe(false);
  const waits = roomFor(budget, 5 * mib, next.to);
  vi.advanceTimersByTime(30_000);
  expect(idle.to.signal.aborted).toBe(false);
  vi.advanceTimersByTime(5_000);
  await waits;
  expect([idle.to.signal.aborted, making.to.signal.aborted]).toEqual([true, false]);
});

test('who hangs up while they wait for room, or before they took it, leaves none taken', async () => {
  const budget = new ByteBudget(10 * mib);
  const [one, other, third] = [receiver(), receiver(), receiver()];
  await roomFor(budget, 10 * mib, one.to);
  const waits = roomFor(budget, 10 * mib, other.to);
  other.cut();
  one.over();
  await expect(waits).rejects.toMatchObject({ name: 'AbortError' });
  await roomFor(budget, 10 * mib, third.to);
  expect(budget.short).toBe(false);
});

test('what is small waits for nobody', async () => {
  const budget = new ByteBudget(10 * mib);
  await roomFor(budget, 10 * mib, receiver().to);
  await roomFor(budget, mib, receiver().to);
  expect(budget.short).toBe(false);
});
