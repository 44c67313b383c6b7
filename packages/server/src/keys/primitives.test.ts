import { expect, test } from 'vitest';
import { nodePrimitives } from './primitives.ts';

test.each([12, 32, 255, 256, 257, 5000])(
  'random bytes, %i at a time, are never given out twice, nor changed after',
  (bytes) => {
    const given = Array.from({ length: 1000 }, () => nodePrimitives.random(bytes));
    const asGiven = given.map((one) => Buffer.from(one).toString('hex'));
    for (let at = 0; at < 100; at += 1) nodePrimitives.random(bytes);
    expect(given.map((one) => Buffer.from(one).toString('hex'))).toEqual(asGiven);
    expect(new Set(asGiven).size).toBe(given.length);
    expect(given.every((one) => one.length === bytes)).toBe(true);
    // Of a thousand times twelve bytes, each value of a byte comes some 47 times.
    const counts = new Array<number>(256).fill(0);
    for (const byte of Buffer.concat(given).subarray(0, 12_000)) counts[byte] = (counts[byte] as number) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(5);
    expect(Math.max(...counts)).toBeLessThan(120);
  },
);
