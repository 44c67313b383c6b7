import { describe, expect, test } from 'vitest';
import { someImage } from './some-image.ts';
import { clampIndex, knownPlaces, placeAt, stackOf } from './stack.ts';

describe('a stack', () => {
  test('every frame of a multi-frame image is a place of its own', () => {
    const stack = stackOf([someImage('a', { frames: 1 }), someImage('b', { frames: 3 }), someImage('c')], 3, true);
    const places = [0, 1, 2, 3, 4].map((index) => placeAt(stack, index));
    expect(places.map((place) => `${place?.image.id}/${place?.frame}`)).toEqual(['a/1', 'b/1', 'b/2', 'b/3', 'c/1']);
    expect(stack.total).toBe(5);
  });

  test('images that are still to come count as one place each, and have nothing at their places', () => {
    const stack = stackOf([someImage('a')], 300, false);
    expect(stack.total).toBe(300);
    expect(knownPlaces(stack)).toBe(1);
    expect(placeAt(stack, 0)?.image.id).toBe('a');
    expect(placeAt(stack, 1)).toBeUndefined();
  });

  test('what really came wins over what was expected', () => {
    expect(stackOf([someImage('a'), someImage('b')], 300, true).total).toBe(2);
    expect(stackOf([someImage('a'), someImage('b')], 1, false).total).toBe(2);
  });

  test('an object without frames keeps a place, so that it can be said that it cannot be shown', () => {
    const stack = stackOf([someImage('a', { frames: 0 }), someImage('b')], 2, true);
    expect(placeAt(stack, 0)?.image.id).toBe('a');
    expect(placeAt(stack, 1)?.image.id).toBe('b');
  });

  test('a place before the first or behind the last is the first or the last', () => {
    const stack = stackOf([someImage('a'), someImage('b')], 2, true);
    expect(clampIndex(stack, -3)).toBe(0);
    expect(clampIndex(stack, 99)).toBe(1);
    expect(placeAt(stack, -1)).toBeUndefined();
    expect(placeAt(stack, 2)).toBeUndefined();
  });
});
