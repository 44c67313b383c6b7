import type { Extent } from './geometry.ts';

const sizes = [512, 1024, 2048, 4096] as const;

/** The longest edge to ask for, as the address has it; `full` is without a bound. */
export type PictureSize = (typeof sizes)[number] | 'full';

export const pictureSizes: readonly PictureSize[] = ['full', 4096, 2048, 1024, 512];

/** The smallest that covers the display: a radiograph of 12 megapixels is not sent whole to a phone. */
export function sizeToAsk(picture: Extent, pixelsPerPixel: number): PictureSize {
  const longest = Math.max(picture.width, picture.height);
  // A screen of 1026 pixels shall not cost four times what one of 1024 costs.
  const shown = longest * pixelsPerPixel * 0.97;
  return sizes.find((size) => size >= shown && size < longest) ?? 'full';
}

/** What a picture of that size takes once it is decoded: four bytes a pixel. */
export function decodedBytes(
  { rows, columns }: { readonly rows: number; readonly columns: number },
  size: PictureSize,
): number {
  const longest = Math.max(1, rows, columns);
  const factor = size === 'full' ? 1 : Math.min(1, size / longest);
  return Math.ceil(rows * factor) * Math.ceil(columns * factor) * 4;
}
