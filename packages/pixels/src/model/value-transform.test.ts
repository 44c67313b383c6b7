import type { DataSet } from '@symbolon/dicom';
import { describe, expect, test } from 'vitest';
import { dataSet, type Value, words } from '../data-set.fixture.ts';
import { sequenceTable } from './lookup-table.ts';
import { expandSegments } from './palette.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { transformOfFrame, valueTransforms } from './value-transform.ts';

/** How long this thread has worked so far, whatever else a busy machine does. Units: milliseconds. */
const workedMs = (): number => process.threadCpuUsage().user / 1000;

const table = (...entries: number[]): DataSet =>
  dataSet({ [tags.LUTDescriptor]: ['US', words(0, 0, 16)], [tags.LUTData]: ['OW', words(...entries)] });
const framesOf = (groups: readonly DataSet[], more: Readonly<Record<number, Value>> = {}): DataSet =>
  dataSet({ ...more, [tags.PerFrameFunctionalGroupsSequence]: ['SQ', groups] });
const voi = (values: Readonly<Record<number, Value>>): DataSet =>
  dataSet({ [tags.FrameVOILUTSequence]: ['SQ', [dataSet(values)]] });
const modality = (values: Readonly<Record<number, Value>>): DataSet =>
  dataSet({ [tags.PixelValueTransformationSequence]: ['SQ', [dataSet(values)]] });

describe('the transforms of many frames', () => {
  test('share one table of the image, which is read once and no longer than its data', () => {
    const groups = Array.from({ length: 500 }, (_, n) => modality({ [tags.RescaleSlope]: ['DS', String(n + 1)] }));
    const top = { [tags.VOILUTSequence]: ['SQ', [table(1, 2, 3)]] } as const;
    const { distinct } = valueTransforms(framesOf(groups, top), false);
    expect(distinct).toHaveLength(500);
    expect(distinct[0]?.voiTable?.entries).toEqual(Uint16Array.of(1, 2, 3));
    expect(new Set(distinct.map(({ voiTable }) => voiTable)).size).toBe(1);
  });

  test('hold no table of their own: thousands of two bytes each cost nothing', () => {
    const groups = Array.from({ length: 4_000 }, (_, n) =>
      voi({ [tags.VOILUTSequence]: ['SQ', [table(n)]], [tags.WindowCenter]: ['DS', String(n)] }),
    );
    const { distinct } = valueTransforms(framesOf(groups), false);
    expect(distinct.every(({ voiTable, modalityTable }) => !voiTable && !modalityTable)).toBe(true);
  });

  test('are each that of its own frame, and of the image where a frame says nothing', () => {
    const own = voi({ [tags.WindowCenter]: ['DS', '7'], [tags.WindowWidth]: ['DS', '9'] });
    const top = { [tags.WindowCenter]: ['DS', '1'], [tags.WindowWidth]: ['DS', '2'] } as const;
    const transforms = valueTransforms(framesOf([dataSet({}), own, dataSet({})], top), false);
    const centers = [0, 1, 2].map((frame) => transformOfFrame(transforms, frame).windows[0]?.center);
    expect(centers).toEqual([1, 7, 1]);
    expect(transforms.distinct).toHaveLength(2);
  });

  test('are kept one by one for 109 slices at 40 times, each with a slope and a window of its own', () => {
    const groups = Array.from({ length: 4_360 }, (_, n) =>
      dataSet({
        [tags.PixelValueTransformationSequence]: ['SQ', [dataSet({ [tags.RescaleSlope]: ['DS', String(n + 1)] })]],
        [tags.FrameVOILUTSequence]: [
          'SQ',
          [dataSet({ [tags.WindowCenter]: ['DS', String(n)], [tags.WindowWidth]: ['DS', '1'] })],
        ],
      }),
    );
    const transforms = valueTransforms(framesOf(groups), false);
    expect(transforms.distinct).toHaveLength(4_360);
    expect([0, 4_359].map((frame) => transformOfFrame(transforms, frame).slope)).toEqual([1, 4_360]);
  });

  test.each([
    ['slopes', 65_537, (n: number) => modality({ [tags.RescaleSlope]: ['DS', String(n + 1)] })],
    [
      'windows (sixteen a frame)',
      4_097,
      (n: number) => {
        const sixteen = Array.from({ length: 16 }, () => String(n + 1)).join('\\');
        return voi({ [tags.WindowCenter]: ['DS', sixteen], [tags.WindowWidth]: ['DS', sixteen] });
      },
    ],
  ] as const)('are refused where there are more %s than can be kept', (_, least, groupOf) => {
    const groups = Array.from({ length: least }, (_, n) => groupOf(n));
    expect(() => valueTransforms(framesOf(groups), false)).toThrow(
      expect.objectContaining({ code: 'PIXELS_TOO_LARGE' }),
    );
  });
});

describe('a text of millions of characters', () => {
  test('is read only where it begins, also by thousands of frames in the character set they inherit', () => {
    const long = `${'é'.repeat(100)}\\${'x'.repeat(16_000_000)}`;
    const item = (parent: DataSet): DataSet => ({
      ...dataSet({
        [tags.WindowCenter]: ['DS', '1\\2'],
        [tags.WindowWidth]: ['DS', '1\\2'],
        [tags.WindowCenterWidthExplanation]: ['LO', new TextEncoder().encode(long)],
      }),
      parent,
    });
    const top = dataSet({ 524293: ['CS', 'ISO_IR 192'] });
    const one = item(top);
    const groups = Array.from({ length: 2_000 }, () => dataSet({ [tags.FrameVOILUTSequence]: ['SQ', [one]] }));
    const began = workedMs();
    const { distinct } = valueTransforms({ ...top, elements: new Map([...framesOf(groups).elements]) }, false);
    expect(workedMs() - began).toBeLessThan(2_000);
    expect(distinct[0]?.windows.map(({ name }) => name)).toEqual(['é'.repeat(64), 'x'.repeat(64)]);
  });
});

test('a table that claims 65,536 entries and has one takes the room of one, and means the same', () => {
  expect(sequenceTable(table(9), false)?.entries).toEqual(Uint16Array.of(9));
});

describe('the segments of a palette', () => {
  test('of no length are refused', () => {
    expect(expandSegments([0, 0, 0, 1, 5], 4)).toBeUndefined();
    expect(expandSegments([0, 1, 5, 2, 0, 0, 0], 4)).toBeUndefined();
  });

  test('that repeat thousands of empty ones thousands of times are refused at once', () => {
    const hostile = [0, 1, 5, ...new Array(60_000).fill(0), ...new Array(20_000).fill([2, 65_535, 6, 0]).flat()];
    const began = workedMs();
    expect(expandSegments(hostile, 65_536)).toBeUndefined();
    // Repeating what is no segment gives nothing either.
    const none = [0, 1, 5, ...new Array(20_000).fill([2, 65_535, 8, 0]).flat()];
    expandSegments(none, 65_536);
    expect(workedMs() - began).toBeLessThan(200);
  });

  test('fill what there is room for, and not more is counted than that', () => {
    expect([...expandSegments([1, 65_535, 65_535], 3)!.entries]).toEqual([1, 2, 3]);
  });
});
