import { deflatedLength } from './zip-deflate.ts';

/** An entry as the list at the end names it. `at`: where its local header begins. */
export type ZippedEntry = { readonly name: Buffer; readonly bytes: number; crc: number; readonly at: number };

/** Where a number does not fit, this stands, and a ZIP64 field has it (§4.4.1.4). */
const full32 = 0xffffffff;
const full16 = 0xffff;
/** §4.4.3: 2.0 for deflate, 4.5 for ZIP64. Made on UNIX (§4.4.2): so the mode of a file is told. */
const versions = { deflate: 20, zip64: 45, unix: 3 << 8 } as const;
/** §4.4.4: CRC and lengths stand behind the entry, names are UTF-8. */
const flags = 0x0808;
const deflate = 8;
const plainFile = 0o100644 * 0x10000;

const needsZip64 = ({ bytes }: ZippedEntry): boolean => deflatedLength(bytes) >= full32;

/** §4.3.7. */
export function localHeader(entry: ZippedEntry, now: Date): Buffer {
  const large = needsZip64(entry);
  // Lengths of 8 bytes in the descriptor are announced by this field; in it they are not known yet (§4.5.3).
  const extra = Buffer.concat([modified(now), ...(large ? [zip64([0, 0])] : [])]);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(large ? versions.zip64 : versions.deflate, 4);
  putCommon(head, 6, now);
  if (large) {
    head.writeUInt32LE(full32, 18);
    head.writeUInt32LE(full32, 22);
  }
  head.writeUInt16LE(entry.name.length, 26);
  head.writeUInt16LE(extra.length, 28);
  return Buffer.concat([head, entry.name, extra]);
}

/** §4.3.9. */
export function dataDescriptor(entry: ZippedEntry): Buffer {
  const large = needsZip64(entry);
  const behind = Buffer.alloc(large ? 24 : 16);
  behind.writeUInt32LE(0x08074b50, 0);
  behind.writeUInt32LE(entry.crc, 4);
  if (large) {
    behind.writeBigUInt64LE(BigInt(deflatedLength(entry.bytes)), 8);
    behind.writeBigUInt64LE(BigInt(entry.bytes), 16);
  } else {
    behind.writeUInt32LE(deflatedLength(entry.bytes), 8);
    behind.writeUInt32LE(entry.bytes, 12);
  }
  return behind;
}

/** §4.3.12. */
export function centralHeader(entry: ZippedEntry, now: Date): Buffer {
  const { name, bytes, crc, at } = entry;
  const large = needsZip64(entry);
  // In the order of the field, and those alone that do not fit (§4.5.3).
  const long = [...(large ? [bytes, deflatedLength(bytes)] : []), ...(at >= full32 ? [at] : [])];
  const extra = Buffer.concat([modified(now), ...(long.length > 0 ? [zip64(long)] : [])]);
  const version = long.length > 0 ? versions.zip64 : versions.deflate;
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(versions.unix | version, 4);
  head.writeUInt16LE(version, 6);
  putCommon(head, 8, now);
  head.writeUInt32LE(crc, 16);
  head.writeUInt32LE(large ? full32 : deflatedLength(bytes), 20);
  head.writeUInt32LE(large ? full32 : bytes, 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE(plainFile, 38);
  head.writeUInt32LE(Math.min(at, full32), 42);
  return Buffer.concat([head, name, extra]);
}

/** §4.3.14 to §4.3.16. `start` and `end`: of the list of entries. */
export function endOfZip(count: number, start: number, end: number): Buffer {
  const bytes = end - start;
  const short = Buffer.alloc(22);
  short.writeUInt32LE(0x06054b50, 0);
  short.writeUInt16LE(Math.min(count, full16), 8);
  short.writeUInt16LE(Math.min(count, full16), 10);
  short.writeUInt32LE(Math.min(bytes, full32), 12);
  short.writeUInt32LE(Math.min(start, full32), 16);
  if (count < full16 && bytes < full32 && start < full32) return short;
  const long = Buffer.alloc(56);
  long.writeUInt32LE(0x06064b50, 0);
  long.writeBigUInt64LE(BigInt(long.length - 12), 4);
  long.writeUInt16LE(versions.unix | versions.zip64, 12);
  long.writeUInt16LE(versions.zip64, 14);
  long.writeBigUInt64LE(BigInt(count), 24);
  long.writeBigUInt64LE(BigInt(count), 32);
  long.writeBigUInt64LE(BigInt(bytes), 40);
  long.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(end), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([long, locator, short]);
}

/** Flags, method and the time of MS-DOS (§4.4.6), which has no zone and no odd seconds. */
function putCommon(head: Buffer, at: number, now: Date): void {
  head.writeUInt16LE(flags, at);
  head.writeUInt16LE(deflate, at + 2);
  head.writeUInt16LE((now.getUTCHours() << 11) | (now.getUTCMinutes() << 5) | (now.getUTCSeconds() >> 1), at + 4);
  const years = Math.min(Math.max(now.getUTCFullYear() - 1980, 0), 127);
  head.writeUInt16LE((years << 9) | ((now.getUTCMonth() + 1) << 5) | now.getUTCDate(), at + 6);
}

/** The time in UTC: Info-ZIP's extended timestamp, 0x5455. */
function modified(now: Date): Buffer {
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x5455, 0);
  field.writeUInt16LE(5, 2);
  field.writeUInt8(1, 4);
  field.writeUInt32LE(Math.floor(now.getTime() / 1000) >>> 0, 5);
  return field;
}

function zip64(numbers: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * numbers.length);
  field.writeUInt16LE(0x0001, 0);
  field.writeUInt16LE(8 * numbers.length, 2);
  for (const [index, number] of numbers.entries()) field.writeBigUInt64LE(BigInt(number), 4 + 8 * index);
  return field;
}
