import { expect, test } from 'vitest';
import { fetchOrder } from './fetch-order.ts';

test('the place that is looked at comes first, then the nearest on both sides', () => {
  expect(fetchOrder({ at: 10, total: 100, direction: 0, most: 5 })).toEqual([10, 11, 9, 12, 8]);
});

test('in the direction of scrolling twice as many are fetched ahead as behind', () => {
  expect(fetchOrder({ at: 10, total: 100, direction: 1, most: 7 })).toEqual([10, 11, 12, 9, 13, 14, 8]);
  expect(fetchOrder({ at: 10, total: 100, direction: -1, most: 4 })).toEqual([10, 9, 8, 11]);
});

test('at an end all that is fetched lies on the other side', () => {
  expect(fetchOrder({ at: 0, total: 4, direction: -1, most: 9 })).toEqual([0, 1, 2, 3]);
  expect(fetchOrder({ at: 3, total: 4, direction: 1, most: 9 })).toEqual([3, 2, 1, 0]);
});

test('no place is named twice and none is left out while there is room', () => {
  for (const direction of [-1, 0, 1]) {
    for (const at of [0, 1, 17, 40]) {
      const order = fetchOrder({ at, total: 41, direction, most: 1000 });
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 41 }, (_, index) => index));
    }
  }
});

test('an empty stack wants nothing', () => {
  expect(fetchOrder({ at: 0, total: 0, direction: 1, most: 10 })).toEqual([]);
});
