import { describe, expect, test } from 'vitest';
import {
  type Extent,
  fitted,
  held,
  magnification,
  mirrored,
  type Point,
  panned,
  pinched,
  scaleBar,
  transformOf,
  turned,
  type View,
  zoomedAt,
} from './geometry.ts';

const box = { width: 800, height: 600 };
const picture = { width: 512, height: 512 };

/** Where a pixel of the picture lies in the box. */
function seen(view: View, { x, y }: Point, of: Extent = picture): Point {
  const [a, b, c, d, e, f] = transformOf(view, of, box);
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}
const near = (one: Point, other: Point): void => {
  expect(one.x).toBeCloseTo(other.x, 6);
  expect(one.y).toBeCloseTo(other.y, 6);
};

describe('a fitted picture', () => {
  test('touches the nearer edges and lies in the middle', () => {
    near(seen(fitted, { x: 0, y: 0 }), { x: 100, y: 0 });
    near(seen(fitted, { x: 512, y: 512 }), { x: 700, y: 600 });
  });

  test('fits also when it lies on its side', () => {
    const wide = { width: 1000, height: 500 };
    expect(magnification(fitted, wide, box)).toBeCloseTo(0.8);
    expect(magnification(turned(fitted), wide, box)).toBeCloseTo(0.6);
  });
});

describe('zooming', () => {
  test('what lies under the pointer stays there', () => {
    let view: View = fitted;
    for (const factor of [1.3, 2, 0.7]) {
      const at = { x: 700, y: 150 };
      const [a, , , d, e, f] = transformOf(view, picture, box);
      const pixel = { x: (at.x - e) / a, y: (at.y - f) / d };
      view = zoomedAt(view, box, at, factor);
      near(seen(view, pixel), at);
    }
    expect(view.scale).toBeCloseTo(1.82);
  });

  test('has an end in both directions', () => {
    expect(zoomedAt(fitted, box, { x: 0, y: 0 }, 1e9).scale).toBe(40);
    expect(zoomedAt(fitted, box, { x: 0, y: 0 }, 1e-9).scale).toBe(0.1);
  });

  test('with two fingers: what lay under each of them stays under it', () => {
    const from: [Point, Point] = [
      { x: 300, y: 300 },
      { x: 400, y: 300 },
    ];
    const to: [Point, Point] = [
      { x: 250, y: 320 },
      { x: 450, y: 320 },
    ];
    const view = pinched(fitted, box, from, to);
    const [a, , , d, e, f] = transformOf(fitted, picture, box);
    for (const finger of [0, 1]) {
      near(seen(view, { x: (from[finger]!.x - e) / a, y: (from[finger]!.y - f) / d }), to[finger]!);
    }
  });
});

describe('turning and flipping', () => {
  test('the top left corner goes to the top right, and is back after four turns', () => {
    near(seen(turned(fitted), { x: 0, y: 0 }), { x: 700, y: 0 });
    expect(turned(turned(turned(turned(fitted))))).toEqual({ ...fitted, x: expect.closeTo(0), y: expect.closeTo(0) });
  });

  test('flipping changes left and right as seen, whichever way the picture is turned', () => {
    let view: View = panned(fitted, 30, 10);
    for (let turns = 0; turns < 4; turns += 1, view = turned(view)) {
      const before = seen(view, { x: 100, y: 40 });
      near(seen(mirrored(view), { x: 100, y: 40 }), { x: box.width - before.x, y: before.y });
    }
  });
});

test('a picture cannot be dragged out of the box', () => {
  const view = held(panned(fitted, 1e6, -1e6), picture, box);
  const corner = seen(view, { x: 0, y: 512 });
  expect(corner.x).toBeLessThan(box.width);
  expect(corner.y).toBeGreaterThan(0);
});

describe('the scale bar', () => {
  test('is a round length that fits', () => {
    expect(scaleBar(0.5, 120)).toEqual({ pixels: 100, label: '5 cm' });
    expect(scaleBar(0.05, 120)).toEqual({ pixels: 100, label: '5 mm' });
    expect(scaleBar(0.001, 120)?.label).toBe('0.1 mm');
  });

  test('is not there where no length is known', () => {
    expect(scaleBar(0, 120)).toBeUndefined();
    expect(scaleBar(Number.NaN, 120)).toBeUndefined();
  });
});
