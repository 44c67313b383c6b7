import { describe, expect, test } from 'vitest';
import { dataSet, type Value, words } from '../data-set.fixture.ts';
import type { DecodedFrame } from '../decode/decoded-frame.ts';
import { modelOf } from '../formats.fixture.ts';
import { type Look, render } from '../index.ts';
import { pixelTags as tags } from '../model/pixel-tags.ts';
import { type Shutter, shutterOf } from '../model/shutters.ts';

const [rows, columns] = [5, 7];
const white = { slope: 1, intercept: 0, windows: [], unit: '' };
const grey: DecodedFrame = {
  ...{ rows, columns, samples: 1, space: 'grey', planar: 0, bitsStored: 8, highBit: 7, signed: false },
  words: new Uint8Array(rows * columns).fill(255),
};

function drawn(shutter: Shutter | undefined, look: Look = {}): string[] {
  const { pixels, width, height } = render(grey, { ...modelOf(), shutter }, white, look);
  const text = [...pixels].map((level) => (level === 255 ? '#' : level === 0 ? '.' : 'o')).join('');
  return Array.from({ length: height }, (_, row) => text.slice(row * width, (row + 1) * width));
}
const read = (values: Readonly<Record<number, Value>>, aspect = 1) => shutterOf(dataSet(values), aspect);

const rectangle: Record<number, Value> = {
  [tags.ShutterShape]: ['CS', 'RECTANGULAR'],
  [tags.ShutterLeftVerticalEdge]: ['IS', '2'],
  [tags.ShutterRightVerticalEdge]: ['IS', '4'],
  [tags.ShutterUpperHorizontalEdge]: ['IS', '3'],
  [tags.ShutterLowerHorizontalEdge]: ['IS', '9'],
};
const circle: Record<number, Value> = {
  [tags.ShutterShape]: ['CS', 'CIRCULAR'],
  [tags.CenterOfCircularShutter]: ['IS', '3\\4'],
  [tags.RadiusOfCircularShutter]: ['IS', '2'],
};
const triangle: Record<number, Value> = {
  [tags.ShutterShape]: ['CS', 'POLYGONAL'],
  [tags.VerticesOfThePolygonalShutter]: ['IS', '1\\1\\5\\1\\5\\5'],
};

describe('a shutter leaves to be seen what is inside of it', () => {
  test('a rectangle, its edges included', () => {
    expect(drawn(read(rectangle))).toEqual(['.......', '.......', '.###...', '.###...', '.###...']);
  });

  test('a circle, which is one in millimetres', () => {
    expect(drawn(read(circle))).toEqual(['...#...', '..###..', '.#####.', '..###..', '...#...']);
    expect(drawn(read(circle, 2))).toEqual(['.......', '...#...', '.#####.', '...#...', '.......']);
  });

  test('a polygon, whose last corner is joined to the first', () => {
    expect(drawn(read(triangle))).toEqual(['#......', '##.....', '###....', '####...', '.......']);
  });

  test('of several shapes what is inside of all', () => {
    const all: Record<number, Value> = {
      ...rectangle,
      ...circle,
      ...triangle,
      [tags.ShutterShape]: ['CS', 'CIRCULAR\\RECTANGULAR\\POLYGONAL'],
    };
    expect(drawn(read(all))).toEqual(['.......', '.......', '.##....', '..##...', '.......']);
  });

  test('in a part of the picture as in the whole of it', () => {
    const whole = drawn(read(circle));
    const region = { left: 2, top: 1, width: 3, height: 4 };
    expect(drawn(read(circle), { region })).toEqual(whole.slice(1, 5).map((row) => row.slice(2, 5)));
  });
});

describe('outside of a shutter', () => {
  test('stands the grey that it names, which inverting does not turn round, or else black', () => {
    const half = read({ ...rectangle, [tags.ShutterPresentationValue]: ['US', words(0x8000)] });
    expect(drawn(half, { invert: true })).toEqual(['ooooooo', 'ooooooo', 'o...ooo', 'o...ooo', 'o...ooo']);
    expect(read(rectangle)?.grey).toBe(0);
    expect(half?.grey).toBe(128);
  });

  test('stands the colour that it names where the picture has colours', () => {
    // L* 53.24, a* 80.09, b* 67.20 by D65 is sRGB's red; by D50, as DICOM has it, 54.29, 80.81, 69.89.
    const lab = [(54.29 / 100) * 65_535, ((80.81 + 128) / 255) * 65_535, ((69.89 + 128) / 255) * 65_535];
    const shutter = read({ ...rectangle, [tags.ShutterPresentationColorCIELabValue]: ['US', words(...lab)] });
    for (const [at, level] of [255, 0, 0].entries()) expect(Math.abs(shutter!.colour[at]! - level)).toBeLessThan(4);
    const rgb = { ...grey, samples: 3, space: 'rgb', words: new Uint8Array(3 * rows * columns) } as const;
    const { pixels } = render(rgb, { ...modelOf(), shutter }, white);
    expect([...pixels.subarray(0, 3)]).toEqual([...shutter!.colour]);
  });
});

describe('a shutter that cannot be drawn is none', () => {
  test.each([
    ['no edge', { [tags.ShutterShape]: ['CS', 'RECTANGULAR'] }],
    ['edges that are no numbers', { ...rectangle, [tags.ShutterLeftVerticalEdge]: ['IS', 'NaN'] }],
    ['its right edge left of its left one', { ...rectangle, [tags.ShutterRightVerticalEdge]: ['IS', '1'] }],
    ['no radius', { ...circle, [tags.RadiusOfCircularShutter]: ['IS', '0'] }],
    ['a center of one number', { ...circle, [tags.CenterOfCircularShutter]: ['IS', '1'] }],
    ['two corners', { ...triangle, [tags.VerticesOfThePolygonalShutter]: ['IS', '1\\1\\5\\1'] }],
    ['half a corner', { ...triangle, [tags.VerticesOfThePolygonalShutter]: ['IS', '1\\1\\5\\1\\5\\5\\1'] }],
    ['corners that are no numbers', { ...triangle, [tags.VerticesOfThePolygonalShutter]: ['IS', 'a\\1\\5\\1\\5\\5'] }],
    ['a million corners', { ...triangle, [tags.VerticesOfThePolygonalShutter]: ['IS', '1\\'.repeat(2_000_000)] }],
    ['the shape of a bitmap', { [tags.ShutterShape]: ['CS', 'BITMAP'] }],
  ] as [string, Record<number, Value>][])('with %s', (_, values) => {
    expect(read(values)).toBeUndefined();
    expect(drawn(undefined)[0]).toBe('#######');
  });

  test('of huge numbers leaves a picture, or none of it', () => {
    const far: Record<number, Value> = { ...circle, [tags.CenterOfCircularShutter]: ['IS', '-2147483648\\2147483647'] };
    expect(drawn(read(far)).join('')).not.toContain('#');
    const wide: Record<number, Value> = { ...circle, [tags.RadiusOfCircularShutter]: ['IS', '2147483647'] };
    expect(drawn(read(wide)).join('')).not.toContain('.');
  });
});
