import type { HuffmanTable } from './huffman.ts';
import { damagedJpeg } from './jpeg-segments.ts';

/** Bits of entropy coded JPEG data: stuffed zeros are skipped, and before a marker it stands still. Source: ITU-T T.81 §F.2.2.5. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  /** The lowest `#count` bits are still to be read. */
  #bits = 0;
  #count = 0;
  /** Zero bits that were made up behind the end. */
  #madeUp = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** What the next Huffman code stands for. */
  symbol(table: HuffmanTable): number {
    if (this.#count < 16) this.#fill();
    const found = table[(this.#bits >>> (this.#count - 16)) & 0xffff]!;
    if (found === 0) throw damagedJpeg();
    this.#count -= found >> 8;
    return found & 0xff;
  }

  /** The next bits, at most 16, as a number. */
  bits(count: number): number {
    if (this.#count < count) this.#fill();
    this.#count -= count;
    return (this.#bits >>> this.#count) & ((1 << count) - 1);
  }

  /** A number of so many bits whose lower half is negative (§F.2.2.1). */
  signed(size: number): number {
    const bits = this.bits(size);
    return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
  }

  /** One coded difference (§H.1.2.2): a Huffman code for its magnitude, then its bits. */
  difference(table: HuffmanTable): number {
    const size = this.symbol(table);
    if (size === 0) return 0;
    // A difference of 16 bits is one number, without bits of its own.
    if (size === 16) return 32_768;
    if (size > 16) throw damagedJpeg();
    return this.signed(size);
  }

  /** Goes on behind the next RSTn. */
  restart(): void {
    const at = this.markerAt();
    if ((this.#bytes[at + 1]! & 0xf8) !== 0xd0) throw damagedJpeg();
    this.#at = at + 2;
    this.#bits = 0;
    this.#count = 0;
    this.#madeUp = 0;
  }

  /** Whether bits were read that are not there. */
  isPastEnd(): boolean {
    return this.#madeUp > this.#count;
  }

  /** The offset of the marker that follows. */
  markerAt(): number {
    let at = this.#at;
    while (at + 1 < this.#bytes.length) {
      if (this.#bytes[at] === 0xff && this.#bytes[at + 1] !== 0 && this.#bytes[at + 1] !== 0xff) return at;
      at += 1;
    }
    return at;
  }

  /** At most 24 bits are left when it adds eight: 32 fit. */
  #fill(): void {
    while (this.#count <= 24) {
      const byte = this.#bytes[this.#at];
      const marker = byte === 0xff && this.#bytes[this.#at + 1] !== 0;
      if (byte === undefined || marker) {
        this.#bits <<= 8;
        this.#madeUp += 8;
      } else {
        this.#bits = (this.#bits << 8) | byte;
        this.#at += byte === 0xff ? 2 : 1;
      }
      this.#count += 8;
    }
  }
}
