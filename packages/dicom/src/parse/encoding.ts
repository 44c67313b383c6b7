import { vrForm, vrIndex } from '../dictionary/vr.ts';
import { tagAt, u16, u32, undefinedLength } from './numbers.ts';

export type Encoding = { readonly explicit: boolean; readonly littleEndian: boolean };

/**
 * The encoding that the first element at `at` shows, or `undefined` when it could be either. Looks at that element's
 * head alone, so that a file and its identity half are always judged alike; `end` is that of the bytes.
 */
export function encodingOf(
  bytes: Uint8Array,
  at: number,
  end: number,
  littleEndian: boolean,
): 'explicit' | 'implicit' | undefined {
  if (at + 8 > end) return undefined;
  // Read as an implicit length, "UL" and its likes are 16,705 and more, and above 65,535 once a value follows.
  const highWord = littleEndian ? bytes[at + 6]! | bytes[at + 7]! : bytes[at + 4]! | bytes[at + 5]!;
  const index = vrIndex(bytes[at + 4]!, bytes[at + 5]!);
  if (vrForm(index) !== 'unknown') return highWord === 0 ? undefined : 'explicit';
  return index < 0 && highWord === 0 ? 'implicit' : undefined;
}

/**
 * Where the value of an explicit element stands whose VR PS3.5 does not know: capitals are a VR of the future (long
 * form, PS3.5 §7.1.2), blanks and `??` are short form, anything unprintable is an implicit element gone astray.
 * `reaches` says whether the enclosing data set goes that far.
 */
export function guessForm(
  bytes: Uint8Array,
  at: number,
  littleEndian: boolean,
  reaches: (to: number) => boolean,
): { valueStart: number; length: number; implicit: boolean; ambiguous?: boolean } {
  const short = { valueStart: at + 8, length: u16(bytes, at + 6, littleEndian), implicit: false };
  if (vrIndex(bytes[at + 4]!, bytes[at + 5]!) >= 0) {
    if (!reaches(at + 12)) return short;
    const length = u32(bytes, at + 8, littleEndian);
    // Reserved bytes that are not zero: a short length, unless both readings stay within the data set (DCMTK takes the long).
    if (short.length !== 0) return { ...short, ambiguous: reaches(at + 8 + short.length) && reaches(at + 12 + length) };
    if (beginsElement(bytes, at, littleEndian, reaches)) return short;
    return reaches(at + 12 + length) ? { valueStart: at + 12, length, implicit: false } : short;
  }
  const printable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;
  if (printable(bytes[at + 4]!) && printable(bytes[at + 5]!)) return short;
  const length = u32(bytes, at + 4, littleEndian);
  if (length !== undefinedLength && !reaches(at + 8 + length)) return short;
  return { valueStart: at + 8, length, implicit: true };
}

/** Whether an empty short element at `at` would be followed by another one, as a long one's length seldom looks. */
function beginsElement(
  bytes: Uint8Array,
  at: number,
  littleEndian: boolean,
  reaches: (to: number) => boolean,
): boolean {
  if (!reaches(at + 14)) return false;
  const next = tagAt(bytes, at + 8, littleEndian);
  const known = vrForm(vrIndex(bytes[at + 12]!, bytes[at + 13]!)) !== 'unknown';
  // Lengths below 65,536 look like group lengths, which nobody writes any more.
  return known && next > tagAt(bytes, at, littleEndian) && (next & 0xffff) !== 0;
}
