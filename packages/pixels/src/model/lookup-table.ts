import type { DataSet } from '@symbolon/dicom';
import { pixelTags as tags } from './pixel-tags.ts';
import { numbers } from './short-values.ts';

/** A lookup table as PS3.3 §C.11.1.1 has it: values below `first` take the first entry, values past the end the last. */
export type LookupTable = {
  readonly first: number;
  /** Bits of an entry. */
  readonly bits: number;
  readonly entries: Uint16Array;
};

export function lookUp(table: LookupTable, value: number): number {
  const at = Math.round(value) - table.first;
  const last = table.entries.length - 1;
  return table.entries[at < 0 ? 0 : at > last ? last : at]!;
}

type Descriptor = { readonly count: number; readonly first: number; readonly bits: number };

/**
 * `[entries, first value mapped, bits]`. Zero entries are 65,536. The first value mapped has the sign of the pixels, but
 * implicit and careless writers leave it unsigned. Source: PS3.3 §C.7.6.3.1.5, §C.11.1.1.1.
 */
function descriptorOf(ds: DataSet, tag: number, signed: boolean): Descriptor | undefined {
  const [count, first, bits] = numbers(ds, tag);
  if (count === undefined || first === undefined || bits === undefined) return undefined;
  return {
    count: (count & 0xffff) === 0 ? 65_536 : count & 0xffff,
    first: signed ? (first << 16) >> 16 : first,
    bits: bits & 0xffff,
  };
}

/** The table of one item of Modality LUT Sequence or VOI LUT Sequence. */
export function sequenceTable(item: DataSet, signed: boolean): LookupTable | undefined {
  const descriptor = descriptorOf(item, tags.LUTDescriptor, signed);
  if (descriptor === undefined || descriptor.bits < 1 || descriptor.bits > 16) return undefined;
  const entries = entriesOf(item, tags.LUTData, descriptor);
  return entries && { first: descriptor.first, bits: descriptor.bits, entries };
}

/**
 * Entries as 16-bit words, or packed as bytes: tables of 8 bits come both ways. As many as there are: past the end of a
 * table cut short, as past every end, its last entry counts.
 */
function entriesOf(ds: DataSet, tag: number, { count }: Descriptor): Uint16Array | undefined {
  const element = ds.elements.get(tag);
  if (element === undefined || element.items !== undefined) return undefined;
  const bytes = ds.bytes.subarray(element.valueStart, element.valueEnd);
  if (bytes.length === 0) return undefined;
  const packed = bytes.length < 2 * count && bytes.length >= count;
  const entries = new Uint16Array(packed ? count : Math.min(count, bytes.length >> 1));
  if (packed) {
    // Bytes in words of a big endian file stand in each other's place.
    const flip = !ds.littleEndian && element.vr !== 'OB' ? 1 : 0;
    for (let at = 0; at < count; at++) entries[at] = bytes[at ^ flip] ?? 0;
    return entries;
  }
  const littleEndian = ds.littleEndian || element.vr === 'UN';
  for (let at = 0; at < entries.length; at++) {
    const [low, high] = littleEndian ? [bytes[2 * at]!, bytes[2 * at + 1]!] : [bytes[2 * at + 1]!, bytes[2 * at]!];
    entries[at] = low | (high << 8);
  }
  return entries.length > 0 ? entries : undefined;
}

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
  const colours: Uint8Array[] = [];
  let first = 0;
  for (const [descriptorTag, dataTag, segmentedTag] of paletteTags) {
    const descriptor = descriptorOf(ds, descriptorTag, signed);
    if (descriptor === undefined) return undefined;
    const { count } = descriptor;
    const segments = () => numbers(ds, segmentedTag, 2 * wordsPerEntry * count);
    const entries = entriesOf(ds, dataTag, descriptor) ?? expandSegments(segments(), count);
    if (entries === undefined) return undefined;
    first = descriptor.first;
    colours.push(toBytes(entries, descriptor.bits));
  }
  const [red, green, blue] = colours as [Uint8Array, Uint8Array, Uint8Array];
  return { first, red, green, blue };
}

/** Sixteen bits are cut to their upper eight, unless nothing stands there: writers that say 16 and mean 8 exist. */
function toBytes(entries: Uint16Array, bits: number): Uint8Array {
  let most = 0;
  for (const entry of entries) if (entry > most) most = entry;
  const shift = most > 255 ? (bits > 8 ? bits - 8 : 8) : 0;
  return Uint8Array.from(entries, (entry) => Math.min(255, entry >> shift));
}

/** An indirect segment, the longest that may give one entry only. */
const wordsPerEntry = 4;

/**
 * Segments: discrete, linear, and indirect ones that repeat earlier ones. Those of no length say nothing, and are refused.
 *
 * Cost    at most one step for each entry and each word, the repeated ones included.
 * Source  PS3.3 §C.7.9.2.
 */
export function expandSegments(words: readonly number[], count: number): Uint16Array | undefined {
  if (words.length === 0) return undefined;
  const entries = new Uint16Array(count);
  let filled = 0;
  let steps = count + words.length;
  const put = (value: number) => {
    entries[filled++] = value;
  };
  /** Reads from a word so many segments, none of them indirect where `depth` is 1; gives the word behind them. */
  const expand = (from: number, segments: number, depth: number): number | undefined => {
    let at = from;
    for (let done = 0; done < segments && at + 1 < words.length && filled < count; done++) {
      const [opcode, length] = [words[at]!, words[at + 1]!];
      if (length === 0 || steps-- <= 0) return undefined;
      at += 2;
      const room = Math.min(length, count - filled);
      if (opcode === 0) {
        for (let n = 0; n < room; n++) put(words[at + n] ?? 0);
        at += length;
      } else if (opcode === 1) {
        const [start, end] = [filled > 0 ? entries[filled - 1]! : 0, words[at] ?? 0];
        for (let n = 1; n <= room; n++) put(Math.round(start + ((end - start) * n) / length));
        at += 1;
      } else if (opcode === 2 && depth === 0) {
        const target = (words[at] ?? 0) + (words[at + 1] ?? 0) * 65_536;
        if (expand(target, length, 1) === undefined) return undefined;
        at += 2;
      } else return words.length;
    }
    return at;
  };
  if (expand(0, words.length, 0) === undefined || filled === 0) return undefined;
  return entries.fill(entries[filled - 1]!, filled);
}
