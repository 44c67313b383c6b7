import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

describe('a bounded cache', () => {
  test('lets go of what was used least recently', () => {
    const cache = new BoundedCache<string>(100);
    for (const name of ['a', 'b', 'c', 'd']) cache.set(name, name, 25);
    cache.get('a');
    cache.set('e', 'e', 25);
    expect(['a', 'b', 'c', 'd', 'e'].filter((name) => cache.get(name) !== undefined)).toEqual(['a', 'c', 'd', 'e']);
  });

  test('does not keep what alone exceeds it, nor an older value of that name', () => {
    const cache = new BoundedCache<string>(100);
    cache.set('a', 'small', 10);
    cache.set('a', 'large', 101);
    expect(cache.get('a')).toBeUndefined();
  });

  test('never holds more than its bytes, and gives back only what was put in last under a name', () => {
    const names = fc.constantFrom(...'abcdefgh');
    const step = fc.record({ name: names, bytes: fc.nat(30), what: fc.constantFrom('set', 'set', 'get', 'delete') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cache = new BoundedCache<{ bytes: number }>(100);
        const last = new Map<string, { bytes: number }>();
        for (const { name, bytes, what } of steps) {
          const value = { bytes };
          if (what === 'set') {
            cache.set(name, value, bytes);
            last.set(name, value);
          } else if (what === 'delete') {
            cache.delete(name);
            last.delete(name);
          } else cache.get(name);
          const kept = [...'abcdefgh'].flatMap((each) => {
            const found = cache.get(each);
            if (found !== undefined) expect(found).toBe(last.get(each));
            return found ?? [];
          });
          expect(kept.reduce((sum, each) => sum + each.bytes, 0)).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: 300 },
    );
  });
});
