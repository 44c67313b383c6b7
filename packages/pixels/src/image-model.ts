import type { DataSet } from '@symbolon/dicom';
import { PixelsError } from './errors.ts';
import { type Palette, paletteOf } from './lookup-table.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { number, numbers, text } from './short-values.ts';
import { firstItem, type ValueTransforms, valueTransforms } from './value-transform.ts';

export const photometrics = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_ICT',
  'YBR_RCT',
] as const;
export type Photometric = (typeof photometrics)[number];

/** How the samples of an image are put into bytes: the Image Pixel Module of PS3.3 §C.7.6.3. */
export type PixelFormat = {
  readonly transferSyntax: string;
  readonly littleEndian: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly photometric: Photometric;
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly planar: 0 | 1;
};

/** What one image is, as its header says. Units: `spacing` in millimetres between rows and between columns. */
export type ImageModel = {
  readonly format: PixelFormat;
  /** As the header claims; `frame-table.ts` knows how many there can be. */
  readonly frames: number;
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

/** 256 megapixels: some times the largest mammogram or slide level that is shown whole. */
const defaultMaxPixels = 2 ** 28;

const photometricNames: ReadonlySet<string> = new Set(photometrics);

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
export function imageModel(ds: DataSet, transferSyntax: string, maxPixels = defaultMaxPixels): ImageModel {
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

function pixelFormat(ds: DataSet, transferSyntax: string, maxPixels: number): PixelFormat {
  const rows = number(ds, tags.Rows);
  const columns = number(ds, tags.Columns);
  if (rows === undefined && columns === undefined)
    throw new PixelsError('PIXELS_MISSING', 'This object holds no picture.');
  if (!rows || !columns || rows < 0 || columns < 0 || rows > 65_535 || columns > 65_535)
    throw invalid('The header gives the picture no rows or no columns.');
  if (rows * columns > maxPixels)
    throw new PixelsError('PIXELS_TOO_LARGE', `A picture of ${columns} by ${rows} pixels is larger than can be shown.`);
  const samples = number(ds, tags.SamplesPerPixel) ?? 1;
  if (samples !== 1 && samples !== 3) throw invalid(`Pixels of ${samples} samples cannot be shown.`);
  const photometric = text(ds, tags.PhotometricInterpretation) ?? (samples === 1 ? 'MONOCHROME2' : 'RGB');
  if (!photometricNames.has(photometric)) throw invalid('The colour space that the header names cannot be shown.');
  if ((samples === 3) === ['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR'].includes(photometric))
    throw invalid('The colour space and the number of samples in the header do not fit together.');
  const bitsAllocated = number(ds, tags.BitsAllocated);
  if (
    bitsAllocated !== 1 &&
    bitsAllocated !== 8 &&
    bitsAllocated !== 16 &&
    bitsAllocated !== 32 &&
    bitsAllocated !== 64
  )
    throw invalid(`Pixels of ${bitsAllocated ?? 'no known number of'} bits cannot be shown.`);
  if (samples === 3 && bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32)
    throw invalid(`Colours of ${bitsAllocated} bits cannot be shown.`);
  // Wrong ones are common and harmless: then all bits count.
  const stored = number(ds, tags.BitsStored) ?? bitsAllocated;
  const bitsStored = stored >= 1 && stored <= bitsAllocated ? stored : bitsAllocated;
  const high = number(ds, tags.HighBit) ?? bitsStored - 1;
  const highBit = high >= bitsStored - 1 && high < bitsAllocated ? high : bitsStored - 1;
  return {
    transferSyntax,
    littleEndian: ds.littleEndian,
    rows,
    columns,
    samples,
    photometric: photometric as Photometric,
    bitsAllocated,
    bitsStored,
    highBit,
    signed: number(ds, tags.PixelRepresentation) === 1 && samples === 1,
    planar: number(ds, tags.PlanarConfiguration) === 1 ? 1 : 0,
  };
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
