/**
 * Joins frames of single bits, which begin where the one before ended, be that within a byte. Frames of whole bytes pass as they are.
 * Source  PS3.5 §8.1.1, Annex D.
 */
export class BitJoiner {
  readonly #frameBits: number;
  /** Bits that do not fill a byte yet, the first in the lowest. */
  #held = 0;
  #heldBits = 0;

  constructor(frameBits: number) {
    this.#frameBits = frameBits;
  }

  /** The whole bytes that there are now. */
  take(frame: Uint8Array): Uint8Array {
    if (this.#frameBits % 8 === 0) return frame;
    const bits = this.#heldBits + this.#frameBits;
    const out = new Uint8Array(Math.ceil(bits / 8));
    out[0] = this.#held;
    for (let at = 0; at < frame.length; at++) {
      const shifted = frame[at]! << this.#heldBits;
      out[at]! |= shifted & 0xff;
      if (at + 1 < out.length) out[at + 1]! = shifted >> 8;
    }
    const whole = Math.floor(bits / 8);
    this.#heldBits = bits % 8;
    this.#held = this.#heldBits === 0 ? 0 : out[whole]!;
    return out.subarray(0, whole);
  }

  /** What is left at the end, filled up with zeros. */
  rest(): Uint8Array {
    return this.#heldBits === 0 ? new Uint8Array(0) : Uint8Array.of(this.#held);
  }
}
