import type { ImageModel } from '@symbolon/pixels';

export type ShownSize = { readonly width: number; readonly height: number };

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
