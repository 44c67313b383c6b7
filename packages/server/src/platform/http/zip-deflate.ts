import { crc32 } from 'node:zlib';

/** A block that holds bytes as they are says how many in 16 bits. */
const blockBytes = 0xffff;
const blockHead = 5;

/** How long so many bytes are in such blocks; none are one empty block. */
export const deflatedLength = (bytes: number): number => bytes + blockHead * Math.max(1, Math.ceil(bytes / blockBytes));

/**
 * Bytes in the form of deflate without compressing them, and their CRC-32 so far.
 *
 * Law     what comes out is exactly as long as `deflatedLength` says of `bytes`; pieces that are more or fewer make it throw.
 * Source  RFC 1951 §3.2.4: BFINAL and BTYPE 00 in one byte, LEN, and its complement.
 */
export async function* deflatedAsItIs(
  pieces: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<{ readonly crc: number; readonly piece: Uint8Array }> {
  let crc = 0;
  /** Bytes for which no block has begun, and what is missing in the one that has. */
  let [left, open] = [bytes, 0];
  for await (const piece of pieces) {
    if (piece.length > left + open) throw new Error('a file for a zip is longer than it says');
    crc = crc32(piece, crc);
    const out = Buffer.allocUnsafe(piece.length + blockHead * Math.ceil(Math.max(0, piece.length - open) / blockBytes));
    let [from, to] = [0, 0];
    while (from < piece.length) {
      if (open === 0) {
        open = Math.min(blockBytes, left);
        left -= open;
        to = putHead(out, to, open, left === 0);
      }
      const some = Math.min(open, piece.length - from);
      out.set(piece.subarray(from, from + some), to);
      from += some;
      to += some;
      open -= some;
    }
    yield { crc, piece: out };
  }
  if (left + open > 0) throw new Error('a file for a zip is shorter than it says');
  if (bytes === 0) {
    const empty = Buffer.alloc(blockHead);
    putHead(empty, 0, 0, true);
    yield { crc, piece: empty };
  }
}

function putHead(into: Buffer, at: number, length: number, isLast: boolean): number {
  into.writeUInt8(isLast ? 1 : 0, at);
  into.writeUInt16LE(length, at + 1);
  into.writeUInt16LE(length ^ 0xffff, at + 3);
  return at + blockHead;
}
