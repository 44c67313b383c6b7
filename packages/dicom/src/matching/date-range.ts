import { type DateTimeVr, interval } from './moment.ts';

/** Single value and range matching of DA, TM and DT (PS3.4 §C.2.2.2.1.2, §C.2.2.2.5). */

export type Range = { readonly from: bigint | number; readonly to: bigint | number };

/** The two texts of a range, empty where its end is open. */
export type Ends = readonly [left: string, right: string];

/** Two moments with fractions and offsets, a hyphen and blanks; past it a key is no date, however long it takes to see that. */
const longestKey = 80;

/**
 * What a key asks for: the one moment (`20200131`) or the ranges (`-b`, `a-`, `a-b`) that it can be read as.
 *
 * In a DT a hyphen stands for a range or for a negative offset. Where it could be either, both readings count:
 * `1000-1200` finds the years 1000 to 1200, the first of them at UTC-12 included. A range that ends before it begins is
 * left out, so that it matches nothing. `undefined` where the key is no date or time at all.
 */
export function readings(vr: DateTimeVr, key: string, offsetMinutes = 0): readonly Range[] | undefined {
  if (key.length > longestKey) return undefined;
  const found: Range[] = [];
  const one = interval(vr, key, offsetMinutes);
  if (one !== undefined) found.push(one);
  // One hyphen of the range and one of each offset: more are none.
  const hyphens = [...key.matchAll(/-/g)].map(({ index }) => index);
  if (hyphens.length <= 3) {
    for (const cut of hyphens) {
      const range = rangeOf(vr, [key.slice(0, cut), key.slice(cut + 1)], offsetMinutes);
      if (range !== undefined) found.push(range);
    }
  }
  return found.length === 0 ? undefined : found.filter(({ from, to }) => from <= to);
}

export function rangeOf(vr: DateTimeVr, [left, right]: Ends, offsetMinutes = 0): Range | undefined {
  const openLeft = left.trim() === '';
  const openRight = right.trim() === '';
  if (openLeft && openRight) return undefined;
  const from = openLeft ? Number.NEGATIVE_INFINITY : interval(vr, left, offsetMinutes)?.from;
  const to = openRight ? Number.POSITIVE_INFINITY : interval(vr, right, offsetMinutes)?.to;
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** A value counts by its beginning: 2020 as a DT is found from 20200101 on, however much more it may mean. */
export function isWithin(moment: bigint, ranges: readonly Range[]): boolean {
  return ranges.some(({ from, to }) => moment >= from && moment <= to);
}
