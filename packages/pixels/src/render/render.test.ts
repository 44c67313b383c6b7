import type { DataSet } from '@symbolon/dicom';
import { describe, expect, test } from 'vitest';
import type { DecodedFrame } from '../decode/decoded-frame.ts';
import { modelOf } from '../formats.fixture.ts';
import { decodeFrame, type ImageModel, imageModel, render, type ValueTransform } from '../index.ts';
import { expandSegments } from '../model/palette.ts';

const plain: ValueTransform = { slope: 1, intercept: 0, windows: [], unit: '' };
const window = (center: number, width: number, shape: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID' = 'LINEAR') => ({
  ...plain,
  windows: [{ name: 'w', center, width, shape }],
});
const greyOf = (values: readonly number[], more: Partial<DecodedFrame> = {}): DecodedFrame => ({
  rows: 1,
  columns: values.length,
  samples: 1,
  space: 'grey',
  planar: 0,
  bitsStored: 16,
  highBit: 15,
  signed: false,
  words: Uint16Array.from(values),
  ...more,
});
const levels = (frame: DecodedFrame, transform: ValueTransform = plain, model: ImageModel = modelOf(), look = {}) => [
  ...render(frame, model, transform, look).pixels,
];

describe('grey', () => {
  test('LINEAR ends half a value inside, as PS3.3 §C.11.2.1.2.1 has it', () => {
    // c = 2048, w = 4096: the standard's own example: 0 is black, 4095 white.
    expect(levels(greyOf([0, 1, 2047, 2048, 4095, 4096]), window(2048, 4096))).toEqual([0, 0, 127, 128, 255, 255]);
    expect(levels(greyOf([99, 100, 101]), window(100, 1))).toEqual([0, 255, 255]);
  });

  test('LINEAR_EXACT ends at the edges of the window, SIGMOID never quite', () => {
    expect(levels(greyOf([0, 50, 100]), window(50, 100, 'LINEAR_EXACT'))).toEqual([0, 128, 255]);
    expect(levels(greyOf([0, 50, 100]), window(50, 100, 'SIGMOID'))).toEqual([30, 128, 225]);
  });

  test('values are rescaled before the window, and a window that is asked for takes the place of the header’s', () => {
    const ct = { ...window(40, 400), slope: 2, intercept: -1024 };
    const own = levels(greyOf([412, 532, 632]), ct);
    expect(own).toEqual([0, 128, 255]);
    expect(levels(greyOf([412, 532, 632]), ct, modelOf(), { window: { center: 40, width: 4000 } })).not.toEqual(own);
  });

  test('without a window the values of the frame make one, and padding does not count and is black', () => {
    const model = modelOf({}, { padding: { from: 60_000, to: 65_535 } });
    const shown = render(greyOf([100, 150, 200, 65_000]), model, plain);
    expect([...shown.pixels]).toEqual([0, 128, 255, 0]);
    expect(shown.window).toMatchObject({ center: 150, width: 100 });
  });

  test('pictures of eight bits keep their whole range', () => {
    expect(levels(greyOf([10, 20], { bitsStored: 8, highBit: 7, words: Uint8Array.of(10, 20) }))).toEqual([10, 20]);
  });

  test('MONOCHROME1 is white where it is low, and inverting turns that round', () => {
    const model = modelOf({ photometric: 'MONOCHROME1' });
    expect(levels(greyOf([0, 100]), plain, model)).toEqual([255, 0]);
    expect(levels(greyOf([0, 100]), plain, model, { invert: true })).toEqual([0, 255]);
  });

  test('bits above the high bit are not of the picture, and a sign counts where there is one', () => {
    expect(levels(greyOf([0xf000, 0x0fff], { bitsStored: 12, highBit: 11 }), window(2048, 4096))).toEqual([0, 255]);
    const signed = { bitsStored: 12, highBit: 11, signed: true };
    expect(levels(greyOf([0x0800, 0x0000, 0x07ff], signed), window(0, 4096))).toEqual([0, 128, 255]);
    expect(levels(greyOf([0xfff0], { bitsStored: 12, highBit: 15 }), window(2048, 4096))).toEqual([255]);
  });

  test('a modality table and a VOI table are looked up, past their ends by their last entries', () => {
    const modalityTable = { first: 10, bits: 16, entries: Uint16Array.of(0, 500, 1000) };
    const voiTable = { first: 0, bits: 8, entries: Uint16Array.from({ length: 1001 }, (_, at) => at / 4) };
    expect(levels(greyOf([0, 11, 99]), { ...plain, modalityTable, voiTable })).toEqual([0, 125, 250]);
  });

  test('a window of 0 to 1 shows fractions by their value, and whole numbers as black or white', () => {
    const fractions = greyOf([], { columns: 3, words: Float32Array.of(0, 0.25, 1) });
    expect(levels(fractions, window(0.5, 1))).toEqual([0, 64, 255]);
    expect(levels(greyOf([0, 1]), window(0.5, 1))).toEqual([0, 255]);
  });

  test('floating point and 32 bits are shown as they are', () => {
    expect(levels(greyOf([], { columns: 3, words: Float32Array.of(-1.5, 0, 1.5) }))).toEqual([0, 128, 255]);
    const wide = { columns: 2, bitsStored: 32, highBit: 31, signed: true, words: Uint32Array.of(0xffffffff, 1) };
    expect(levels(greyOf([], wide))).toEqual([0, 255]);
  });
});

describe('colours', () => {
  const colour = (space: DecodedFrame['space'], words: Uint8Array, more: Partial<DecodedFrame> = {}) =>
    greyOf([], { samples: 3, space, columns: 2, bitsStored: 8, highBit: 7, words, ...more });
  const model = modelOf({ samples: 3, photometric: 'RGB' }, { colour: true });

  test('by pixel, by plane and of sixteen bits are the same picture', () => {
    expect(levels(colour('rgb', Uint8Array.of(1, 2, 3, 4, 5, 6)), plain, model)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(levels(colour('rgb', Uint8Array.of(1, 4, 2, 5, 3, 6), { planar: 1 }), plain, model)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    const wide = Uint16Array.of(257, 514, 771, 1028, 1285, 1542);
    const sixteen = { bitsStored: 16, highBit: 15, words: wide };
    expect(levels(colour('rgb', new Uint8Array(0), sixteen), plain, model)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('of sixteen bits take the nearest of eight', () => {
    const wide = { bitsStored: 16, highBit: 15, words: Uint16Array.of(51_656, 65_535, 65_406, 128, 129, 0) };
    expect(levels(colour('rgb', new Uint8Array(0), wide), plain, model)).toEqual([201, 255, 254, 0, 1, 0]);
  });

  test('of fewer bits than eight reach from black to white, unless more bits are in use than the header says', () => {
    const seven = { columns: 1, bitsStored: 7, highBit: 6 };
    expect(levels(colour('rgb', Uint8Array.of(0, 127, 64), seven), plain, model)).toEqual([0, 255, 129]);
    expect(levels(colour('rgb', Uint8Array.of(0, 200, 64), seven), plain, model)).toEqual([0, 200, 64]);
    expect(
      levels(colour('rgb', Uint8Array.of(0, 127, 64, 2, 4, 6), { ...seven, columns: 2, planar: 1 }), plain, model),
    ).toEqual([0, 129, 8, 255, 4, 12]);
  });

  test('YBR_FULL and YBR_FULL_422 become RGB', () => {
    expect(levels(colour('ybr-full', Uint8Array.of(76, 85, 255, 255, 128, 128)), plain, model)).toEqual([
      254, 0, 0, 255, 255, 255,
    ]);
    expect(levels(colour('ybr-full-422', Uint8Array.of(0, 255, 128, 128)), plain, model)).toEqual([
      0, 0, 0, 255, 255, 255,
    ]);
  });

  test('YBR_PARTIAL_422 becomes RGB: black is 16 and white is 235', () => {
    expect(levels(colour('ybr-partial-422', Uint8Array.of(16, 235, 128, 128)), plain, model)).toEqual([
      0, 0, 0, 255, 255, 255,
    ]);
  });

  test('a palette is looked up from its first value on, clamped at both ends', () => {
    const byte = (...values: number[]) => Uint8Array.from(values);
    const palette = { first: 10, red: byte(1, 2), green: byte(3, 4), blue: byte(5, 6) };
    const frame = greyOf([0, 11, 99], { space: 'palette', bitsStored: 8, highBit: 7, words: byte(0, 11, 99) });
    expect(levels(frame, plain, modelOf({}, { palette }))).toEqual([1, 3, 5, 2, 4, 6, 2, 4, 6]);
  });

  test('a grey image that has colours for some of its values shows these in colours, and padding in none', () => {
    const byte = (...values: number[]) => Uint8Array.from(values);
    const supplement = { first: 100, red: byte(1, 2), green: byte(3, 4), blue: byte(5, 6) };
    const model = modelOf({}, { supplement, padding: { from: 500, to: 500 } });
    const frame = greyOf([0, 99, 100, 101, 400, 500]);
    const shown = render(frame, model, window(50, 100, 'LINEAR_EXACT'));
    expect(shown.channels).toBe(3);
    expect([...shown.pixels]).toEqual([0, 0, 0, 252, 252, 252, 1, 3, 5, 2, 4, 6, 2, 4, 6, 0, 0, 0]);
    const region = { left: 2, top: 0, width: 1, height: 1 };
    expect([...render(frame, model, plain, { region }).pixels]).toEqual([1, 3, 5]);
  });

  test('segments of a palette: single entries, lines, and those said before; never more than there is room for', () => {
    const expanded = (fields: readonly number[], count: number, bytesPerField?: 1 | 2) => {
      const found = expandSegments(fields, count, bytesPerField);
      return found && [...found.entries];
    };
    expect(expanded([0, 2, 7, 9, 1, 2, 19], 4)).toEqual([7, 9, 14, 19]);
    expect(expanded([0, 1, 5, 2, 1, 0, 0], 3)).toEqual([5, 5, 5]);
    expect(expandSegments([2, 65_535, 0, 0], 65_536)).toBeUndefined();
    expect(expanded([0, 65_535, 1], 8)).toHaveLength(8);
  });

  test('the segments that are said again are found by bytes, whether their fields are words or bytes', () => {
    // Behind the first segment, of six bytes as words and three as bytes, stands the line that is drawn a second time.
    const second = [0, 1, 5, 1, 2, 9, 2, 1];
    expect([...expandSegments([...second, 6, 0], 5)!.entries]).toEqual([5, 7, 9, 9, 9]);
    expect([...expandSegments([...second, 3, 0, 0, 0], 5, 1)!.entries]).toEqual([5, 7, 9, 9, 9]);
    // Between two words, in front of nothing, or behind itself stands none.
    for (const offset of [7, 16, 4_000]) expect(expandSegments([...second, offset, 0], 5)).toBeUndefined();
  });
});

describe('the header', () => {
  const header = (values: Readonly<Record<number, number>>): DataSet => {
    const bytes = new Uint8Array(Object.keys(values).length * 2);
    const view = new DataView(bytes.buffer);
    const elements = Object.entries(values).map(([tag, value], at) => {
      view.setUint16(2 * at, value, true);
      const place = { start: 2 * at, valueStart: 2 * at, valueEnd: 2 * at + 2, end: 2 * at + 2 };
      return [Number(tag), { tag: Number(tag), vr: 'US', ...place }] as const;
    });
    return { bytes, littleEndian: true, explicit: true, elements: new Map(elements) };
  };
  const [rows, columns, samples, bits] = [0x00280010, 0x00280011, 0x00280002, 0x00280100];
  const fine = { [rows]: 4, [columns]: 4, [samples]: 1, [bits]: 16 };
  const native = '1.2.840.10008.1.2.1';

  test.each([
    ['no picture at all', {}, 'PIXELS_MISSING'],
    ['65,535 by 65,535 pixels', { ...fine, [rows]: 65_535, [columns]: 65_535 }, 'PIXELS_TOO_LARGE'],
    ['no rows', { ...fine, [rows]: 0 }, 'PIXELS_HEADER_INVALID'],
    ['four samples', { ...fine, [samples]: 4 }, 'PIXELS_HEADER_INVALID'],
    ['13 bits allocated', { ...fine, [bits]: 13 }, 'PIXELS_HEADER_INVALID'],
    ['24 bits allocated', { ...fine, [bits]: 24 }, 'PIXELS_HEADER_INVALID'],
  ])('of %s is refused', (_, values, code) => {
    expect(() => imageModel(header(values), native)).toThrow(expect.objectContaining({ code }));
  });

  test('of a picture whose frame is too short is refused when that is decoded', async () => {
    const { format } = imageModel(header(fine), native);
    const frame = { bytes: new Uint8Array(31), bitOffset: 0, kind: 'integer', vr: 'OW' } as const;
    await expect(decodeFrame(format, frame)).rejects.toMatchObject({ code: 'PIXELS_TRUNCATED' });
  });
});
