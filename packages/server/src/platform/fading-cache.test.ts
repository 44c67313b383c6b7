import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FadingCache } from './fading-cache.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const make = () => new FadingCache<string>({ maxBytes: 100, idleMs: 1_000, now: () => new Date() });

describe('a fading cache', () => {
  test('gives up what nobody uses, though nobody asks for it either', () => {
    const cache = make();
    cache.set('o', 'a', 'A', 40);
    cache.set('o', 'b', 'B', 40);
    vi.advanceTimersByTime(800);
    expect(cache.get('a')).toBe('A');
    vi.advanceTimersByTime(500);
    expect(cache.figures).toMatchObject({ entries: 1, bytes: 40 });
    vi.advanceTimersByTime(1_000);
    expect(cache.figures).toMatchObject({ entries: 0, bytes: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('gives nothing out that is past its time, between two looks too', () => {
    const cache = make();
    cache.set('o', 'a', 'A', 1);
    vi.setSystemTime(Date.now() + 1_001);
    expect(cache.get('a')).toBeUndefined();
  });

  test('gives up what was used later than now, where the clock was set back: nothing outlasts its time by that', () => {
    const cache = make();
    const now = Date.now();
    vi.setSystemTime(now + 3_600_000);
    cache.set('o', 'a', 'A', 1);
    cache.set('o', 'b', 'B', 1);
    vi.setSystemTime(now);
    cache.set('o', 'c', 'C', 1);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, undefined, 'C']);
  });

  test('shows what it holds to who was counted before, and keeps it no longer for that', () => {
    const cache = make();
    cache.set('o', 'a', 'A', 1);
    vi.advanceTimersByTime(800);
    expect([cache.peek('a'), cache.peek('b')]).toEqual(['A', undefined]);
    vi.advanceTimersByTime(450);
    expect(cache.figures).toEqual({ bytes: 0, entries: 0, hits: 0, misses: 0 });
  });

  test('gives up all that is of one owner, and tells what it was', () => {
    const cache = make();
    cache.set('one', 'a', 'A', 10);
    cache.set('other', 'b', 'B', 10);
    cache.set('one', 'c', 'C', 10);
    const dropped: string[] = [];
    cache.forget(new Set(['one']), (value) => dropped.push(value));
    expect(dropped).toEqual(['A', 'C']);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([undefined, 'B', undefined]);
    expect(cache.figures).toEqual({ bytes: 10, entries: 1, hits: 1, misses: 2 });
  });

  test('never holds more than its bytes, and lets go first of what was used least recently', () => {
    const names = fc.constantFrom(...'abcdefgh');
    const step = fc.record({ name: names, bytes: fc.integer({ min: 1, max: 120 }), put: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cache = make();
        let used: { name: string; bytes: number }[] = [];
        for (const { name, bytes, put } of steps) {
          const known = used.find((one) => one.name === name);
          if (!put) expect(cache.get(name)).toBe(known && name);
          else cache.set('o', name, name, bytes);
          const size = put ? bytes : known?.bytes;
          used = used.filter((one) => one.name !== name);
          if (size !== undefined && size <= 100) used.push({ name, bytes: size });
          while (used.reduce((sum, one) => sum + one.bytes, 0) > 100) used.shift();
          expect(cache.figures).toMatchObject({
            entries: used.length,
            bytes: used.reduce((sum, one) => sum + one.bytes, 0),
          });
        }
      }),
      { numRuns: 200 },
    );
  });
});
