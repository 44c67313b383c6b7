import type { DecodedFrame } from '../decode/decoded-frame.ts';
import type { Picture } from '../model/image-model.ts';
import { lookUp } from '../model/lookup-table.ts';
import type { Padding } from '../model/padding.ts';
import type { Presentation } from '../model/presentation.ts';
import type { ValueTransform } from '../model/value-transform.ts';
import type { Look } from './look.ts';
import { cropped, type Region } from './region.ts';
import { extremes, isTabled, storedValues, wideValue } from './value-range.ts';
import { fullRange, type WindowShape, windowFunction } from './window.ts';

/** Grey levels, and the window by which they were made: the one asked for, the header's first, or one made from the values. */
export type GreyPicture = { readonly grey: Uint8Array; readonly window: WindowShape | null };

/**
 * Stored values to grey levels, by a table of all stored values where there are at most 65,536, else one by one.
 *
 * Law     a window that is made from values is made from those of the whole frame, whichever part of it is shown.
 * Cost    one pass over the pixels that are shown; one over all of them where the window must be made from them.
 * Source  PS3.4 §N.2 (the order of the transforms), PS3.3 §C.11.1, §C.11.2; padding is shown black, whatever is inverted.
 */
export function renderGrey(
  frame: DecodedFrame,
  { format, padding, presentation }: Picture,
  transform: ValueTransform,
  look: Look,
  region: Region,
): GreyPicture {
  const modality = modalityOf(transform);
  const { shade, window } = shadeOf(frame, padding, transform, modality, look);
  const present = presenting(presentation ?? { inverse: format.photometric === 'MONOCHROME1' });
  const level = (stored: number): number => {
    if (padding && stored >= padding.from && stored <= padding.to) return 0;
    const shaded = shade(modality(stored));
    // What is no number is no part of a picture either.
    if (Number.isNaN(shaded)) return 0;
    const grey = Math.floor(present(shaded > 255 ? 255 : shaded > 0 ? shaded : 0) + 0.5);
    return look.invert === true ? 255 - grey : grey;
  };
  const shown = cropped(frame, region);
  const { words } = shown;
  // Colours that are shown as grey, and code streams, may leave words behind the last pixel.
  const grey = new Uint8Array(region.width * region.height);
  if (isTabled(shown)) {
    const { mask, shift, storedOf } = storedValues(shown);
    const table = new Uint16Array(mask + 1);
    for (let at = 0; ; ) {
      at = shadeKnown(grey, words as Uint8Array | Uint16Array, table, shift, at);
      if (at === grey.length) break;
      const bits = (words[at]! >> shift) & mask;
      table[bits] = level(storedOf(bits)) + 1;
    }
  } else {
    const value = wideValue(shown);
    for (let at = 0; at < grey.length; at++) grey[at] = level(value(words[at]!));
  }
  return { grey, window };
}

function modalityOf({ slope, intercept, modalityTable }: ValueTransform): (stored: number) => number {
  if (modalityTable) return (stored) => lookUp(modalityTable, stored);
  return (stored) => stored * slope + intercept;
}

/** From 0 … 255 to what is displayed. */
function presenting({ inverse, table }: Presentation): (level: number) => number {
  if (table) {
    const last = table.entries.length - 1;
    const most = 2 ** table.bits - 1;
    return (level) => Math.min(255, (table.entries[Math.round((level / 255) * last)]! / most) * 255);
  }
  // Rounded first, so that inverting twice is the same picture.
  return inverse ? (level) => 255 - Math.floor(level + 0.5) : (level) => level;
}

/** From the modality's value to 0 … 255: the window asked for, the header's window, its VOI table, or what fits the values. */
function shadeOf(
  frame: DecodedFrame,
  padding: Padding | undefined,
  transform: ValueTransform,
  modality: (stored: number) => number,
  { window: wanted }: Look,
): { shade: (value: number) => number; window: WindowShape | null } {
  const [own] = transform.windows;
  // Another center and width, by the function that the header wants.
  const said = wanted ? { ...wanted, shape: own?.shape ?? ('LINEAR' as const) } : own;
  if (said) {
    // Of fractions there is no value half of which could be inside: a window of 0 to 1 would show all of them white.
    const fractions = frame.words instanceof Float32Array || frame.words instanceof Float64Array;
    const window = fractions && said.shape === 'LINEAR' ? { ...said, shape: 'LINEAR_EXACT' as const } : said;
    return { shade: windowFunction(window), window };
  }
  const { voiTable } = transform;
  if (voiTable) {
    const most = 2 ** voiTable.bits - 1;
    return { shade: (value) => (lookUp(voiTable, value) / most) * 255, window: null };
  }
  const [least, greatest] = extremes(frame, padding, modality);
  // Of one value alone there is no span: it is black in any window that begins with it.
  const width = greatest - least || 1;
  return {
    shade: fullRange(least, greatest),
    window: { center: least + width / 2, width, shape: 'LINEAR_EXACT' },
  };
}

/**
 * Shades pixels from the one at `at` on, up to one whose value is not in the table yet, and returns which that is. Of 65,536 values a
 * slice has some thousand. An entry is 1 more than its level, and 0 where there is none; the table is as long as a power of two.
 *
 * Nothing is called in here: with a call, the loop was compiled for each frame anew, and took three times as long.
 */
function shadeKnown(
  grey: Uint8Array,
  words: Uint8Array | Uint16Array,
  table: Uint16Array,
  shift: number,
  at: number,
): number {
  const mask = table.length - 1;
  for (let next = at; next < grey.length; next++) {
    const known = table[(words[next]! >> shift) & mask]!;
    if (known === 0) return next;
    grey[next] = known - 1;
  }
  return grey.length;
}
