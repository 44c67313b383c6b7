import { tags } from '../dictionary/tags.ts';
import { vrForm, vrIndex } from '../dictionary/vr.ts';
import type { DataSet } from '../element.ts';
import { encodingOf, guessForm } from '../parse/encoding.ts';
import { tagAt, u16, u32, undefinedLength } from '../parse/numbers.ts';

type Open = {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  readonly items: boolean;
  readonly untyped: boolean;
};

/**
 * The end of an element that parsing accepted and did not keep, because its tag stood in the data set already.
 * Iterative; reads heads alone.
 */
export function endOfRepeat(ds: DataSet, at: number, to: number): number {
  const { bytes } = ds;
  const open: Open[] = [{ explicit: ds.explicit, littleEndian: ds.littleEndian, items: false, untyped: false }];
  let pos = at;
  do {
    const level = open.at(-1)!;
    const { explicit, littleEndian } = level;
    const tag = tagAt(bytes, pos, littleEndian);
    if (tag === tags.SequenceDelimitationItem || tag === tags.ItemDelimitationItem) {
      // The end of a sequence ends an item whose own end is missing, too.
      if (tag === tags.SequenceDelimitationItem && !level.items) open.pop();
      open.pop();
      pos += 8;
    } else if (level.items) {
      const length = u32(bytes, pos + 4, littleEndian);
      const named = explicit || (level.untyped && encodingOf(bytes, pos + 8, to, littleEndian) === 'explicit');
      if (length === undefinedLength) open.push({ explicit: named, littleEndian, items: false, untyped: false });
      pos += length === undefinedLength ? 8 : 8 + length;
    } else {
      const { valueStart, length, untyped } = headAt(bytes, pos, to, explicit, littleEndian);
      pos = length === undefinedLength ? valueStart : valueStart + length;
      if (length === undefinedLength)
        open.push({ explicit: explicit && !untyped, littleEndian: littleEndian || untyped, items: true, untyped });
    }
  } while (open.length > 1 && pos + 8 <= to);
  return Math.min(pos, to);
}

function headAt(
  bytes: Uint8Array,
  at: number,
  to: number,
  explicit: boolean,
  littleEndian: boolean,
): { valueStart: number; length: number; untyped: boolean } {
  if (!explicit) return { valueStart: at + 8, length: u32(bytes, at + 4, littleEndian), untyped: false };
  const form = vrForm(vrIndex(bytes[at + 4]!, bytes[at + 5]!));
  if (form === 'short') return { valueStart: at + 8, length: u16(bytes, at + 6, littleEndian), untyped: false };
  if (form === 'unknown') return { ...guessForm(bytes, at, littleEndian, (end) => end <= to), untyped: false };
  const untyped = bytes[at + 4] === 0x55 && bytes[at + 5] === 0x4e;
  return { valueStart: at + 12, length: u32(bytes, at + 8, littleEndian), untyped };
}
