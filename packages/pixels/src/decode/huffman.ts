import { PixelsError } from '../errors.ts';

/** By the next 16 bits: the code's length in the upper byte, its symbol in the lower; 0 where no code begins so. */
export type HuffmanTable = Uint16Array;

/**
 * The tables of one DHT segment, by their destinations (those of the DC class, which lossless JPEG uses, are 0 to 3).
 * Source  ITU-T T.81 §B.2.4.2, Annex C.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export function huffmanTables(bytes: Uint8Array, from: number, to: number): Map<number, HuffmanTable> {
  const tables = new Map<number, HuffmanTable>();
  for (let at = from; at + 17 <= to; ) {
    const id = bytes[at]!;
    const counts = bytes.subarray(at + 1, at + 17);
    const symbols = counts.reduce((sum, count) => sum + count, 0);
    if (at + 17 + symbols > to) throw damaged();
    // The class, DC or AC, and one of four destinations.
    if ((id & 0xec) !== 0) throw damaged();
    tables.set(id, tableOf(counts, bytes.subarray(at + 17, at + 17 + symbols)));
    at += 17 + symbols;
  }
  return tables;
}

/** `counts[n]` codes of n + 1 bits each, in order. */
function tableOf(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const table = new Uint16Array(65_536);
  let filled = 0;
  let symbol = 0;
  counts.forEach((count, at) => {
    const bits = at + 1;
    const span = 2 ** (16 - bits);
    for (let n = 0; n < count; n++, symbol++) {
      if (filled + span > table.length) throw damaged();
      table.fill((bits << 8) | symbols[symbol]!, filled, filled + span);
      filled += span;
    }
  });
  return table;
}

const damaged = (): PixelsError =>
  new PixelsError('PIXELS_CODE_STREAM_INVALID', 'A Huffman table of the compressed picture is damaged.');
