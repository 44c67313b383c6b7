import { joinBytes } from './write.ts';

/**
 * A JPEG lossless frame, process 14, first-order prediction (ITU-T T.81 Annex H), of 16-bit samples in one component.
 *
 * All 17 difference classes get a code of five bits: worse than a fitted Huffman table, and right for every picture.
 */
export function jpegLosslessFrame(pixels: Uint8Array, rows: number, columns: number): Uint8Array {
  const samples = new Uint16Array(pixels.slice().buffer);
  const bits = new BitWriter();
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column;
      let predicted = 0x8000;
      if (column > 0) predicted = samples[at - 1]!;
      else if (row > 0) predicted = samples[at - columns]!;
      // Differences are taken modulo 2^16: §H.1.2.1.
      const difference = ((samples[at]! - predicted) << 16) >> 16;
      const category = 32 - Math.clz32(Math.abs(difference));
      bits.put(category, 5);
      if (category > 0 && category < 16) bits.put(difference > 0 ? difference : difference - 1, category);
    }
  }
  const classes = Array.from({ length: 17 }, (_, index) => index);
  return joinBytes([
    Uint8Array.of(0xff, 0xd8),
    segment(0xc3, [16, ...two(rows), ...two(columns), 1, 1, 0x11, 0]),
    segment(0xc4, [0, 0, 0, 0, 0, 17, ...new Array<number>(11).fill(0), ...classes]),
    segment(0xda, [1, 1, 0, 1, 0, 0]),
    bits.finish(),
    Uint8Array.of(0xff, 0xd9),
  ]);
}

const two = (value: number): [number, number] => [value >> 8, value & 0xff];

const segment = (marker: number, content: readonly number[]): Uint8Array =>
  Uint8Array.of(0xff, marker, ...two(content.length + 2), ...content);

class BitWriter {
  readonly #bytes: number[] = [];
  #held = 0;
  #heldBits = 0;

  put(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit -= 1) {
      this.#held = (this.#held << 1) | ((value >> bit) & 1);
      this.#heldBits += 1;
      if (this.#heldBits === 8) this.#flush();
    }
  }

  /** The last byte is filled with ones, and a 0xFF is followed by a zero: §F.1.2.3. */
  finish(): Uint8Array {
    while (this.#heldBits > 0) this.put(1, 1);
    return Uint8Array.from(this.#bytes);
  }

  #flush(): void {
    this.#bytes.push(this.#held);
    if (this.#held === 0xff) this.#bytes.push(0);
    this.#held = 0;
    this.#heldBits = 0;
  }
}
