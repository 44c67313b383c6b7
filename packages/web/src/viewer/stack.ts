import type { Image } from '@symbolon/contract';

/** One picture of a stack: a frame of an image. `frame` counts from 1. */
export type Place = { readonly image: Image; readonly imageIndex: number; readonly frame: number };

/**
 * The places of one series, one behind the other, as far as they are known; pages of images come one by one.
 *
 * Law   `starts[i]` is the place of image `i`'s first frame; the last entry is the number of known places.
 */
export type Stack = {
  readonly images: readonly Image[];
  readonly starts: readonly number[];
  /** Known places, and one for each image that is still to come. */
  readonly total: number;
};

/** Objects without pixels have no frame, and still a place where it is said that there is nothing to see. */
const placesOf = ({ frames }: Image): number => Math.max(1, frames);

/** `expected`: how many images the series has; not believed any more once all of them are here. */
export function stackOf(images: readonly Image[], expected: number, complete: boolean): Stack {
  const starts = [0];
  let known = 0;
  for (const image of images) {
    known += placesOf(image);
    starts.push(known);
  }
  const toCome = complete ? 0 : Math.max(0, expected - images.length);
  return { images, starts, total: known + toCome };
}

export function knownPlaces({ starts }: Stack): number {
  return starts.at(-1) ?? 0;
}

/** What stands at a place, counted from 0; nothing where it is not known yet. */
export function placeAt(stack: Stack, index: number): Place | undefined {
  if (index < 0 || index >= knownPlaces(stack)) return undefined;
  let low = 0;
  let high = stack.images.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (stack.starts[middle]! <= index) low = middle;
    else high = middle - 1;
  }
  return { image: stack.images[low]!, imageIndex: low, frame: index - stack.starts[low]! + 1 };
}

export function clampIndex({ total }: Stack, index: number): number {
  return Math.max(0, Math.min(total - 1, Math.round(index)));
}
