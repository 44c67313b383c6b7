import type { DataSet } from '@symbolon/dicom';
import { descriptorOf, entriesOf, greatestOf, wordsOf } from './lookup-table.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { text, wordBytes } from './short-values.ts';

/** Red, green and blue, eight bits each, by the stored value less `first`. */
export type Palette = {
  readonly first: number;
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
};

const paletteTags = [
  [
    tags.RedPaletteColorLookupTableDescriptor,
    tags.RedPaletteColorLookupTableData,
    tags.SegmentedRedPaletteColorLookupTableData,
  ],
  [
    tags.GreenPaletteColorLookupTableDescriptor,
    tags.GreenPaletteColorLookupTableData,
    tags.SegmentedGreenPaletteColorLookupTableData,
  ],
  [
    tags.BluePaletteColorLookupTableDescriptor,
    tags.BluePaletteColorLookupTableData,
    tags.SegmentedBluePaletteColorLookupTableData,
  ],
] as const;

/** The palette of PS3.3 §C.7.9, or undefined where it is not whole. */
export function paletteOf(ds: DataSet, signed: boolean): Palette | undefined {
  const colours: { readonly entries: Uint16Array; readonly bits: number }[] = [];
  let first = 0;
  for (const [descriptorTag, dataTag, segmentedTag] of paletteTags) {
    const descriptor = descriptorOf(ds, descriptorTag, signed);
    if (descriptor === undefined) return undefined;
    const { count } = descriptor;
    const segments = () => wordBytes(ds, segmentedTag, 2 * wordsPerEntry * count);
    const entries = entriesOf(ds, dataTag, descriptor) ?? segmentedEntries(segments(), count, descriptor.bits);
    if (entries === undefined) return undefined;
    first = descriptor.first;
    colours.push({ entries, bits: descriptor.bits });
  }
  const greatest = Math.max(...colours.map(({ entries }) => greatestOf(entries)));
  const bytes = colours.map(({ entries, bits }) => toBytes(entries, bits, greatest));
  const [red, green, blue] = bytes as [Uint8Array, Uint8Array, Uint8Array];
  return { first, red, green, blue };
}

/**
 * The colours that a grey image gives to its values from `first` on, where it says that it is to be seen in colours.
 * Source: PS3.3 §C.7.6.19 (Supplemental Palette Color Lookup Table), §C.8.16.2.1.1.2 (Pixel Presentation).
 */
export function supplementOf(ds: DataSet, signed: boolean): Palette | undefined {
  const presentation = text(ds, tags.PixelPresentation);
  return presentation === 'COLOR' || presentation === 'MIXED' ? paletteOf(ds, signed) : undefined;
}

/** Sixteen bits are cut to their upper eight, unless no colour has any there: writers that say 16 and mean 8 exist. */
function toBytes(entries: Uint16Array, bits: number, greatest: number): Uint8Array {
  const shift = greatest > 255 ? (bits > 8 && bits <= 16 ? bits - 8 : 8) : 0;
  return Uint8Array.from(entries, (entry) => Math.min(255, entry >> shift));
}

/** An indirect segment, the longest that may give one entry only. */
const wordsPerEntry = 4;

/** The fields of the segments of a palette of eight bits are bytes; some write words all the same, which then fit better. */
function segmentedEntries(bytes: Uint8Array | undefined, count: number, bits: number): Uint16Array | undefined {
  if (bytes === undefined) return undefined;
  const byBytes = bits <= 8 ? expandSegments(bytes, count, 1) : undefined;
  if (byBytes?.whole) return byBytes.entries;
  const byWords = expandSegments(wordsOf(bytes), count, 2);
  return (byWords ?? byBytes)?.entries;
}

/**
 * Segments: discrete, linear, and indirect ones that repeat earlier ones, found by an offset in bytes. Those of no length say
 * nothing, and are refused. `whole` where they give every entry.
 *
 * Cost    at most one step for each entry and each field, the repeated ones included.
 * Source  PS3.3 §C.7.9.2; that fields are bytes where entries are is as pydicom reads it.
 */
export function expandSegments(
  fields: ArrayLike<number>,
  count: number,
  bytesPerField: 1 | 2 = 2,
): { readonly entries: Uint16Array; readonly whole: boolean } | undefined {
  if (fields.length === 0) return undefined;
  const entries = new Uint16Array(count);
  let filled = 0;
  let steps = count + fields.length;
  const put = (value: number) => {
    entries[filled++] = value;
  };
  const offsetFields = 4 / bytesPerField;
  /** The field at which the segments begin that an indirect one repeats; they stand before it, and begin a field. */
  const targetOf = (at: number): number | undefined => {
    let offset = 0;
    for (let field = 0; field < offsetFields; field++)
      offset += (fields[at + field] ?? 0) * 256 ** (bytesPerField * field);
    const target = offset / bytesPerField;
    return Number.isInteger(target) && target < at ? target : undefined;
  };
  /** Reads from a field so many segments, none of them indirect where `depth` is 1; gives the field behind them. */
  const expand = (from: number, segments: number, depth: number): number | undefined => {
    let at = from;
    for (let done = 0; done < segments && at + 1 < fields.length && filled < count; done++) {
      const [opcode, length] = [fields[at]!, fields[at + 1]!];
      if (length === 0 || steps-- <= 0) return undefined;
      at += 2;
      const room = Math.min(length, count - filled);
      if (opcode === 0) {
        for (let n = 0; n < room; n++) put(fields[at + n] ?? 0);
        at += length;
      } else if (opcode === 1) {
        const [start, end] = [filled > 0 ? entries[filled - 1]! : 0, fields[at] ?? 0];
        for (let n = 1; n <= room; n++) put(Math.round(start + ((end - start) * n) / length));
        at += 1;
      } else if (opcode === 2 && depth === 0) {
        const target = targetOf(at);
        if (target === undefined || expand(target, length, 1) === undefined) return undefined;
        at += offsetFields;
      } else return fields.length;
    }
    return at;
  };
  if (expand(0, fields.length, 0) === undefined || filled === 0) return undefined;
  const whole = filled === count;
  return { entries: entries.fill(entries[filled - 1]!, filled), whole };
}
