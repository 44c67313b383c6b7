import type { Level } from './query.ts';

/** One level of the query held against one data set or item; `sequence` and the two cursors say what is being tried. */
type Frame<T> = {
  readonly level: Level;
  readonly ds: T;
  sequence: number;
  wanted: number;
  item: number;
};

/**
 * Whether a data set, in whatever form it is, matches a query with its sequences: `ownKeys` says it of one level alone. Each pair
 * of a query item and a data set item is met once: items have one parent only.
 */
export function levelMatches<T>(
  ds: T,
  root: Level,
  itemsOf: (ds: T, tag: number) => readonly T[],
  ownKeys: (level: Level, ds: T) => boolean,
): boolean {
  if (!ownKeys(root, ds)) return false;
  const frames: Frame<T>[] = [{ level: root, ds, sequence: 0, wanted: 0, item: 0 }];
  for (;;) {
    const frame = frames.at(-1)!;
    const key = frame.level.sequences[frame.sequence];
    if (key === undefined) {
      // All of this level matches, and so does the sequence that it was tried for.
      frames.pop();
      const outer = frames.at(-1);
      if (outer === undefined) return true;
      outer.sequence++;
      outer.wanted = 0;
      outer.item = 0;
      continue;
    }
    const items = itemsOf(frame.ds, key.tag);
    if (frame.item >= items.length) {
      frame.wanted++;
      frame.item = 0;
    }
    const wanted = key.items[frame.wanted];
    const item = items[frame.item];
    if (wanted === undefined || item === undefined) {
      // No item matches: neither does this one, and the level around tries its next.
      frames.pop();
      if (frames.length === 0) return false;
      continue;
    }
    frame.item++;
    if (ownKeys(wanted, item)) frames.push({ level: wanted, ds: item, sequence: 0, wanted: 0, item: 0 });
  }
}
