/**
 * The nouns of our own small DICOM writer. It shares nothing with `packages/dicom`, so that the parser is tested
 * against another hand.
 */
export type Sequence = {
  readonly items: readonly (readonly Row[])[];
  /** `undefined` ends with a delimiter (PS3.5 §7.5.1); the two levels choose apart. */
  readonly sequenceLength: 'defined' | 'undefined';
  readonly itemLength: 'defined' | 'undefined';
};

export type Fragments = {
  /** Frame starts, in bytes from the first fragment's item tag; empty when the Basic Offset Table is empty. */
  readonly offsets: readonly number[];
  readonly fragments: readonly Uint8Array[];
};

export type Value = string | readonly number[] | Uint8Array | Sequence | Fragments;

/** `'0010,0010 PN PatientName'`: the tag, the VR, and the keyword for whoever reads; then the value. */
export type Row = readonly [key: string, value: Value, options?: { readonly oddLength: true }];

export type Key = { readonly group: number; readonly element: number; readonly vr: string };

const keys = new Map<string, Key>();

export function keyOf(text: string): Key {
  let key = keys.get(text);
  if (!key) {
    const match = /^([0-9A-F]{4}),([0-9A-F]{4}) ([A-Z]{2})\b/.exec(text);
    if (!match) throw new Error(`not an element key: ${text}`);
    key = { group: Number.parseInt(match[1]!, 16), element: Number.parseInt(match[2]!, 16), vr: match[3]! };
    keys.set(text, key);
  }
  return key;
}

const tagOf = (row: Row): string => row[0].slice(0, 9);

/** Joins rows into one data set in tag order; a later row takes the place of an earlier one with the same tag. */
export function dataSet(...parts: readonly (readonly Row[])[]): readonly Row[] {
  const byTag = new Map<string, Row>();
  for (const row of parts.flat()) byTag.set(tagOf(row), row);
  return [...byTag.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

export const without = (rows: readonly Row[], ...tags: readonly string[]): readonly Row[] =>
  rows.filter((row) => !tags.includes(tagOf(row)));

export function textOf(rows: readonly Row[], tag: string): string {
  const value = rows.find((row) => tagOf(row) === tag)?.[1];
  return typeof value === 'string' ? value : '';
}

export const sequence = (...items: readonly (readonly Row[])[]): Sequence => ({
  items,
  sequenceLength: 'defined',
  itemLength: 'defined',
});

export const openSequence = (...items: readonly (readonly Row[])[]): Sequence => ({
  items,
  sequenceLength: 'undefined',
  itemLength: 'undefined',
});

/** A coded entry as most sequences want it: PS3.3 Table 8.8-1. */
export const code = (value: string, scheme: string, meaning: string): readonly Row[] => [
  ['0008,0100 SH CodeValue', value],
  ['0008,0102 SH CodingSchemeDesignator', scheme],
  ['0008,0104 LO CodeMeaning', meaning],
];
