/** In place of a length: what follows ends with a delimiter (PS3.5 §7.1.1). */
export const undefinedLength = 0xffffffff;

/** Unsigned integers of one byte order, where a DataView would be one object more. */

export function u16(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!;
}

export function u32(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return littleEndian
    ? (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
    : ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Group and element, each of the byte order (PS3.5 §7.1.1). */
export function tagAt(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  return u16(bytes, at, littleEndian) * 0x10000 + u16(bytes, at + 2, littleEndian);
}
