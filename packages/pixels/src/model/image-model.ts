import type { DataSet } from '@symbolon/dicom';
import { PixelsError } from '../errors.ts';
import { type Palette, paletteOf } from './lookup-table.ts';
import { type PixelFormat, pixelFormat } from './pixel-format.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { number, numbers, text } from './short-values.ts';
import { firstItem, type ValueTransforms, valueTransforms } from './value-transform.ts';

/** What one image is, as its header says. Units: `spacing` in millimetres between rows and between columns. */
export type ImageModel = {
  readonly format: PixelFormat;
  /** As the header claims; `frame-table.ts` knows how many there can be. */
  readonly frames: number;
  /** Counted from 0; null where the header names none. */
  readonly representative: number | null;
  readonly colour: boolean;
  readonly palette?: Palette | undefined;
  /** Stored values from … to … that are no part of the picture. */
  readonly padding?: { readonly from: number; readonly to: number } | undefined;
  readonly transforms: ValueTransforms;
  readonly spacing: readonly [number, number] | null;
  /** The height of a pixel by its width. */
  readonly aspect: number;
  readonly lossy: boolean;
  readonly number: number | null;
  readonly position: readonly number[] | null;
  readonly orientation: readonly number[] | null;
};

/** What of an image rendering needs, whichever frame it is. */
export type Picture = Pick<ImageModel, 'format' | 'palette' | 'padding'>;

/**
 * Reads what is needed to show an image out of its header; the pixel data itself need not be there.
 *
 * Law     dimensions are within `maxPixels`; no later step multiplies past what a double holds exactly.
 * Source  PS3.3 §C.7.6.3 (Image Pixel), §C.7.6.2 (Image Plane), §C.11.1, §C.11.2, §C.7.6.16.2.
 *
 * @throws PixelsError PIXELS_MISSING         the header describes no picture
 * @throws PixelsError PIXELS_HEADER_INVALID  what it says cannot be
 * @throws PixelsError PIXELS_TOO_LARGE
 */
export function imageModel(ds: DataSet, transferSyntax: string, maxPixels?: number): ImageModel {
  const format = pixelFormat(ds, transferSyntax, maxPixels);
  const { signed, photometric, samples } = format;
  const palette = photometric === 'PALETTE COLOR' ? paletteOf(ds, signed) : undefined;
  if (photometric === 'PALETTE COLOR' && palette === undefined)
    throw invalid('The image is coloured by a palette, and the palette is not whole.');
  const colour = samples === 3 || palette !== undefined;
  const transforms = valueTransforms(ds, signed);
  const spacing = spacingOf(ds);
  return {
    format,
    frames: Math.max(1, Math.floor(number(ds, tags.NumberOfFrames) ?? 1)),
    representative: representativeOf(ds),
    colour,
    palette,
    padding: colour ? undefined : paddingOf(ds, format),
    transforms,
    spacing,
    aspect: aspectOf(ds, spacing),
    lossy: text(ds, tags.LossyImageCompression) === '01',
    number: integer(number(ds, tags.InstanceNumber)),
    position: vector(ds, tags.ImagePositionPatient, 3),
    orientation: vector(ds, tags.ImageOrientationPatient, 6),
  };
}

/**
 * The frame that stands for all of them: the one that the header names, or else the middle one, since the first is often a
 * corner of the body, or black.
 *
 * Units   counted from 0; `frames` is how many there can be, where that is known to be fewer than the header claims.
 * Source  PS3.3 §C.7.6.6.1.2 (Representative Frame Number).
 */
export function representativeFrame({ representative, frames: claimed }: ImageModel, frames = claimed): number {
  return representative !== null && representative < frames ? representative : Math.floor(frames / 2);
}

function representativeOf(ds: DataSet): number | null {
  const named = integer(number(ds, tags.RepresentativeFrameNumber));
  return named !== null && named >= 1 ? named - 1 : null;
}

/** Padding has the sign of the pixels, whatever VR it was written with. Source: PS3.3 §C.7.5.1.1.2. */
function paddingOf(ds: DataSet, { signed, bitsAllocated }: PixelFormat): ImageModel['padding'] {
  const value = number(ds, tags.PixelPaddingValue);
  if (value === undefined || bitsAllocated > 16) return undefined;
  const asStored = (raw: number) => (signed ? (raw << 16) >> 16 : raw & 0xffff);
  const limit = number(ds, tags.PixelPaddingRangeLimit) ?? value;
  const [a, b] = [asStored(value), asStored(limit)];
  return { from: Math.min(a, b), to: Math.max(a, b) };
}

function spacingOf(ds: DataSet): readonly [number, number] | null {
  const shared = firstItem(ds, tags.SharedFunctionalGroupsSequence);
  const perFrame = firstItem(ds, tags.PerFrameFunctionalGroupsSequence);
  const measures = firstItem(perFrame, tags.PixelMeasuresSequence) ?? firstItem(shared, tags.PixelMeasuresSequence);
  const candidates = [
    numbers(ds, tags.PixelSpacing),
    measures ? numbers(measures, tags.PixelSpacing) : [],
    numbers(ds, tags.ImagerPixelSpacing),
  ];
  for (const [between, across] of candidates) {
    if (between !== undefined && across !== undefined && between > 0 && across > 0 && Number.isFinite(between + across))
      return [between, across];
  }
  return null;
}

/** Beyond 16 to 1 it is a mistake, not a pixel. */
function aspectOf(ds: DataSet, spacing: readonly [number, number] | null): number {
  const [vertical, horizontal] = numbers(ds, tags.PixelAspectRatio);
  const aspect = spacing ? spacing[0] / spacing[1] : (vertical ?? 1) / (horizontal ?? 1);
  return aspect >= 1 / 16 && aspect <= 16 ? aspect : 1;
}

function vector(ds: DataSet, tag: number, length: number): number[] | null {
  const values = numbers(ds, tag);
  return values.length === length && values.every(Number.isFinite) ? values : null;
}

const integer = (value: number | undefined): number | null =>
  value !== undefined && Number.isSafeInteger(value) ? value : null;

const invalid = (message: string): PixelsError => new PixelsError('PIXELS_HEADER_INVALID', message);
