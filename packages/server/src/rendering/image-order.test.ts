import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inOrder, type Placed } from './image-order.ts';

const axial = [1, 0, 0, 0, 1, 0];
const sagittal = [0, 1, 0, 0, 0, -1];
const at = (
  number: number | null,
  position: readonly number[] | null,
  orientation: readonly number[] | null,
): Placed => ({
  number,
  position,
  orientation,
});
const numbers = (images: readonly Placed[]) => inOrder(images).map(({ number }) => number);

describe('images are looked at', () => {
  test('by their place in space, whatever their numbers', () => {
    expect(numbers([at(1, [0, 0, 30], axial), at(2, [0, 0, 10], axial), at(3, [0, 0, 20], axial)])).toEqual([2, 3, 1]);
  });

  test('from the end where the instance numbers begin, where they run straight against the normal', () => {
    const up = [at(1, [0, 0, 30], axial), at(2, [0, 0, 20], axial), at(3, [0, 0, 10], axial)];
    expect(numbers(up)).toEqual([1, 2, 3]);
    expect(numbers(up.toReversed())).toEqual([1, 2, 3]);
  });

  test('along the normal of their own plane, not along the body', () => {
    const images = [at(1, [9, 0, 0], sagittal), at(2, [-9, 0, 5], sagittal), at(3, [0, 0, 9], sagittal)];
    // Rows point to the back, columns down: the normal points to the patient's right.
    expect(numbers(images)).toEqual([1, 3, 2]);
  });

  test.each([
    ['two of them lie in one place', [at(2, [0, 0, 10], axial), at(1, [0, 0, 10], axial)]],
    ['their planes differ', [at(2, [0, 0, 0], axial), at(1, [0, 0, 10], sagittal)]],
    ['one says nothing of its place', [at(2, [0, 0, 0], axial), at(1, null, axial)]],
    ['the orientation is no plane', [at(2, [0, 0, 0], [1, 0, 0, 1, 0, 0]), at(1, [0, 0, 1], [1, 0, 0, 1, 0, 0])]],
  ])('by number where %s', (_, images) => {
    expect(numbers(images)).toEqual([1, 2]);
  });

  test('without a number last, in the order of their arrival', () => {
    const [first, second] = [at(null, null, null), at(null, null, null)];
    const ordered = inOrder([first, second, at(7, null, null), at(3, null, null)]);
    expect(ordered.map(({ number }) => number)).toEqual([3, 7, null, null]);
    expect(ordered[2]).toBe(first);
    expect(ordered[3]).toBe(second);
  });

  test('each once, and the same however they arrived, when they lie in different places', () => {
    const depths = fc.uniqueArray(fc.integer({ min: -500, max: 500 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(depths, (places) => {
        const images = places.map((z) => at(z, [1, 2, z], axial));
        expect(numbers(images)).toEqual([...places].sort((a, b) => a - b));
      }),
    );
  });
});
