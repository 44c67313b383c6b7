import type { DataSet } from '@symbolon/dicom';
import { PixelsError } from '../errors.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { number, text } from './short-values.ts';
import { codecOf } from './transfer-syntaxes.ts';

export const photometrics = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_PARTIAL_422',
  'YBR_PARTIAL_420',
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
  /** 12: packed without gaps, as ACR-NEMA had it. */
  readonly bitsAllocated: 1 | 8 | 12 | 16 | 32 | 64;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly planar: 0 | 1;
};

/** 256 megapixels: some times the largest mammogram or slide level that is shown whole. */
const defaultMaxPixels = 2 ** 28;

const photometricNames: ReadonlySet<string> = new Set(photometrics);
/** Retired. Source: PS3.3 §C.7.6.3.1.2. */
const retired: ReadonlySet<string> = new Set(['HSV', 'ARGB', 'CMYK']);

/**
 * How the samples lie, as the header says.
 *
 * @throws PixelsError PIXELS_MISSING PIXELS_HEADER_INVALID PIXELS_TOO_LARGE  as `imageModel`
 */
export function pixelFormat(ds: DataSet, transferSyntax: string, maxPixels = defaultMaxPixels): PixelFormat {
  const rows = number(ds, tags.Rows);
  const columns = number(ds, tags.Columns);
  if (rows === undefined && columns === undefined)
    throw new PixelsError('PIXELS_MISSING', 'This object holds no picture.');
  if (!rows || !columns || rows < 0 || columns < 0 || rows > 65_535 || columns > 65_535)
    throw invalid('The header gives the picture no rows or no columns.');
  if (rows * columns > maxPixels)
    throw new PixelsError('PIXELS_TOO_LARGE', `A picture of ${columns} by ${rows} pixels is larger than can be shown.`);
  const samples = number(ds, tags.SamplesPerPixel) ?? 1;
  const photometric = text(ds, tags.PhotometricInterpretation) ?? (samples === 1 ? 'MONOCHROME2' : 'RGB');
  if (!photometricNames.has(photometric)) {
    // A codec that is not known may well have colours of its own, as JPEG XL has: then that is the reason.
    codecOf(transferSyntax);
    const name = retired.has(photometric) ? `of a retired kind (${photometric}), which` : 'that the header names';
    throw invalid(`The colours ${name} cannot be shown.`);
  }
  if (samples !== 1 && samples !== 3) throw invalid(`Pixels of ${samples} samples cannot be shown.`);
  if ((samples === 3) === ['MONOCHROME1', 'MONOCHROME2', 'PALETTE COLOR'].includes(photometric))
    throw invalid('The colour space and the number of samples in the header do not fit together.');
  const bitsAllocated = number(ds, tags.BitsAllocated);
  if (
    bitsAllocated !== 1 &&
    bitsAllocated !== 8 &&
    bitsAllocated !== 12 &&
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

const invalid = (message: string): PixelsError => new PixelsError('PIXELS_HEADER_INVALID', message);
