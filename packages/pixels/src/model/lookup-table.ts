import type { DataSet } from '@symbolon/dicom';
import { pixelTags as tags } from './pixel-tags.ts';
import { numbers, wordBytes } from './short-values.ts';

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

export type Descriptor = { readonly count: number; readonly first: number; readonly bits: number };

/**
 * `[entries, first value mapped, bits]`. Zero entries are 65,536. The first value mapped has the sign of the pixels, but
 * implicit and careless writers leave it unsigned. Source: PS3.3 §C.7.6.3.1.5, §C.11.1.1.1.
 */
export function descriptorOf(ds: DataSet, tag: number, signed: boolean): Descriptor | undefined {
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
  return entries && { first: descriptor.first, bits: bitsOf(entries, descriptor.bits), entries };
}

/**
 * Entries as 16-bit words, or packed as bytes: tables of 8 bits come both ways. As many as there are: past the end of a
 * table cut short, as past every end, its last entry counts.
 */
export function entriesOf(ds: DataSet, tag: number, { count }: Descriptor): Uint16Array | undefined {
  const bytes = wordBytes(ds, tag, 2 * count);
  if (bytes === undefined) return undefined;
  if (bytes.length < 2 * count && bytes.length >= count) return Uint16Array.from(bytes.subarray(0, count));
  return bytes.length < 2 ? undefined : wordsOf(bytes);
}

export function wordsOf(bytes: Uint8Array): Uint16Array {
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, at) => bytes[2 * at]! | (bytes[2 * at + 1]! << 8));
}

export function greatestOf(entries: Uint16Array): number {
  let greatest = 0;
  for (const entry of entries) if (entry > greatest) greatest = entry;
  return greatest;
}

/**
 * The bits that the entries of a table really have: writers that say 16 and mean 12 exist, and others that say 8 and write 12.
 * What a descriptor says holds unless the greatest entry is past it, or reaches not an eighth of it.
 */
function bitsOf(entries: Uint16Array, said: number): number {
  const needed = Math.max(1, Math.ceil(Math.log2(greatestOf(entries) + 1)));
  return needed > said || (said > 8 && needed <= said - 3 && needed >= 8) ? needed : said;
}
