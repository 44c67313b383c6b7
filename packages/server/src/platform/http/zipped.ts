import { deflatedAsItIs } from './zip-deflate.ts';
import { centralHeader, dataDescriptor, endOfZip, localHeader, type ZippedEntry } from './zip-headers.ts';

/** One file of a zip. Units: `bytes` that the pieces have together. */
export type ZipEntry = { readonly name: string; readonly bytes: number; readonly pieces: AsyncIterable<Uint8Array> };

/** The list at the end goes out in pieces of about this size. */
const listBytes = 64 * 1024;

/**
 * A zip of these entries in pieces, nothing of them compressed; ZIP64 where it has to be.
 *
 * Each is in deflate's form, as blocks that hold it as it is: the CRC of what is streamed is known behind it only, and a reader
 * that streams as well finds the end of an entry by deflate's own end, or not at all. Java's ZipInputStream refuses any other.
 *
 * Law     an entry that throws, or has another length than it says, makes the zip throw: it never ends well. Whoever takes no
 *         more lets go of what is open behind the entry.
 * Cost    memory for one piece, and some 100 bytes a name until the end: the list of what is inside comes last.
 * Source  PKWARE APPNOTE 6.3 §4.3 to §4.5; RFC 1951 §3.2.4.
 */
export async function* zipped(entries: AsyncIterable<ZipEntry>, now: Date): AsyncGenerator<Uint8Array> {
  const written: ZippedEntry[] = [];
  let at = 0;
  for await (const { name, bytes, pieces } of entries) {
    const entry: ZippedEntry = { name: Buffer.from(name), bytes, crc: 0, at };
    const head = localHeader(entry, now);
    yield head;
    at += head.length;
    for await (const { crc, piece } of deflatedAsItIs(pieces, bytes)) {
      entry.crc = crc;
      yield piece;
      at += piece.length;
    }
    const behind = dataDescriptor(entry);
    yield behind;
    at += behind.length;
    written.push(entry);
  }
  const start = at;
  let together: Uint8Array[] = [];
  let waiting = 0;
  for (const entry of written) {
    const head = centralHeader(entry, now);
    together.push(head);
    at += head.length;
    waiting += head.length;
    if (waiting < listBytes) continue;
    yield Buffer.concat(together);
    together = [];
    waiting = 0;
  }
  yield Buffer.concat([...together, endOfZip(written.length, start, at)]);
}
