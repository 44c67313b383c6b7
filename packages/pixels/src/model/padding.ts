import type { DataSet } from '@symbolon/dicom';
import type { PixelFormat } from './pixel-format.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { number } from './short-values.ts';

/** Stored values from … to … that are no part of the picture. */
export type Padding = { readonly from: number; readonly to: number };

/**
 * Padding has the sign of the pixels, whatever VR it was written with; that of floating point has elements of its own.
 *
 * Source  PS3.3 §C.7.5.1.1.2, §C.7.6.24 (Floating Point Image Pixel), §C.7.6.25 (Double Floating Point Image Pixel).
 */
export function paddingOf(ds: DataSet, { signed, bitsAllocated }: PixelFormat): Padding | undefined {
  const asStored = (raw: number) => (signed ? (raw << 16) >> 16 : raw & 0xffff);
  if (bitsAllocated <= 16) return range(ds, tags.PixelPaddingValue, tags.PixelPaddingRangeLimit, asStored);
  return bitsAllocated === 32
    ? range(ds, tags.FloatPixelPaddingValue, tags.FloatPixelPaddingRangeLimit, Math.fround)
    : range(ds, tags.DoubleFloatPixelPaddingValue, tags.DoubleFloatPixelPaddingRangeLimit, (value) => value);
}

function range(ds: DataSet, tag: number, limitTag: number, asStored: (raw: number) => number): Padding | undefined {
  const value = number(ds, tag);
  if (value === undefined) return undefined;
  const [a, b] = [asStored(value), asStored(number(ds, limitTag) ?? value)];
  return Number.isNaN(a + b) ? undefined : { from: Math.min(a, b), to: Math.max(a, b) };
}
