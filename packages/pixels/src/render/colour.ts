import type { DecodedFrame } from '../decode/decoded-frame.ts';
import { PixelsError } from '../errors.ts';
import type { Picture } from '../model/image-model.ts';
import type { Padding } from '../model/padding.ts';
import type { Palette } from '../model/palette.ts';
import { toSrgb } from './to-srgb.ts';
import { storedValues } from './value-range.ts';

/** Red, green and blue of each pixel, eight bits each, from whatever colours a frame was decoded to; those of sRGB where they have a profile. */
export function renderColour(
  frame: DecodedFrame,
  { palette, colourProfile }: Pick<Picture, 'palette' | 'colourProfile'>,
  invert: boolean,
): Uint8Array {
  const rgb = colours(frame, palette);
  if (colourProfile) toSrgb(rgb, colourProfile);
  if (invert) for (let at = 0; at < rgb.length; at++) rgb[at] = 255 - rgb[at]!;
  return rgb;
}

/** Always a new array. */
function colours(frame: DecodedFrame, palette: Palette | undefined): Uint8Array {
  switch (frame.space) {
    case 'palette':
      return byPalette(frame, palette);
    case 'ybr-full-422':
      return fromYbr(spread422(frame));
    case 'ybr-full':
      return fromYbr(byPixel(frame));
    case 'ybr-partial-422':
      return fromYbr(fullRange(spread422(frame)));
    case 'ybr-partial':
      return fromYbr(fullRange(byPixel(frame)));
    default:
      return byPixel(frame);
  }
}

function byPalette({ words, bitsStored, highBit, signed }: DecodedFrame, palette: Palette | undefined): Uint8Array {
  if (palette === undefined || !(words instanceof Uint8Array || words instanceof Uint16Array))
    throw new PixelsError('PIXELS_HEADER_INVALID', 'The image is coloured by a palette that does not fit its pixels.');
  const { first, red, green, blue } = palette;
  const [mask, shift, sign] = [2 ** bitsStored - 1, highBit + 1 - bitsStored, 2 ** (bitsStored - 1)];
  const rgb = new Uint8Array(words.length * 3);
  for (let at = 0, to = 0; at < words.length; at++, to += 3) {
    const bits = (words[at]! >> shift) & mask;
    const entry = (signed && bits >= sign ? bits - 2 * sign : bits) - first;
    // Past the ends of a table its first and last entries count (PS3.3 §C.7.6.3.1.5).
    rgb[to] = red[within(entry, red)]!;
    rgb[to + 1] = green[within(entry, green)]!;
    rgb[to + 2] = blue[within(entry, blue)]!;
  }
  return rgb;
}

/** Grey levels with the colours that an image gives to its values from the first of a palette on. Padding has none. */
export function withSupplement(
  grey: Uint8Array,
  frame: DecodedFrame,
  palette: Palette,
  padding: Padding | undefined,
): Uint8Array {
  const { first, red, green, blue } = palette;
  const { mask, shift, storedOf } = storedValues(frame);
  const rgb = new Uint8Array(grey.length * 3);
  for (let at = 0, to = 0; at < grey.length; at++, to += 3) {
    const stored = storedOf((frame.words[at]! >> shift) & mask);
    const coloured = stored >= first && !(padding && stored >= padding.from && stored <= padding.to);
    rgb[to] = coloured ? red[within(stored - first, red)]! : grey[at]!;
    rgb[to + 1] = coloured ? green[within(stored - first, green)]! : grey[at]!;
    rgb[to + 2] = coloured ? blue[within(stored - first, blue)]! : grey[at]!;
  }
  return rgb;
}

const within = (entry: number, table: Uint8Array): number =>
  entry < 0 ? 0 : entry >= table.length ? table.length - 1 : entry;

/** Samples of a pixel side by side, eight bits each. */
function byPixel(frame: DecodedFrame): Uint8Array {
  const { rows, columns, planar } = frame;
  const pixels = rows * columns;
  const bytes = toBytes(frame, pixels * 3);
  if (planar === 0) return bytes;
  const rgb = new Uint8Array(pixels * 3);
  for (let at = 0, to = 0; at < pixels; at++, to += 3) {
    rgb[to] = bytes[at]!;
    rgb[to + 1] = bytes[pixels + at]!;
    rgb[to + 2] = bytes[2 * pixels + at]!;
  }
  return rgb;
}

/** A copy in which the stored bits reach from 0 to 255. Bytes that use more bits than are said to be stored stay as they are. */
function toBytes({ words, bitsStored, highBit }: DecodedFrame, count: number): Uint8Array {
  const asTheyAre = words instanceof Uint8Array && (bitsStored === 8 || words.some((byte) => byte >> highBit > 1));
  if (asTheyAre) return words.slice(0, count);
  const [below, most] = [2 ** (highBit + 1 - bitsStored), 2 ** bitsStored - 1];
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at++)
    bytes[at] = Math.round(((Math.floor(words[at]! / below) % (most + 1)) * 255) / most);
  return bytes;
}

/** Y Y CB CR for two pixels of a row becomes Y CB CR for each. Source: PS3.3 §C.7.6.3.1.2. */
function spread422({ words, rows, columns }: DecodedFrame): Uint8Array {
  const ybr = new Uint8Array(rows * columns * 3);
  for (let from = 0, to = 0; to < ybr.length; from += 4, to += 6) {
    const [blue, red] = [words[from + 2]!, words[from + 3]!];
    ybr[to] = words[from]!;
    ybr[to + 1] = blue;
    ybr[to + 2] = red;
    ybr[to + 3] = words[from + 1]!;
    ybr[to + 4] = blue;
    ybr[to + 5] = red;
  }
  return ybr;
}

/** In place: luma from 16 to 235 and chroma from 16 to 240 become as those of YBR_FULL. Source: PS3.3 §C.7.6.3.1.2. */
function fullRange(pixels: Uint8Array): Uint8Array {
  for (let at = 0; at < pixels.length; at++)
    pixels[at] = bounded(at % 3 === 0 ? ((pixels[at]! - 16) * 255) / 219 : ((pixels[at]! - 128) * 255) / 224 + 128);
  return pixels;
}

/** In place. Source: PS3.3 §C.7.6.3.1.2, the inverse of the equations for YBR_FULL. */
function fromYbr(pixels: Uint8Array): Uint8Array {
  for (let at = 0; at < pixels.length; at += 3) {
    const y = pixels[at]!;
    const blue = pixels[at + 1]! - 128;
    const red = pixels[at + 2]! - 128;
    pixels[at] = bounded(y + 1.402 * red);
    pixels[at + 1] = bounded(y - 0.344136 * blue - 0.714136 * red);
    pixels[at + 2] = bounded(y + 1.772 * blue);
  }
  return pixels;
}

const bounded = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value));
