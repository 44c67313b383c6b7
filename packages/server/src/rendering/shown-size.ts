import type { ImageModel } from '@symbolon/pixels';
import { RenderingError } from './errors.ts';

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
  return scaled({ width, height }, Math.min(1, (longest ?? Number.POSITIVE_INFINITY) / Math.max(width, height)));
}

/** No edge is of no pixel. */
const scaled = ({ width, height }: ShownSize, by: number): ShownSize => ({
  width: Math.max(1, Math.round(width * by)),
  height: Math.max(1, Math.round(height * by)),
});

/** As large as fits into a box, the proportions kept; also larger than it is. */
export function fitted({ width, height }: ShownSize, box: Partial<ShownSize>): ShownSize {
  const { width: across = Number.POSITIVE_INFINITY, height: down = Number.POSITIVE_INFINITY } = box;
  return scaled({ width, height }, Math.min(across / width, down / height));
}

/** A part of a picture, in pixels. */
export type Part = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/**
 * What of the stored pixels is shown, and in which size with square pixels, for a part asked for in square pixels. Where the stored
 * ones are not square, those that the part touches.
 *
 * @throws RenderingError REQUEST_INVALID  the part ends outside of the picture
 */
export function partOf(model: Pick<ImageModel, 'format' | 'aspect'>, asked: Part): { region: Part; shown: ShownSize } {
  const whole = squareSize(model);
  const { left, top, width, height } = asked;
  if (left + width > whole.width || top + height > whole.height)
    throw new RenderingError(
      'REQUEST_INVALID',
      `The region ends outside of the picture, which is ${whole.width} pixels wide and ${whole.height} high. Ask for a region within it.`,
    );
  const { rows, columns } = model.format;
  const [across, down] = [columns / whole.width, rows / whole.height];
  const from = (at: number, scale: number) => Math.floor(at * scale);
  const to = (at: number, scale: number, most: number) => Math.min(most, Math.ceil(at * scale));
  const region = {
    left: from(left, across),
    top: from(top, down),
    width: to(left + width, across, columns) - from(left, across),
    height: to(top + height, down, rows) - from(top, down),
  };
  return { region, shown: { width, height } };
}

/**
 * A part as DICOMweb names it: in columns and rows as they are stored, or in shares of the whole; fractions are rounded to the
 * pixels that it touches. What is not said is the rest.
 */
export type SourcePart = {
  readonly unit: 'pixels' | 'shares';
  readonly left: number;
  readonly top: number;
  readonly width: number | undefined;
  readonly height: number | undefined;
};

/** Rounding of what was written in decimals is no pixel more. */
const hair = 1e-6;

/** The stored pixels of a part, and its size with square ones. @throws RenderingError REQUEST_INVALID  it is not inside */
export function sourcePartOf(
  model: Pick<ImageModel, 'format' | 'aspect'>,
  asked: SourcePart,
): { region: Part; shown: ShownSize } {
  const { rows, columns } = model.format;
  const [across, down] = asked.unit === 'shares' ? [columns, rows] : [1, 1];
  const [left, top] = [asked.left * across, asked.top * down];
  const right = asked.width === undefined ? columns : left + asked.width * across;
  const bottom = asked.height === undefined ? rows : top + asked.height * down;
  if (
    left < 0 ||
    top < 0 ||
    right > columns + hair ||
    bottom > rows + hair ||
    right - left < hair ||
    bottom - top < hair
  )
    throw new RenderingError(
      'REQUEST_INVALID',
      `The region is not inside of the picture, which has ${columns} columns and ${rows} rows. Ask for a region within it.`,
    );
  // Of what is as thin as a hair, one pixel: none has no size that could be counted with.
  const from = (at: number, edge: number): number => Math.min(Math.floor(at + hair), edge - 1);
  const to = (at: number, least: number): number => Math.max(Math.ceil(at - hair), least);
  const [column, row] = [from(left, columns), from(top, rows)];
  const region = { left: column, top: row, width: to(right, column + 1) - column, height: to(bottom, row + 1) - row };
  const part = { rows: region.height, columns: region.width };
  return { region, shown: squareSize({ format: { ...model.format, ...part }, aspect: model.aspect }) };
}
