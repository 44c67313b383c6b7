import type { DataSet, ItemPlace } from '../element.ts';
import { ElementMap } from './element-map.ts';
import type { Encoding } from './encoding.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An open data set (root or item) or, with `items`, an open sequence. One shape, so that the loop stays fast. */
export type Level = {
  readonly dataset: DataSet;
  readonly elements: ElementMap;
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  /** Where it must end: its own declared end, or the enclosing one when its length is undefined; infinite while that is unknown. */
  end: number;
  readonly delimited: boolean;
  /** Whether it, or a level around it, has a length: then bytes that end here are not cut short. */
  readonly bounded: boolean;
  readonly items: DataSet[] | undefined;
  readonly item: Mutable<ItemPlace> | undefined;
  readonly tag: number;
  readonly vr: string;
  readonly start: number;
  readonly valueStart: number;
  lastTag: number;
  signed: boolean;
};

export function rootLevel(bytes: Uint8Array, start: number, end: number, encoding: Encoding): Level {
  const elements = new ElementMap();
  const { explicit, littleEndian } = encoding;
  return {
    dataset: { bytes, littleEndian, explicit, elements, parent: undefined, item: undefined },
    elements,
    explicit,
    littleEndian,
    end,
    delimited: false,
    bounded: false,
    items: undefined,
    item: undefined,
    tag: 0,
    vr: '',
    start,
    valueStart: start,
    lastTag: -1,
    signed: false,
  };
}

/** `untyped`: a UN whose items are implicit VR little endian (PS3.5 §6.2.2 note 2). */
export function sequenceLevel(
  around: Level,
  head: { readonly tag: number; readonly vr: string; readonly start: number; readonly valueStart: number },
  end: number,
  delimited: boolean,
): Level {
  const untyped = head.vr === 'UN' && around.explicit;
  return {
    dataset: around.dataset,
    elements: around.elements,
    explicit: around.explicit && !untyped,
    littleEndian: around.littleEndian || untyped,
    end,
    delimited,
    bounded: around.bounded || !delimited,
    items: [],
    item: undefined,
    tag: head.tag,
    vr: head.vr,
    start: head.start,
    valueStart: head.valueStart,
    lastTag: -1,
    signed: around.signed,
  };
}

export function itemLevel(
  sequence: Level,
  bytes: Uint8Array,
  start: number,
  end: number,
  form: { readonly explicit: boolean; readonly delimited: boolean },
): Level {
  const elements = new ElementMap();
  const { littleEndian, signed } = sequence;
  const item = { start, valueStart: start + 8, valueEnd: -1, end: -1 };
  const dataset = { bytes, littleEndian, explicit: form.explicit, elements, parent: sequence.dataset, item };
  return {
    dataset,
    elements,
    explicit: form.explicit,
    littleEndian,
    end,
    delimited: form.delimited,
    bounded: sequence.bounded || !form.delimited,
    items: undefined,
    item,
    tag: 0,
    vr: '',
    start,
    valueStart: start + 8,
    lastTag: -1,
    signed,
  };
}
