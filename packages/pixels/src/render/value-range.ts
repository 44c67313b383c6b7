import type { DecodedFrame } from '../decode/decoded-frame.ts';
import type { Padding } from '../model/padding.ts';

/** Up to here a value indexes a table. */
const maxTableBits = 16;

export const isTabled = ({ words, bitsStored }: DecodedFrame): boolean =>
  bitsStored <= maxTableBits && (words instanceof Uint8Array || words instanceof Uint16Array);

/** Where the bits of a stored value lie in its word, and what number they are. */
export function storedValues({ bitsStored, highBit, signed }: DecodedFrame): {
  readonly mask: number;
  readonly shift: number;
  readonly storedOf: (bits: number) => number;
} {
  const sign = 2 ** (bitsStored - 1);
  return {
    mask: 2 ** bitsStored - 1,
    shift: highBit + 1 - bitsStored,
    storedOf: signed ? (bits) => (bits >= sign ? bits - 2 * sign : bits) : (bits) => bits,
  };
}

/** The number in a word that indexes no table: 32 bits, or floating point. */
export function wideValue({ words, bitsStored, highBit, signed }: DecodedFrame): (word: number) => number {
  if (!(words instanceof Uint32Array)) return (word) => word;
  const [left, right] = [31 - highBit, 32 - bitsStored];
  return signed ? (word) => (word << left) >> right : (word) => (word << left) >>> right;
}

/**
 * The least and greatest value of a frame, padding left out. Pictures of at most 8 bits that say nothing of a window are made
 * for the screen already: theirs is the whole range, so that a dark frame of a cine stays dark.
 */
export function extremes(
  frame: DecodedFrame,
  padding: Padding | undefined,
  modality: (stored: number) => number,
): [number, number] {
  const { words, bitsStored } = frame;
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const see = (stored: number) => {
    if (padding && stored >= padding.from && stored <= padding.to) return;
    // A table may turn any order round, so that every value counts.
    const value = modality(stored);
    if (!Number.isFinite(value)) return;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  };
  if (isTabled(frame)) {
    const { mask, shift, storedOf } = storedValues(frame);
    if (bitsStored <= 8) {
      for (let bits = 0; bits <= mask; bits++) see(storedOf(bits));
    } else {
      const seen = new Uint8Array(mask + 1);
      for (let at = 0; at < words.length; at++) seen[(words[at]! >> shift) & mask] = 1;
      for (let bits = 0; bits <= mask; bits++) if (seen[bits] === 1) see(storedOf(bits));
    }
  } else {
    const value = wideValue(frame);
    for (let at = 0; at < words.length; at++) {
      const stored = value(words[at]!);
      if (Number.isFinite(stored)) see(stored);
    }
  }
  return least <= greatest ? [least, greatest] : [0, 0];
}
