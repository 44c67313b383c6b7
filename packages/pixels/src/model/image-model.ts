import type { DataSet } from '@symbolon/dicom';
import { PixelsError } from '../errors.ts';
import { aspectOf, cineOf, planeOf, type Spacing, spacingOf } from './geometry.ts';
import { type ColourProfile, colourProfileOf } from './icc-profile.ts';
import { type Overlay, type OverlayPlane, overlaysOf, overlaysOfFrame } from './overlays.ts';
import { type Padding, paddingOf } from './padding.ts';
import { type Palette, paletteOf, supplementOf } from './palette.ts';
import { type PixelFormat, pixelFormat } from './pixel-format.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { type Presentation, presentationOf } from './presentation.ts';
import { number, text } from './short-values.ts';
import { type Shutter, shutterOf } from './shutters.ts';
import { type ValueTransforms, valueTransforms } from './value-transform.ts';

/** What one image is, as its header says. Units: `spacing` in millimetres between rows and between columns. */
export type ImageModel = {
  readonly format: PixelFormat;
  /** As the header claims; `frame-table.ts` knows how many there can be. */
  readonly frames: number;
  /** Counted from 0; null where the header names none. */
  readonly representative: number | null;
  readonly colour: boolean;
  readonly palette?: Palette | undefined;
  /** Colours of some values of an image in grey. */
  readonly supplement?: Palette | undefined;
  readonly padding?: Padding | undefined;
  readonly transforms: ValueTransforms;
  /** Absent, it is as the photometric interpretation says. */
  readonly presentation?: Presentation | undefined;
  /** The graphics over its frames; `pictureOfFrame` tells those of one. */
  readonly planes?: readonly OverlayPlane[] | undefined;
  readonly shutter?: Shutter | undefined;
  /** What its colours mean, where it says so by an ICC profile of a matrix and curves. */
  readonly colourProfile?: ColourProfile | undefined;
  readonly spacing: readonly [number, number] | null;
  readonly spacingAt: Spacing['at'] | null;
  /** The height of a pixel by its width. */
  readonly aspect: number;
  readonly lossy: boolean;
  readonly number: number | null;
  /** Of its first frame. */
  readonly position: readonly number[] | null;
  readonly orientation: readonly number[] | null;
  readonly cine: { readonly frameMs: number } | null;
};

/** What of an image rendering needs for one frame: plain data, to be handed to a worker. */
export type Picture = Pick<
  ImageModel,
  'format' | 'palette' | 'supplement' | 'padding' | 'presentation' | 'shutter' | 'colourProfile'
> & {
  readonly overlays?: readonly Overlay[] | undefined;
};

/** What rendering needs for a frame, counted from 0. */
export function pictureOfFrame(model: ImageModel, frame: number): Picture {
  const { format, palette, supplement, padding, presentation, shutter, colourProfile, planes } = model;
  const overlays = overlaysOfFrame(planes ?? [], frame);
  return { format, palette, supplement, padding, presentation, shutter, colourProfile, overlays };
}

/**
 * Reads what is needed to show an image out of its header; the pixel data itself need not be there.
 *
 * Law     dimensions are within `maxPixels`; no later step multiplies past what a double holds exactly.
 * Source  PS3.3 §C.7.6.3 (Image Pixel); what is read of other modules stands with their clauses in the files beside this one.
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
  const aspect = aspectOf(ds, spacing);
  return {
    format,
    frames: Math.max(1, Math.floor(number(ds, tags.NumberOfFrames) ?? 1)),
    representative: representativeOf(ds),
    colour,
    palette,
    supplement: colour ? undefined : supplementOf(ds, signed),
    padding: colour ? undefined : paddingOf(ds, format),
    transforms,
    presentation: colour ? undefined : presentationOf(ds, format),
    planes: overlaysOf(ds, format),
    shutter: shutterOf(ds, aspect),
    colourProfile: colour ? colourProfileOf(ds) : undefined,
    spacing: spacing?.between ?? null,
    spacingAt: spacing?.at ?? null,
    aspect,
    lossy: text(ds, tags.LossyImageCompression) === '01',
    number: integer(number(ds, tags.InstanceNumber)),
    ...planeOf(ds),
    cine: cineOf(ds),
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

const integer = (value: number | undefined): number | null =>
  value !== undefined && Number.isSafeInteger(value) ? value : null;

const invalid = (message: string): PixelsError => new PixelsError('PIXELS_HEADER_INVALID', message);
