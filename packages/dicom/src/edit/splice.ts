import type { Cut } from '../split/split.ts';

/** `remove` bytes at `at` give way to `insert`. */
export type Splice = {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
  /** How deep in sequences: where one ends and another begins at the same byte, the inner one comes first. */
  readonly depth: number;
  /** A cut that stands here, to be found again afterwards. */
  readonly cut?: Cut;
};

export type Spliced = {
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
  readonly cuts: readonly Cut[];
};

/** As they are done. Splices at one byte and depth keep their order. */
export function inOrder(splices: readonly Splice[]): Splice[] {
  return [...splices].sort((a, b) => a.at - b.at || b.depth - a.depth);
}

/** The bytes with every splice done; views where nothing changed. `splices` in order. */
export function spliced(bytes: Uint8Array, splices: readonly Splice[]): Spliced {
  const pieces: Uint8Array[] = [];
  const cuts: Cut[] = [];
  let total = 0;
  const push = (piece: Uint8Array): void => {
    if (piece.length > 0) pieces.push(piece);
    total += piece.length;
  };
  let from = 0;
  for (const { at, remove, insert, cut } of splices) {
    push(bytes.subarray(from, at));
    push(insert);
    if (cut !== undefined) cuts.push({ at: total, bytes: cut.bytes });
    from = at + remove;
  }
  push(bytes.subarray(from));
  return { pieces, bytes: total, cuts };
}
