import { describe, expect, test } from 'vitest';
import { dataSet, words } from '../data-set.fixture.ts';
import type { DecodedFrame } from '../decode/decoded-frame.ts';
import { modelOf } from '../formats.fixture.ts';
import { render, type ValueTransform } from '../index.ts';
import { sequenceTable } from '../model/lookup-table.ts';
import { paletteOf } from '../model/palette.ts';
import { pixelTags as tags } from '../model/pixel-tags.ts';

const plain: ValueTransform = { slope: 1, intercept: 0, windows: [], unit: '' };
const frame = (values: DecodedFrame['words'], more: Partial<DecodedFrame> = {}): DecodedFrame => ({
  ...{
    rows: 1,
    columns: values.length,
    samples: 1,
    space: 'grey',
    planar: 0,
    bitsStored: 16,
    highBit: 15,
    signed: false,
  },
  words: values,
  ...more,
});
const levels = (values: readonly number[], transform: Partial<ValueTransform>, look = {}) => [
  ...render(frame(Uint16Array.from(values)), modelOf(), { ...plain, ...transform }, look).pixels,
];
const windows = (center: number, width: number, shape: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID' = 'LINEAR') => ({
  windows: [{ name: '', center, width, shape }],
});

describe('numbers that no scanner writes give a picture all the same', () => {
  test.each(['LINEAR', 'LINEAR_EXACT', 'SIGMOID'] as const)('windows of 1e308 and of 1e-308: %s', (shape) => {
    for (const [center, width] of [
      [1e308, 1],
      [-1e308, 1e308],
      [1e308, 1e308],
      [0, 1e308],
      [100, 1e-308],
      [100, Number.MIN_VALUE],
    ] as const) {
      const shown = levels([0, 100, 200, 65_535], windows(center, width, shape));
      expect(shown, `${center} ${width}`).toEqual(shown.toSorted((a, b) => a - b));
    }
    expect(levels([0, 99, 101, 200], windows(100, 1e-308, shape))).toEqual([0, 0, 255, 255]);
  });

  test('slopes and intercepts of 1e308', () => {
    // What is past all numbers is as white or black as the greatest and least of them.
    expect(levels([0, 1, 65_535], { slope: 1e308 })).toEqual([0, 255, 255]);
    expect(levels([0, 1, 65_535], { slope: -1e308, intercept: 1e308 })).toEqual([255, 0, 0]);
    const { window } = render(frame(Uint16Array.of(0, 1, 65_535)), modelOf(), { ...plain, slope: 1e308 });
    expect(window).toEqual({ center: 5e307, width: 1e308, shape: 'LINEAR_EXACT' });
    expect(levels([0, 1, 2], { slope: 1e-308 })).toEqual([0, 128, 255]);
    expect(levels([0, 1, 2], { slope: 1e308, ...windows(0, 10) })).toEqual([142, 255, 255]);
  });

  test('NaN and infinities among floating point numbers: NaN is black, also where black is turned round', () => {
    const floats = frame(Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY, 1, 2, Number.POSITIVE_INFINITY));
    expect([...render(floats, modelOf(), plain).pixels]).toEqual([0, 0, 0, 255, 255]);
    expect([...render(floats, modelOf(), plain, { invert: true }).pixels]).toEqual([0, 255, 255, 0, 0]);
    const none = frame(Float32Array.of(Number.NaN, Number.NaN));
    expect([...render(none, modelOf(), plain).pixels]).toEqual([0, 0]);
  });

  test('a frame that is padding from end to end', () => {
    const all = render(frame(Uint16Array.of(5, 5)), modelOf({}, { padding: { from: 0, to: 65_535 } }), plain);
    expect([...all.pixels]).toEqual([0, 0]);
  });
});

describe('tables that lie', () => {
  const item = (descriptor: readonly number[], vr: string, data: Uint8Array) =>
    dataSet({ [tags.LUTDescriptor]: ['US', words(...descriptor)], [tags.LUTData]: [vr, data] });

  test('of sixteen bits that hold twelve, and of eight that hold twelve, are tables of twelve', () => {
    const twelve = Uint16Array.from({ length: 16 }, (_, at) => at * 273);
    for (const bits of [16, 12, 8]) {
      const voiTable = sequenceTable(item([16, 0, bits], 'OW', new Uint8Array(twelve.buffer)), false);
      expect(voiTable?.bits).toBe(12);
      expect(levels([0, 8, 15], { voiTable })).toEqual([0, 136, 255]);
    }
  });

  test('keep the bits that they say where their entries are near enough', () => {
    expect(sequenceTable(item([2, 0, 16], 'OW', words(0, 0x4000)), false)?.bits).toBe(16);
    expect(sequenceTable(item([2, 0, 10], 'OW', words(0, 1000)), false)?.bits).toBe(10);
  });

  test('of entries packed as bytes, of no entry, of 17 bits, and of a first value past all others', () => {
    expect(sequenceTable(item([4, 0, 8], 'OW', Uint8Array.of(1, 2, 3, 255)), false)?.entries).toEqual(
      Uint16Array.of(1, 2, 3, 255),
    );
    expect(sequenceTable(item([4, 0, 8], 'OW', new Uint8Array(0)), false)).toBeUndefined();
    expect(sequenceTable(item([4, 0, 17], 'OW', words(1)), false)).toBeUndefined();
    const voiTable = sequenceTable(item([2, 65_535, 8], 'US', words(10, 200)), false);
    expect(levels([0, 65_534, 65_535], { voiTable })).toEqual([10, 10, 10]);
  });

  test('of presentation give what they say, and no level past 255', () => {
    const table = { first: 0, bits: 8, entries: Uint16Array.of(0, 10, 300) };
    const model = modelOf({ photometric: 'MONOCHROME1' }, { presentation: { inverse: false, table } });
    const shown = render(frame(Uint16Array.of(0, 50, 100)), model, { ...plain, ...windows(50, 100, 'LINEAR_EXACT') });
    expect([...shown.pixels]).toEqual([0, 10, 255]);
  });
});

describe('palettes', () => {
  const palette = (count: number, first: number, bits: number, data: Uint8Array, red = data) =>
    dataSet(
      Object.fromEntries(
        ([0x281101, 0x281102, 0x281103] as const).flatMap((tag) => [
          [tag, ['US', words(count, first, bits)]],
          [tag + 0x100, ['OW', tag === 0x281101 ? red : data]],
        ]),
      ),
    );
  const indexed = (
    values: Uint8Array | Uint16Array,
    ds: ReturnType<typeof palette>,
    more: Partial<DecodedFrame> = {},
  ) => [
    ...render(
      frame(values, { space: 'palette', bitsStored: 8, highBit: 7, ...more }),
      modelOf({}, { palette: paletteOf(ds, false) }),
      plain,
    ).pixels,
  ];

  test('of a single entry, and indices past it at both ends, are that entry', () => {
    expect(indexed(Uint8Array.of(0, 7, 255), palette(1, 7, 8, words(99)))).toEqual(new Array(9).fill(99));
  });

  test('of 65,536 entries that hold two are those two', () => {
    const two = palette(0, 0, 16, words(0x1100, 0xff00));
    const wide = { bitsStored: 16, highBit: 15 };
    expect(indexed(Uint16Array.of(0, 1, 65_535), two, wide)).toEqual([17, 17, 17, 255, 255, 255, 255, 255, 255]);
  });

  test('of sixteen bits of which one colour stays below 256 keep it dark beside the others', () => {
    const mixed = palette(2, 0, 16, words(0x80, 0xff), words(0x8000, 0xff00));
    expect(indexed(Uint8Array.of(0, 1), mixed)).toEqual([128, 0, 0, 255, 0, 0]);
    const eight = palette(2, 0, 16, words(0x80, 0xff));
    expect(indexed(Uint8Array.of(0, 1), eight)).toEqual([128, 128, 128, 255, 255, 255]);
  });

  test('that are missing for an image in their colours are an error', () => {
    expect(paletteOf(palette(4, 0, 8, new Uint8Array(0)), false)).toBeUndefined();
    expect(() => render(frame(Uint8Array.of(0), { space: 'palette' }), modelOf(), plain)).toThrow(
      expect.objectContaining({ code: 'PIXELS_HEADER_INVALID' }),
    );
  });
});
