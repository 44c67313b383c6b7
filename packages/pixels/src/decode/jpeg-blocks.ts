import type { BitReader } from './bit-reader.ts';
import type { HuffmanTable } from './huffman.ts';
import { damagedJpeg } from './jpeg-segments.ts';

/** What the header of a scan says of the coefficients that it brings. Source: ITU-T T.81 §B.2.3. */
export type ScanBand = {
  readonly progressive: boolean;
  readonly first: number;
  readonly last: number;
  /** The bit that came before, or 0 where this scan is the first of its band; and the bit that comes now. */
  readonly high: number;
  readonly low: number;
};
export type BlockTables = { readonly dc: HuffmanTable | undefined; readonly ac: HuffmanTable | undefined };

/** The place in a block, by rows, of each coefficient in the order in which they come. Source: ITU-T T.81 Figure A.6. */
export const zigzag = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21],
  ...[28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61],
  ...[54, 47, 55, 62, 63],
);

/** Reads blocks of one scan, one after the other; between restarts it remembers runs of blocks without coefficients. */
export class BlockDecoder {
  readonly #reader: BitReader;
  readonly #band: ScanBand;
  #emptyBlocks = 0;

  constructor(reader: BitReader, band: ScanBand) {
    this.#reader = reader;
    this.#band = band;
  }

  restart(): void {
    this.#reader.restart();
    this.#emptyBlocks = 0;
  }

  /** Puts one block's coefficients to those at `at`; gives the DC value that predicts the next block's. */
  block(tables: BlockTables, into: Int16Array, at: number, predicted: number): number {
    const { progressive, first, high, low } = this.#band;
    if (first > 0) {
      if (tables.ac === undefined) throw damagedJpeg();
      if (high === 0) this.#bandFirst(tables.ac, into, at);
      else this.#bandRefined(tables.ac, into, at);
      return predicted;
    }
    if (high > 0) {
      if (this.#reader.bits(1) === 1) into[at] = into[at]! | (1 << low);
      return predicted;
    }
    if (tables.dc === undefined) throw damagedJpeg();
    const value = predicted + this.#reader.difference(tables.dc);
    into[at] = value << low;
    if (!progressive) this.#sequential(tables.ac, into, at);
    return value;
  }

  /** Source: ITU-T T.81 §F.2.2.2. */
  #sequential(table: HuffmanTable | undefined, into: Int16Array, at: number): void {
    if (table === undefined) throw damagedJpeg();
    const reader = this.#reader;
    for (let n = 1; n < 64; n++) {
      const symbol = reader.symbol(table);
      const size = symbol & 15;
      if (size === 0) {
        if (symbol !== 0xf0) return;
        n += 15;
        continue;
      }
      n += symbol >> 4;
      if (n > 63) throw damagedJpeg();
      into[at + zigzag[n]!] = reader.signed(size);
    }
  }

  /** Source: ITU-T T.81 §G.1.2.2. */
  #bandFirst(table: HuffmanTable, into: Int16Array, at: number): void {
    if (this.#emptyBlocks > 0) {
      this.#emptyBlocks -= 1;
      return;
    }
    const reader = this.#reader;
    const { first, last, low } = this.#band;
    for (let n = first; n <= last; n++) {
      const symbol = reader.symbol(table);
      const [run, size] = [symbol >> 4, symbol & 15];
      if (size === 0) {
        if (run < 15) {
          this.#emptyBlocks = (1 << run) - 1 + reader.bits(run);
          return;
        }
        n += 15;
        continue;
      }
      n += run;
      if (n > last) throw damagedJpeg();
      into[at + zigzag[n]!] = reader.signed(size) << low;
    }
  }

  /** Source: ITU-T T.81 §G.1.2.3: coefficients that are not zero get one more bit each, between the new ones. */
  #bandRefined(table: HuffmanTable, into: Int16Array, at: number): void {
    const reader = this.#reader;
    const { first, last, low } = this.#band;
    let n = first;
    if (this.#emptyBlocks === 0) {
      while (n <= last) {
        const symbol = reader.symbol(table);
        let run = symbol >> 4;
        const size = symbol & 15;
        if (size > 1) throw damagedJpeg();
        let fresh = 0;
        if (size === 1) fresh = reader.bits(1) === 1 ? 1 << low : -1 << low;
        else if (run < 15) {
          this.#emptyBlocks = (1 << run) + reader.bits(run);
          break;
        }
        for (; n <= last; n++) {
          const to = at + zigzag[n]!;
          if (into[to] !== 0) this.#refine(into, to);
          else if (run > 0) run -= 1;
          else {
            into[to] = fresh;
            break;
          }
        }
        if (n > last && size === 1) throw damagedJpeg();
        n += 1;
      }
    }
    if (this.#emptyBlocks > 0) {
      for (; n <= last; n++) if (into[at + zigzag[n]!] !== 0) this.#refine(into, at + zigzag[n]!);
      this.#emptyBlocks -= 1;
    }
  }

  #refine(into: Int16Array, to: number): void {
    const bit = 1 << this.#band.low;
    const value = into[to]!;
    if (this.#reader.bits(1) === 1 && (Math.abs(value) & bit) === 0) into[to] = value + (value > 0 ? bit : -bit);
  }
}
