import { expect, test } from 'vitest';
import { fitted, isTooLarge, partOf, sourcePartOf, squareSize, within } from './shown-size.ts';

const model = (rows: number, columns: number, aspect: number) =>
  ({ format: { rows, columns }, aspect }) as Parameters<typeof squareSize>[0];

test('pixels that are not square are shown in their proportions, and none is lost', () => {
  expect(squareSize(model(100, 200, 1))).toEqual({ width: 200, height: 100 });
  expect(squareSize(model(100, 200, 2))).toEqual({ width: 200, height: 200 });
  expect(squareSize(model(100, 200, 0.5))).toEqual({ width: 400, height: 100 });
});

test('no edge is longer than asked for, and nothing is enlarged', () => {
  expect(within({ width: 4000, height: 3000 }, 1000)).toEqual({ width: 1000, height: 750 });
  expect(within({ width: 300, height: 4000 }, 16)).toEqual({ width: 1, height: 16 });
  expect(within({ width: 300, height: 400 }, 8192)).toEqual({ width: 300, height: 400 });
  expect(within({ width: 300, height: 400 }, undefined)).toEqual({ width: 300, height: 400 });
});

test('too large is what would be so once its pixels are square, in all or along one edge', () => {
  expect(isTooLarge(squareSize(model(11_000, 11_000, 1)))).toBe(false);
  expect(isTooLarge(squareSize(model(11_000, 11_000, 16)))).toBe(true);
  expect(isTooLarge(squareSize(model(20, 16_385, 1)))).toBe(true);
  expect(isTooLarge(squareSize(model(12_000, 12_000, 1)))).toBe(true);
});

test('a part of a picture is of the stored pixels that it touches, and as large as it is with square ones', () => {
  const part = { left: 10, top: 20, width: 30, height: 41 };
  expect(partOf(model(100, 200, 1), part)).toEqual({ region: part, shown: { width: 30, height: 41 } });
  // Each stored row is two rows of square pixels.
  expect(partOf(model(100, 200, 2), part)).toEqual({
    region: { left: 10, top: 10, width: 30, height: 21 },
    shown: { width: 30, height: 41 },
  });
  expect(partOf(model(3, 7, 0.3), { left: 22, top: 2, width: 1, height: 1 }).region).toEqual({
    left: 6,
    top: 2,
    width: 1,
    height: 1,
  });
});

test('a part as thin as a hair between two pixels is one of them, and has a size', () => {
  const thin = { unit: 'pixels', left: 99.9999995, top: 49.9999995, width: 0.0000012, height: 0.0000012 } as const;
  const { region, shown } = sourcePartOf(model(100, 200, 1), thin);
  expect(region).toEqual({ left: 100, top: 50, width: 1, height: 1 });
  expect(fitted(shown, { width: 10, height: 20 })).toEqual({ width: 10, height: 10 });
  // At the last edge there is none behind it.
  expect(sourcePartOf(model(50, 100, 1), thin).region).toEqual({ left: 99, top: 49, width: 1, height: 1 });
});

test.each([
  [{ left: 0, top: 0, width: 201, height: 1 }],
  [{ left: 200, top: 0, width: 1, height: 1 }],
  [{ left: 0, top: 100, width: 1, height: 1 }],
])('a part that ends outside of the picture is refused, with what there is', (part) => {
  const ask = () => partOf(model(100, 200, 1), part);
  expect(ask).toThrow(/outside of the picture, which is 200 pixels wide and 100 high/);
});
