import { vrForm, vrIndex } from '../dictionary/vr.ts';

export type Encoding = { readonly explicit: boolean; readonly littleEndian: boolean };

/**
 * The encoding that the first element at `at` shows, or `undefined` when it could be either. Looks at that element
 * alone and at no end, so that a file and its identity half are always judged alike.
 */
export function encodingOf(bytes: Uint8Array, at: number, littleEndian: boolean): 'explicit' | 'implicit' | undefined {
  if (at + 8 > bytes.length) return undefined;
  // Read as an implicit length, "UL" and its likes are 16,705 and more, and above 65,535 once a value follows.
  const highWord = littleEndian ? bytes[at + 6]! | bytes[at + 7]! : bytes[at + 4]! | bytes[at + 5]!;
  const index = vrIndex(bytes[at + 4]!, bytes[at + 5]!);
  if (vrForm(index) !== 'unknown') return highWord === 0 ? undefined : 'explicit';
  return index < 0 && highWord === 0 ? 'implicit' : undefined;
}

const undefinedLength = 0xffffffff;

/**
 * Where the value of an explicit element stands whose VR PS3.5 does not know: capitals are a VR of the future (long
 * form, PS3.5 §7.1.2), blanks and `??` are short form, anything unprintable is an implicit element gone astray.
 */
export function guessForm(
  bytes: Uint8Array,
  at: number,
  end: number,
  littleEndian: boolean,
): { valueStart: number; length: number; implicit: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const short = { valueStart: at + 8, length: view.getUint16(at + 6, littleEndian), implicit: false };
  if (vrIndex(bytes[at + 4]!, bytes[at + 5]!) >= 0) {
    if (short.length !== 0 || at + 12 > end) return short;
    const length = view.getUint32(at + 8, littleEndian);
    return at + 12 + length <= end ? { valueStart: at + 12, length, implicit: false } : short;
  }
  const printable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;
  if (printable(bytes[at + 4]!) && printable(bytes[at + 5]!)) return short;
  const length = view.getUint32(at + 4, littleEndian);
  if (length !== undefinedLength && at + 8 + length > end) return short;
  return { valueStart: at + 8, length, implicit: true };
}
