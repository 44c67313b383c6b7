import { describe, expect, test } from 'vitest';
import { dataSet, type Value, words } from '../data-set.fixture.ts';
import type { DecodedFrame } from '../decode/decoded-frame.ts';
import { modelOf } from '../formats.fixture.ts';
import { imageModel, pictureOfFrame, render } from '../index.ts';
import { pixelTags as tags } from '../model/pixel-tags.ts';

const native = '1.2.840.10008.1.2.1';
const [rows, columns] = [4, 5];
const shorts = (...values: number[]) => new Uint8Array(Int16Array.from(values).buffer);

const image: Readonly<Record<number, Value>> = {
  [tags.SamplesPerPixel]: ['US', words(1)],
  [tags.PhotometricInterpretation]: ['CS', 'MONOCHROME2'],
  [tags.Rows]: ['US', words(rows)],
  [tags.Columns]: ['US', words(columns)],
  [tags.BitsAllocated]: ['US', words(16)],
  [tags.BitsStored]: ['US', words(12)],
  [tags.HighBit]: ['US', words(11)],
  [tags.WindowCenter]: ['DS', '2048'],
  [tags.WindowWidth]: ['DS', '4096'],
};

type Plane = {
  readonly group?: number;
  readonly size?: readonly [number, number];
  readonly origin?: readonly [number, number];
  readonly type?: string;
  readonly bits?: readonly number[];
  readonly frames?: number;
  readonly first?: number;
  readonly bit?: number;
};

/** The elements of one overlay plane, its bits packed from the lowest on. */
function overlay({ group = 0x6000, size = [rows, columns], origin = [1, 1], type = 'G', ...rest }: Plane) {
  const { bits, frames, first, bit } = rest;
  const at = (element: number) => group * 0x10000 + element;
  const packed = new Uint8Array(Math.ceil((bits?.length ?? 0) / 8));
  for (const [index, set] of (bits ?? []).entries()) packed[index >> 3]! |= set << (index & 7);
  return {
    [at(0x10)]: ['US', words(size[0])],
    [at(0x11)]: ['US', words(size[1])],
    ...(frames === undefined ? {} : { [at(0x15)]: ['IS', String(frames)] }),
    [at(0x40)]: ['CS', type],
    [at(0x50)]: ['SS', shorts(...origin)],
    ...(first === undefined ? {} : { [at(0x51)]: ['US', words(first)] }),
    [at(0x100)]: ['US', words(bit === undefined ? 1 : 16)],
    [at(0x102)]: ['US', words(bit ?? 0)],
    ...(bits === undefined ? {} : { [at(0x3000)]: ['OW', packed] }),
  } as Record<number, Value>;
}

const modelWith = (...planes: readonly Record<number, Value>[]) =>
  imageModel(dataSet(Object.assign({}, image, ...planes)), native);

const frameOf = (words: Uint16Array): DecodedFrame => ({
  ...{ rows, columns, samples: 1, space: 'grey', planar: 0, bitsStored: 12, highBit: 11, signed: false, words },
});
const dark = frameOf(new Uint16Array(rows * columns));

/** The picture as text, one character for a pixel: `#` white, `.` black, `o` whatever else. */
function drawn(model: ReturnType<typeof imageModel>, frame = 0, pixels = dark, look = {}): string[] {
  const picture = render(pixels, pictureOfFrame(model, frame), model.transforms.distinct[0]!, look);
  const text = [...picture.pixels].map((level) => (level === 255 ? '#' : level === 0 ? '.' : 'o')).join('');
  return Array.from({ length: picture.height }, (_, row) => text.slice(row * picture.width, (row + 1) * picture.width));
}

describe('graphics', () => {
  test('are drawn over the picture in white, and are not where they are not wanted', () => {
    const model = modelWith(overlay({ size: [2, 3], bits: [1, 0, 1, 0, 1, 0] }));
    expect(drawn(model)).toEqual(['#.#..', '.#...', '.....', '.....']);
    expect(drawn(model, 0, dark, { overlays: false })).toEqual(['.....', '.....', '.....', '.....']);
  });

  test('are white however the picture is inverted, and have a black edge where it is light', () => {
    const model = modelWith(overlay({ size: [1, 1], origin: [3, 2], bits: [1] }));
    expect(drawn(model, 0, dark, { invert: true })).toEqual(['#####', '...##', '.#.##', '...##']);
    const grey = frameOf(new Uint16Array(rows * columns).fill(1_000));
    expect(drawn(model, 0, grey)).toEqual(['ooooo', 'ooooo', 'o#ooo', 'ooooo']);
  });

  test('begin where their origin is, left of the picture and above it too, and end where it ends', () => {
    const bits = new Array(9).fill(1);
    expect(drawn(modelWith(overlay({ size: [3, 3], origin: [0, -1], bits })))).toEqual([
      '#....',
      '#....',
      '.....',
      '.....',
    ]);
    expect(drawn(modelWith(overlay({ size: [3, 3], origin: [3, 4], bits })))).toEqual([
      '.....',
      '.....',
      '...##',
      '...##',
    ]);
    for (const origin of [
      [-9, 1],
      [1, 99],
      [32_767, 32_767],
      [-32_768, -32_768],
    ] as const)
      expect(drawn(modelWith(overlay({ size: [3, 3], origin, bits }))).join('')).not.toContain('#');
  });

  test('are found behind bytes in which nothing is set, wherever in a byte a row begins', () => {
    for (let set = 0; set < rows * columns; set++) {
      const bits = Array.from({ length: rows * columns }, (_, at) => Number(at === set));
      expect(
        drawn(modelWith(overlay({ bits })))
          .join('')
          .indexOf('#'),
      ).toBe(set);
      // Of the last three columns alone: each row begins elsewhere in a byte.
      const part = drawn(modelWith(overlay({ bits })), 0, dark, {
        region: { left: 2, top: 0, width: 3, height: rows },
      });
      const [row, column] = [Math.floor(set / columns), (set % columns) - 2];
      expect(part.join('').indexOf('#')).toBe(column < 0 ? -1 : row * 3 + column);
    }
  });

  test('of all sixteen groups are drawn, those of a region of interest are not', () => {
    const planes = Array.from({ length: 16 }, (_, n) =>
      overlay({ group: 0x6000 + 2 * n, size: [1, 1], origin: [1 + Math.floor(n / 5), 1 + (n % 5)], bits: [1] }),
    );
    expect(drawn(modelWith(...planes))).toEqual(['#####', '#####', '#####', '#....']);
    expect(drawn(modelWith(overlay({ type: 'R', bits: new Array(20).fill(1) }))).join('')).not.toContain('#');
    expect(drawn(modelWith(overlay({ group: 0x6020, bits: [1] }))).join('')).not.toContain('#');
  });

  test('of several frames are each over its own, those of no number over all', () => {
    // Six bits to a frame: the second begins within a byte.
    const two = [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    const model = modelWith(overlay({ size: [2, 3], bits: two, frames: 2, first: 2 }));
    expect([0, 1, 2, 3].map((frame) => drawn(model, frame)[0])).toEqual(['.....', '#....', '.#...', '.....']);
    const always = modelWith(overlay({ size: [1, 1], bits: [1] }));
    expect([0, 7].map((frame) => drawn(always, frame)[0])).toEqual(['#....', '#....']);
  });

  test('in the bits that pixels leave free are drawn, those in bits that pixels use are pixels', () => {
    const pixels = frameOf(Uint16Array.from({ length: rows * columns }, (_, at) => (at % 6 === 0 ? 0x8000 : 0)));
    expect(drawn(modelWith(overlay({ bit: 15 })), 0, pixels)).toEqual(['#....', '.#...', '..#..', '...#.']);
    for (const bit of [12, 11, 0, 16, 40_000])
      expect(drawn(modelWith(overlay({ bit })), 0, pixels).join('')).not.toContain('#');
    const jpeg = imageModel(dataSet({ ...image, ...overlay({ bit: 15 }) }), '1.2.840.10008.1.2.4.70');
    expect(jpeg.planes).toEqual([]);
  });

  test('that sixteen groups find in the same bits are looked for once in each', () => {
    const bits = Array.from({ length: 16 }, (_, n) => overlay({ group: 0x6000 + 2 * n, bit: 14 + (n % 2) }));
    const model = modelWith(...bits);
    expect(model.planes?.map((plane) => plane.kind === 'embedded' && plane.bit)).toEqual([14, 15]);
    const pixels = frameOf(Uint16Array.from({ length: rows * columns }, (_, at) => [0x8000, 0x4000, 0][at % 5] ?? 0));
    expect(drawn(model, 0, pixels)).toEqual(new Array(4).fill('##...'));
  });

  test('are in place in a part of the picture, their edges included', () => {
    const model = modelWith(overlay({ size: [1, 1], origin: [2, 2], bits: [1] }));
    const light = frameOf(new Uint16Array(rows * columns).fill(4095));
    const whole = drawn(model, 0, light);
    for (const region of [
      { left: 2, top: 2, width: 2, height: 2 },
      { left: 1, top: 1, width: 1, height: 1 },
      { left: 0, top: 0, width: 5, height: 1 },
    ]) {
      const rowsOf = whole.slice(region.top, region.top + region.height);
      const part = rowsOf.map((row) => row.slice(region.left, region.left + region.width));
      expect(drawn(model, 0, light, { region })).toEqual(part);
    }
  });

  test('are drawn over colours', () => {
    const model = { ...modelWith(overlay({ size: [1, 1], bits: [1] })), colour: true };
    const rgb = {
      ...dark,
      samples: 3,
      space: 'rgb',
      bitsStored: 8,
      highBit: 7,
      words: new Uint8Array(60).fill(9),
    } as const;
    const { pixels } = render(rgb, pictureOfFrame(model, 0), model.transforms.distinct[0]!);
    expect([...pixels.subarray(0, 6)]).toEqual([255, 255, 255, 9, 9, 9]);
  });

  test('that claim 65,535 rows and columns and a billion frames, and have a byte, cost that byte', () => {
    const planes = Array.from({ length: 16 }, (_, n) =>
      overlay({ group: 0x6000 + 2 * n, size: [65_535, 65_535], bits: [1, 1, 0, 0, 0, 0, 0, 1], frames: 1_000_000_000 }),
    );
    const model = modelWith(...planes);
    expect(model.planes?.map((plane) => plane.kind === 'bits' && plane.bits.byteLength)).toEqual(new Array(16).fill(1));
    expect(drawn(model)[0]).toBe('##...');
    expect(drawn(model, 999_999_999).join('')).not.toContain('#');
  });

  test('of no rows, of a place that is no number, or of nothing that is set are none', () => {
    expect(modelWith(overlay({ size: [0, 5], bits: [1] })).planes).toEqual([]);
    expect(modelWith(overlay({ bits: new Array(20).fill(0) })).planes).toEqual([]);
    expect(modelWith(overlay({})).planes).toEqual([]);
  });

  test('of more than 32 MiB are refused', () => {
    const big = dataSet({
      ...image,
      ...overlay({ size: [20_000, 20_000], bits: [] }),
      1610625024: ['OW', new Uint8Array(34 * 1024 * 1024).fill(1)],
    });
    expect(() => imageModel(big, native)).toThrow(expect.objectContaining({ code: 'PIXELS_TOO_LARGE' }));
    expect(modelOf().planes).toBeUndefined();
  });
});
