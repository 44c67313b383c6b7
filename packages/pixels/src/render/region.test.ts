import { describe, expect, test } from 'vitest';
import type { DecodedFrame } from '../decode/decoded-frame.ts';
import { modelOf } from '../formats.fixture.ts';
import { type Region, render, representativeFrame } from '../index.ts';

const plain = { slope: 1, intercept: 0, windows: [], unit: '' };
const [rows, columns] = [5, 6];
const pixels = rows * columns;
const shape = { rows, columns, samples: 1, planar: 0, bitsStored: 8, highBit: 7, signed: false } as const;
const byte = (at: number) => (at * 37) % 256;
const bytes = (length: number) => Uint8Array.from({ length }, (_, at) => byte(at));
const palette = { first: 0, red: bytes(256), green: bytes(256).reverse(), blue: bytes(256) };

const frames: Readonly<Record<string, DecodedFrame>> = {
  'grey, with a window of its values': {
    ...shape,
    space: 'grey',
    bitsStored: 12,
    highBit: 11,
    words: Uint16Array.from({ length: pixels }, (_, at) => at * 90),
  },
  'floating point': { ...shape, space: 'grey', words: Float32Array.from({ length: pixels }, (_, at) => at / 7) },
  palette: { ...shape, space: 'palette', words: bytes(pixels) },
  'colours by pixel': { ...shape, samples: 3, space: 'rgb', words: bytes(3 * pixels) },
  'colours by plane': { ...shape, samples: 3, planar: 1, space: 'rgb', words: bytes(3 * pixels) },
  'colours that share their chroma': { ...shape, samples: 3, space: 'ybr-full-422', words: bytes(2 * pixels) },
  'those of a smaller range': { ...shape, samples: 3, space: 'ybr-partial-422', words: bytes(2 * pixels) },
};
const regions: readonly Region[] = [
  { left: 0, top: 0, width: 1, height: 1 },
  { left: 1, top: 2, width: 3, height: 2 },
  { left: 5, top: 0, width: 1, height: 5 },
  { left: 0, top: 4, width: 6, height: 1 },
];

describe('a part of a picture is cut out of the whole of it', () => {
  test.each(Object.entries(frames))('%s', (_, frame) => {
    const model = modelOf({ photometric: frame.space === 'grey' ? 'MONOCHROME2' : 'RGB' }, { palette });
    const whole = render(frame, model, plain);
    for (const region of regions) {
      const part = render(frame, model, plain, { region });
      const expected: number[] = [];
      for (let row = region.top; row < region.top + region.height; row++) {
        const from = (row * columns + region.left) * whole.channels;
        expected.push(...whole.pixels.subarray(from, from + region.width * whole.channels));
      }
      expect([part.width, part.height, part.window]).toEqual([region.width, region.height, whole.window]);
      expect([...part.pixels]).toEqual(expected);
    }
  });

  test.each([
    { left: -1, top: 0, width: 2, height: 2 },
    { left: 0, top: 0, width: 7, height: 1 },
    { left: 0, top: 4, width: 1, height: 2 },
    { left: 0, top: 0, width: 0, height: 1 },
    { left: 0.5, top: 0, width: 1, height: 1 },
    { left: 0, top: 0, width: Number.NaN, height: 1 },
    { left: 2 ** 53, top: 0, width: 1, height: 1 },
  ])('and refused where it is not inside: %o', (region) => {
    expect(() => render(frames.palette!, modelOf({}, { palette }), plain, { region })).toThrow(
      expect.objectContaining({ code: 'PIXELS_FRAME_MISSING' }),
    );
  });
});

test('the frame that stands for all is the one the header names where there is such a one, else the middle', () => {
  expect(representativeFrame(modelOf({}, { frames: 9 }))).toBe(4);
  expect(representativeFrame(modelOf({}, { frames: 9, representative: 7 }))).toBe(7);
  expect(representativeFrame(modelOf({}, { frames: 9, representative: 7 }), 4)).toBe(2);
  expect(representativeFrame(modelOf())).toBe(0);
});
