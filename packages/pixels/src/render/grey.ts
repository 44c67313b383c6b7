import type { DecodedFrame } from '../decode/decoded-frame.ts';
import type { ImageModel, Picture } from '../model/image-model.ts';
import { lookUp } from '../model/lookup-table.ts';
import type { ValueTransform } from '../model/value-transform.ts';
import { cropped, type Region } from './region.ts';
import { fullRange, type WindowShape, windowFunction } from './window.ts';

/** How a frame is to be shown: a window in place of the header's, everything inverted, a part in place of the whole. */
export type Look = {
  readonly window?: { readonly center: number; readonly width: number } | undefined;
  readonly invert?: boolean;
  readonly region?: Region | undefined;
};

/** Grey levels, and the window by which they were made: the one asked for, the header's first, or one made from the values. */
export type GreyPicture = { readonly grey: Uint8Array; readonly window: WindowShape | null };

type Padding = ImageModel['padding'];
/** Up to here a value indexes a table. */
const maxTableBits = 16;

/**
 * Stored values to grey levels, by a table of all stored values where there are at most 65,536, else one by one.
 *
 * Law     a window that is made from values is made from those of the whole frame, whichever part of it is shown.
 * Cost    one pass over the pixels that are shown; one over all of them where the window must be made from them.
 * Source  PS3.4 §N.2 (the order of the transforms), PS3.3 §C.11.1, §C.11.2; padding is shown black.
 */
export function renderGrey(
  frame: DecodedFrame,
  { format, padding }: Picture,
  transform: ValueTransform,
  look: Look,
  region: Region,
): GreyPicture {
  const modality = modalityOf(transform);
  const { shade, window } = shadeOf(frame, padding, transform, modality, look);
  const inverted = (format.photometric === 'MONOCHROME1') !== (look.invert === true);
  const level = (stored: number): number => {
    if (padding && stored >= padding.from && stored <= padding.to) return 0;
    const grey = Math.floor(shade(modality(stored)) + 0.5);
    const bounded = grey > 255 ? 255 : grey > 0 ? grey : 0;
    return inverted ? 255 - bounded : bounded;
  };
  const { words } = cropped(frame, region);
  const grey = new Uint8Array(words.length);
  if (isTabled(frame)) {
    const { mask, shift, storedOf } = storedValues(frame);
    const table = new Uint8Array(mask + 1);
    for (let bits = 0; bits <= mask; bits++) table[bits] = level(storedOf(bits));
    if (shift === 0) for (let at = 0; at < words.length; at++) grey[at] = table[words[at]! & mask]!;
    else for (let at = 0; at < words.length; at++) grey[at] = table[(words[at]! >> shift) & mask]!;
  } else {
    const value = wideValue(frame);
    for (let at = 0; at < words.length; at++) grey[at] = level(value(words[at]!));
  }
  return { grey, window };
}

const isTabled = ({ words, bitsStored }: DecodedFrame): boolean =>
  bitsStored <= maxTableBits && (words instanceof Uint8Array || words instanceof Uint16Array);

function modalityOf({ slope, intercept, modalityTable }: ValueTransform): (stored: number) => number {
  if (modalityTable) return (stored) => lookUp(modalityTable, stored);
  return (stored) => stored * slope + intercept;
}

/** Where the bits of a stored value lie in its word, and what number they are. */
function storedValues({ bitsStored, highBit, signed }: DecodedFrame): {
  mask: number;
  shift: number;
  storedOf: (bits: number) => number;
} {
  const sign = 2 ** (bitsStored - 1);
  return {
    mask: 2 ** bitsStored - 1,
    shift: highBit + 1 - bitsStored,
    storedOf: signed ? (bits) => (bits >= sign ? bits - 2 * sign : bits) : (bits) => bits,
  };
}

/** The number in a word that indexes no table: 32 bits, or floating point. */
function wideValue({ words, bitsStored, highBit, signed }: DecodedFrame): (word: number) => number {
  if (!(words instanceof Uint32Array)) return (word) => word;
  const [left, right] = [31 - highBit, 32 - bitsStored];
  return signed ? (word) => (word << left) >> right : (word) => (word << left) >>> right;
}

/** From the modality's value to 0 … 255: the window asked for, the header's window, its VOI table, or what fits the values. */
function shadeOf(
  frame: DecodedFrame,
  padding: Padding,
  transform: ValueTransform,
  modality: (stored: number) => number,
  { window: wanted }: Look,
): { shade: (value: number) => number; window: WindowShape | null } {
  const [own] = transform.windows;
  // Another center and width, by the function that the header wants.
  const window = wanted ? { ...wanted, shape: own?.shape ?? 'LINEAR' } : own;
  if (window) return { shade: windowFunction(window), window };
  const { voiTable } = transform;
  if (voiTable) {
    const most = 2 ** voiTable.bits - 1;
    return { shade: (value) => (lookUp(voiTable, value) / most) * 255, window: null };
  }
  const [a, b] = extremes(frame, padding, modality);
  const [least, greatest] = a <= b ? [a, b] : [b, a];
  const width = Math.max(greatest - least, 1);
  return { shade: fullRange(least, greatest), window: { center: least + width / 2, width, shape: 'LINEAR_EXACT' } };
}

/**
 * The least and greatest value of a frame. Pictures of at most 8 bits that say nothing of a window are made for the screen
 * already: theirs is the whole range, so that a dark frame of a cine stays dark.
 */
function extremes(frame: DecodedFrame, padding: Padding, modality: (stored: number) => number): [number, number] {
  const { words, bitsStored } = frame;
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const see = (stored: number) => {
    if (padding && stored >= padding.from && stored <= padding.to) return;
    if (stored < least) least = stored;
    if (stored > greatest) greatest = stored;
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
  return least <= greatest ? [modality(least), modality(greatest)] : [0, 0];
}
