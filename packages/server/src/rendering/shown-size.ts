import type { ImageModel } from '@symbolon/pixels';

export type ShownSize = { readonly width: number; readonly height: number };

/** A picture as it is shown, its pixels square: so many of them, and no edge longer. */
export const maxPicturePixels = 128 * 1024 * 1024;
const maxEdge = 16_384;

export const isTooLarge = ({ width, height }: ShownSize): boolean =>
  width > maxEdge || height > maxEdge || width * height > maxPicturePixels;

/** The size of a picture whose pixels are square: of pixels that are not, one edge is made longer, and nothing lost. */
export function squareSize({ format: { rows, columns }, aspect }: Pick<ImageModel, 'format' | 'aspect'>): ShownSize {
  return aspect >= 1
    ? { width: columns, height: Math.round(rows * aspect) }
    : { width: Math.round(columns / aspect), height: rows };
}

/** No edge longer than `longest`, the proportions kept; never enlarged. */
export function within({ width, height }: ShownSize, longest: number | undefined): ShownSize {
  const scale = Math.min(1, (longest ?? Number.POSITIVE_INFINITY) / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
