import { expect, test } from 'vitest';
import { frameList, framesUpTo } from './frames.ts';

test('frames of which no list would fit into memory are counted one after another', () => {
  expect([...framesUpTo(3)]).toEqual([1, 2, 3]);
  const [first, second] = framesUpTo(2 ** 31 - 1);
  expect([first, second]).toEqual([1, 2]);
});

test.each(['', '0', '1,', '01', '1;2', '1e3', '1234567890'])('%o lists no frames', (text) => {
  expect(() => frameList(text)).toThrow(/listed by their numbers/);
});
