import { describe, expect, test } from 'vitest';
import { KeyCache } from './key-cache.ts';

describe('the cache of unwrapped keys', () => {
  test('forgets a key when its time is over, however often it is used', () => {
    let ms = 0;
    const cache = new KeyCache(() => new Date(ms), 1000, 10);
    const key = new Uint8Array(32);
    cache.set('a', key);
    for (ms = 0; ms < 1000; ms += 100) expect(cache.get('a')).toBe(key);
    expect(cache.get('a')).toBeUndefined();
  });

  test('holds a bounded number, and lets the oldest go first', () => {
    const cache = new KeyCache(() => new Date(0), 1000, 3);
    for (const name of ['a', 'b', 'c', 'a', 'd']) cache.set(name, new Uint8Array(32));
    expect(['a', 'b', 'c', 'd'].filter((name) => cache.get(name) !== undefined)).toEqual(['a', 'c', 'd']);
  });

  test('holds nothing past its time that nobody asks for again', () => {
    let ms = 0;
    const cache = new KeyCache(() => new Date(ms), 1000, 10);
    cache.set('destroyed', new Uint8Array(32));
    ms = 500;
    cache.set('a', new Uint8Array(32));
    ms = 1000;
    cache.set('b', new Uint8Array(32));
    // Asked as if no time had passed: what is still held is told apart from what is only not given out.
    ms = 0;
    expect(['destroyed', 'a', 'b'].filter((name) => cache.get(name) !== undefined)).toEqual(['a', 'b']);
  });
});
