import { tags } from '../dictionary/tags.ts';
import type { DataSet, Element } from '../element.ts';
import { tagAt } from '../parse/numbers.ts';
import type { Cut } from '../split/split.ts';
import { endOfRepeat } from './repeats.ts';

/** Where an element stands, in the order of the file. */
export type Span = {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
  /** What it takes in the whole file: more than `end - start` for pixel data that was cut out. */
  readonly bytes: number;
  /** Absent for repeats and cuts. */
  readonly element?: Element;
  readonly cut?: Cut;
};

/**
 * The elements of a data set in file order, with the repeats that parsing passed over, and pixel data cut out of it.
 * `from`, `to`: where the first may begin and the last must end.
 */
export function spansOf(ds: DataSet, from: number, to: number, cuts: readonly Cut[] = []): Span[] {
  const spans: Span[] = [];
  let cursor = from;
  /** What stands between elements that are known is their repeats, and delimiters gone astray. */
  const fill = (end: number): void => {
    while (cursor + 8 <= end) {
      const tag = tagAt(ds.bytes, cursor, ds.littleEndian);
      const stray = tag >= tags.Item && tag <= tags.SequenceDelimitationItem;
      const next = stray ? cursor + 8 : endOfRepeat(ds, cursor, end);
      if (!stray) spans.push({ tag, start: cursor, end: next, bytes: next - cursor });
      cursor = next;
    }
  };
  let nextCut = 0;
  const putCuts = (before: number): void => {
    for (let cut = cuts[nextCut]; cut !== undefined && cut.at <= before; cut = cuts[++nextCut]) {
      fill(Math.min(cut.at, to));
      spans.push({ tag: tags.PixelData, start: cut.at, end: cut.at, bytes: cut.bytes, cut });
    }
  };
  for (const element of ds.elements.values()) {
    putCuts(element.start);
    fill(element.start);
    const { tag, start, end } = element;
    spans.push({ tag, start, end, bytes: end - start, element });
    cursor = end;
  }
  putCuts(Number.POSITIVE_INFINITY);
  fill(to);
  return spans;
}
