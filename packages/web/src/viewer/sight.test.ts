import { beforeEach, describe, expect, test } from 'vitest';
import type { Extent } from './geometry.ts';
import { Sight } from './sight.ts';

const ct: Extent = { width: 512, height: 512 };
const radiograph: Extent = { width: 3000, height: 4000 };

describe('the sight of a picture', () => {
  let picture: Extent | undefined;
  let changes: number;
  let sight: Sight;

  beforeEach(() => {
    picture = ct;
    changes = 0;
    sight = new Sight({
      picture: () => picture,
      changed: () => {
        changes += 1;
      },
    });
    sight.resize({ width: 800, height: 600 }, 1);
  });

  test('says each time that it changed, but for a reset', () => {
    sight.pan(10, 0);
    sight.turn();
    sight.invert();
    expect(changes).toBe(4);
    sight.reset();
    expect(changes).toBe(4);
    expect(sight.view).toMatchObject({ scale: 1, x: 0, y: 0, turns: 0 });
    expect(sight.inverted).toBe(false);
  });

  test('fits without turning back', () => {
    sight.zoomAt({ x: 10, y: 10 }, 3);
    sight.turn();
    sight.fit();
    expect(sight.view).toMatchObject({ scale: 1, x: 0, y: 0, turns: 1 });
  });

  test('of a radiograph asks for more when it is zoomed in, and not for those around it', () => {
    picture = radiograph;
    expect(sight.sizeOf(radiograph)).toBe(1024);
    sight.zoomAt(undefined, 3);
    expect(sight.sizeOf(radiograph)).toBe(2048);
    expect(sight.sizeOf(radiograph, true)).toBe(1024);
  });

  test('cannot lose a picture when the box becomes smaller', () => {
    sight.pan(600, 0);
    sight.resize({ width: 200, height: 300 }, 1);
    expect(Math.abs(sight.view.x)).toBeLessThan(200);
  });
});
