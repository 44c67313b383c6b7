import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteBudget, Patience } from './byte-budget.ts';

const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

/** Watches a promise without waiting for it. */
function watched(promise: Promise<void>): { done: boolean } {
  const state = { done: false };
  void promise.then(() => {
    state.done = true;
  });
  return state;
}

describe('a byte budget', () => {
  test('makes whoever would exceed it wait until another gives back', async () => {
    const budget = new ByteBudget(100);
    const [first, second] = [budget.open(), budget.open()];
    await first.take(80);
    const waiting = watched(second.take(30));
    await turn();
    expect(waiting.done).toBe(false);
    first.release();
    await turn();
    expect(waiting.done).toBe(true);
  });

  test('lets the oldest go on past the limit, so that somebody can always finish', async () => {
    const budget = new ByteBudget(100);
    const [oldest, younger] = [budget.open(), budget.open()];
    await oldest.take(50);
    await younger.take(50);
    const waiting = watched(younger.take(1));
    await oldest.take(500);
    await turn();
    expect(waiting.done).toBe(false);
    oldest.release();
    await turn();
    expect(waiting.done).toBe(true);
  });

  test('gives back once, however often it is told to', async () => {
    const budget = new ByteBudget(100);
    const [one, other] = [budget.open(), budget.open()];
    await one.take(60);
    await other.take(40);
    other.release();
    other.release();
    const third = budget.open();
    const waiting = watched(third.take(41));
    await turn();
    expect(waiting.done).toBe(false);
    one.release();
    await turn();
    expect(waiting.done).toBe(true);
  });

  test('what is counted waits for nobody, others wait for it, and it is given back with the rest', async () => {
    const budget = new ByteBudget(100);
    const [first, second, third] = [budget.open(), budget.open(), budget.open()];
    await first.take(60);
    await second.take(30);
    second.count(40);
    expect([second.bytes, budget.short]).toEqual([70, false]);
    const waiting = watched(third.take(10));
    await turn();
    expect(waiting.done).toBe(false);
    second.release();
    second.count(1000);
    await turn();
    expect(waiting.done).toBe(true);
  });

  test('that memory is short is told once, however many begin to wait, and again when all had a look', async () => {
    let told = 0;
    const budget: ByteBudget = new ByteBudget(100, () => {
      told += 1;
      // Whoever hears of it can rely on it from then on.
      expect(budget.short).toBe(true);
    });
    const full = budget.open();
    await full.take(100);
    const others = Array.from({ length: 100 }, () => budget.open());
    const waiting = others.map((holding) => holding.take(60));
    await turn();
    expect(told).toBe(1);
    full.give(1);
    await turn();
    expect(told).toBe(2);
    full.release();
    for (const [at, holding] of others.entries()) {
      await waiting[at];
      holding.release();
    }
    expect(budget.short).toBe(false);
  });

  test('whoever waits when their holding is released waits no longer, and keeps nothing of it', async () => {
    const budget = new ByteBudget(100);
    const [full, ended] = [budget.open(), budget.open()];
    await full.take(100);
    const waiting = watched(ended.take(60));
    await turn();
    ended.release();
    await turn();
    expect([waiting.done, ended.bytes]).toEqual([true, 0]);
    full.release();
    const [first, last] = [budget.open(), budget.open()];
    await first.take(1);
    const fits = watched(last.take(99));
    await turn();
    expect(fits.done).toBe(true);
  });

  test('what is granted in the moment of the release, taken after it or parted from it is not lost to others', async () => {
    const budget = new ByteBudget(100);
    const holding = budget.open();
    const granted = holding.take(60);
    holding.release();
    await granted;
    await holding.take(60);
    const part = holding.part(60);
    expect([holding.bytes, part.bytes]).toEqual([0, 0]);
    part.release();
    const [first, last] = [budget.open(), budget.open()];
    await first.take(1);
    const [fits, exceeds] = [watched(last.take(99)), watched(last.take(1))];
    await turn();
    expect([fits.done, exceeds.done]).toEqual([true, false]);
    first.release();
  });

  test('never deadlocks, and holds no more than its limit and one object', async () => {
    const limit = 100;
    const objects = fc.array(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(objects, fc.infiniteStream(fc.nat(3)), async (all, pauses) => {
        const budget = new ByteBudget(limit);
        const largest = Math.max(0, ...all.map((pieces) => pieces.reduce((sum, piece) => sum + piece, 0)));
        let held = 0;
        let most = 0;
        await Promise.all(
          all.map(async (pieces) => {
            const holding = budget.open();
            let own = 0;
            for (const piece of pieces) {
              for (let pause = pauses.next().value; pause > 0; pause -= 1) await turn();
              await holding.take(piece);
              own += piece;
              held += piece;
              most = Math.max(most, held);
            }
            held -= own;
            holding.release();
          }),
        );
        expect(held).toBe(0);
        expect(most).toBeLessThanOrEqual(limit + largest);
      }),
      { numRuns: 200 },
    );
  });

  test('a part of a holding becomes another one’s without a wait, and is given back by that', async () => {
    const budget = new ByteBudget(100);
    const [first, _older] = [budget.open(), budget.open()];
    await first.take(100);
    const part = first.part(60);
    first.release();
    const waiting = watched(budget.open().take(50));
    await turn();
    expect(waiting.done).toBe(false);
    part.release();
    await turn();
    expect(waiting.done).toBe(true);
  });
});

test('patience ends where others want what somebody outside keeps, and begins anew where nobody does', () => {
  const budget = { short: false };
  const patience = new Patience(budget, 100);
  expect(patience.isOver(1000, true)).toBe(false);
  budget.short = true;
  expect([patience.isOver(60, true), patience.isOver(60, true)]).toEqual([false, true]);
  expect(patience.isOver(1000, false)).toBe(false);
  budget.short = false;
  expect([patience.isOver(60, true), patience.isOver(60, true)]).toEqual([false, false]);
});
