import type { DataSet, Element } from '../element.ts';

/** An open data set (root or item) or, with `items`, an open sequence. One shape, so that the loop stays fast. */
export type Level = {
  readonly dataset: DataSet;
  readonly elements: Map<number, Element>;
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  /** Where it must end: its own declared end, or the enclosing one when its length is undefined. */
  readonly end: number;
  readonly delimited: boolean;
  readonly items: DataSet[] | undefined;
  readonly tag: number;
  readonly vr: string;
  readonly start: number;
  readonly valueStart: number;
  lastTag: number;
  signed: boolean;
};
