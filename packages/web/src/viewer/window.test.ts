import { describe, expect, test } from 'vitest';
import { draggedWindow, remapTable, sameWindow, typedWindow, windowText } from './window.ts';

const abdomen = { center: 60, width: 400 };

describe('dragging', () => {
  test('to the right is wider, to the left narrower, and back again is the window that it began with', () => {
    expect(draggedWindow(abdomen, 100, 0).width).toBeGreaterThan(400);
    expect(draggedWindow(abdomen, -100, 0).width).toBeLessThan(400);
    expect(draggedWindow(abdomen, 0, 0)).toEqual(abdomen);
  });

  test('downwards raises the centre by one width in 350 pixels', () => {
    expect(draggedWindow(abdomen, 0, 350)).toEqual({ center: 460, width: 400 });
    expect(draggedWindow(abdomen, 0, -350)).toEqual({ center: -340, width: 400 });
  });

  test('values of HU stay whole numbers; small ones, as of SUV, keep their digits', () => {
    const hu = draggedWindow(abdomen, 33, 17);
    expect([hu.center, hu.width].every(Number.isInteger)).toBe(true);
    const suv = draggedWindow({ center: 2.5, width: 5 }, 10, 10);
    expect(suv.width).toBeCloseTo(5.2, 1);
    expect(Number.isInteger(suv.center)).toBe(false);
  });

  test('no drag, however long, makes a window that the exchange would refuse', () => {
    for (const dx of [-1e6, -500, 500, 1e6]) {
      for (const dy of [-1e12, 1e12]) {
        const { center, width } = draggedWindow(abdomen, dx, dy);
        expect(width).toBeGreaterThan(0);
        expect(width).toBeLessThanOrEqual(1e9);
        expect(Math.abs(center)).toBeLessThanOrEqual(1e9);
      }
    }
  });
});

describe('remapping greys', () => {
  test('the same window changes nothing', () => {
    expect([...remapTable(abdomen, abdomen)]).toEqual(Array.from({ length: 256 }, (_, grey) => grey));
  });

  test('half the width around the same centre doubles the contrast', () => {
    const table = remapTable({ center: 0, width: 200 }, { center: 0, width: 100 });
    expect(table[64]).toBeLessThan(2);
    expect(table[191]).toBeGreaterThan(253);
    expect(Math.abs(table[159]! - table[96]! - 126)).toBeLessThan(3);
  });

  test('a higher centre makes everything darker', () => {
    const table = remapTable(abdomen, { center: 160, width: 400 });
    for (let grey = 64; grey < 256; grey += 1) expect(table[grey]).toBeLessThan(grey);
  });
});

describe('typed windows', () => {
  test('numbers are taken, anything else is none', () => {
    expect(typedWindow('40', 80)).toEqual({ center: 40, width: 80 });
    expect(typedWindow('-600.5', '1500')).toEqual({ center: -600.5, width: 1500 });
    for (const [center, width] of [
      ['', 80],
      [40, 0],
      [40, -1],
      ['x', 80],
      [40, 1e10],
      [Number.NaN, 1],
    ] as const) {
      expect(typedWindow(center, width)).toBeUndefined();
    }
  });
});

test('a window is written with its unit', () => {
  expect(windowText({ center: -600, width: 1500 }, 'HU')).toBe('C −600  W 1500 HU');
  expect(windowText({ center: 2.5, width: 0.125 }, '')).toBe('C 2.5  W 0.125');
});

test('windows are the same by value', () => {
  expect(sameWindow(abdomen, { ...abdomen })).toBe(true);
  expect(sameWindow(abdomen, null)).toBe(false);
  expect(sameWindow(null, null)).toBe(true);
});
