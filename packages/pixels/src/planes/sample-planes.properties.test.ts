import fc from 'fast-check';
import { expect, test } from 'vitest';
import { greyFormat } from '../formats.fixture.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { fromPlanes, type Prediction, type SampleGrid, sampleGrid, toPlanes } from './sample-planes.ts';

const grids: fc.Arbitrary<SampleGrid> = fc.record({
  wordBytes: fc.constantFrom(1, 2, 4, 8),
  bigEndian: fc.boolean(),
  across: fc.integer({ min: 0, max: 5 }),
  row: fc.integer({ min: 0, max: 40 }),
});
const predictions = fc.constantFrom<Prediction>('none', 'average', 'gradient');

test('any bytes come back, of any length, whatever grid they are said to lie in', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 700 }), grids, predictions, (bytes, grid, prediction) => {
      const planes = toPlanes(bytes, grid, prediction);
      expect(planes.length).toBe(bytes.length);
      expect(fromPlanes(planes, grid, prediction)).toEqual(bytes);
    }),
    { numRuns: 2_000 },
  );
});

test('a plane that slopes leaves next to nothing, in either order of bytes', () => {
  const [columns, rows] = [64, 32];
  const slope = new Uint16Array(columns * rows).map((_, at) => 900 + 3 * (at % columns) + 5 * Math.floor(at / columns));
  const little = new Uint8Array(slope.buffer);
  const big = little.map((_, at) => little[at ^ 1] as number);
  for (const [bytes, bigEndian] of [
    [little, false],
    [big, true],
  ] as const) {
    const planes = toPlanes(bytes, { wordBytes: 2, bigEndian, across: 1, row: columns }, 'gradient');
    const inside = planes.filter((_, at) => at % (columns * rows) > columns && at % columns > 0);
    expect(Math.max(...inside)).toBeLessThan(16);
  }
});

const native = { kind: 'integer', vr: 'OW', valueStart: 12, valueEnd: 100, encapsulated: false } as const;

test('the grid follows from the header, and is not guessed where that says too little', () => {
  const grey: PixelFormat = { ...greyFormat, columns: 6 };
  const colour = { ...grey, samples: 3, photometric: 'RGB', bitsAllocated: 8 } as const;
  const grid = { bigEndian: false, across: 1, row: 6 };
  expect(sampleGrid(grey, native)).toEqual({ ...grid, wordBytes: 2 });
  expect(sampleGrid({ ...grey, littleEndian: false }, native)).toEqual({ ...grid, wordBytes: 2, bigEndian: true });
  expect(sampleGrid(colour, native)).toEqual({ ...grid, wordBytes: 1, across: 3, row: 18 });
  expect(sampleGrid({ ...colour, planar: 1 }, native)).toEqual({ ...grid, wordBytes: 1 });
  expect(sampleGrid({ ...grey, bitsAllocated: 32 }, { ...native, kind: 'float', vr: 'OF' })).toMatchObject({ row: 0 });
  expect(sampleGrid({ ...grey, bitsAllocated: 1 }, native)).toBeUndefined();
  expect(sampleGrid({ ...grey, bitsAllocated: 8, littleEndian: false }, native)).toBeUndefined();
  expect(sampleGrid(grey, { ...native, encapsulated: true })).toBeUndefined();
});
