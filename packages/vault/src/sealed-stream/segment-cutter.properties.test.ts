import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined } from '../bytes.ts';
import { cutWhole, SegmentCutter } from './segment-cutter.ts';

const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
const segmentSize = fc.integer({ min: 1, max: 20 });

/** What the format asks for, in the plainest words: the first cut, equal cuts, and a last one that is empty only if all is. */
function expectedCuts(whole: Uint8Array, first: number, later: number): number[][] {
  const cuts = [[...whole.subarray(0, first)]];
  for (let at = first; at < whole.length; at += later) cuts.push([...whole.subarray(at, at + later)]);
  return cuts;
}

test('a flow is cut as the whole would be, whatever the pieces, and a caller may overwrite each after pushing it', () => {
  fc.assert(
    fc.property(pieces, segmentSize, segmentSize, (all, first, later) => {
      const expected = expectedCuts(joined(...all), first, later);
      const cutter = new SegmentCutter(first, later);
      const cuts: number[][] = [];
      for (const piece of all) {
        const reused = piece.slice();
        for (const cut of cutter.push(reused)) cuts.push([...cut]);
        reused.fill(0xee);
      }
      cuts.push([...cutter.rest()]);
      expect(cuts).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});

test('pieces that are all there are cut alike, and only the last cut is called last', () => {
  fc.assert(
    fc.property(pieces, segmentSize, segmentSize, (all, first, later) => {
      const cuts = [...cutWhole(all, first, later)];
      expect(cuts.map(({ plain }) => [...joined(...plain)])).toEqual(expectedCuts(joined(...all), first, later));
      expect(cuts.map(({ last }) => last)).toEqual(cuts.map((_, i) => i === cuts.length - 1));
    }),
    { numRuns: 1000 },
  );
});
