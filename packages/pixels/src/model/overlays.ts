import type { DataSet } from '@symbolon/dicom';
import { PixelsError } from '../errors.ts';
import type { PixelFormat } from './pixel-format.ts';
import { number, numbers, text, wordBytes } from './short-values.ts';
import { codecOf } from './transfer-syntaxes.ts';

/** Where the graphics of a plane lie. Units: pixels of the image from its first row and column, which may be left of it or above. */
type Place = {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
};

/**
 * The graphics drawn over one frame: bits of their own, one for each pixel, row after row from the lowest bit of a byte on and
 * from `bitOffset` on, or one bit of the words of the image.
 */
export type Overlay = Place &
  (
    | { readonly kind: 'bits'; readonly bits: Uint8Array; readonly bitOffset: number }
    | { readonly kind: 'embedded'; readonly bit: number }
  );

/** An overlay plane of an image. Units: frames counted from 0; without `frames` it lies over all of them. */
export type OverlayPlane = Overlay & {
  readonly frames?: { readonly first: number; readonly count: number } | undefined;
};

const maxGroups = 16;
/** More than graphics for hundreds of frames take. Bytes. */
const maxOverlayBytes = 32 * 1024 * 1024;

/*
 * The elements of an overlay plane, which stand in groups 6000 to 601E. Source: PS3.3 Table C.9-2. What is embedded in the words
 * of pixels is retired: PS3.3-2004 §C.9.2, PS3.5-2004 §8.1.2.
 */
const elements = {
  OverlayRows: 0x0010,
  OverlayColumns: 0x0011,
  NumberOfFramesInOverlay: 0x0015,
  OverlayType: 0x0040,
  OverlayOrigin: 0x0050,
  ImageFrameOrigin: 0x0051,
  OverlayBitsAllocated: 0x0100,
  OverlayBitPosition: 0x0102,
  OverlayData: 0x3000,
} as const;

/**
 * The graphics of an image. Regions of interest (type R) are no graphics: they are for whoever computes with them.
 *
 * Cost    a copy of the bits; nothing for what a plane claims and has not.
 * Source  PS3.3 §C.9.2.
 *
 * @throws PixelsError PIXELS_TOO_LARGE
 */
export function overlaysOf(ds: DataSet, format: PixelFormat): OverlayPlane[] {
  const planes: OverlayPlane[] = [];
  let left = maxOverlayBytes;
  for (let group = 0; group < maxGroups; group++) {
    const base = (0x6000 + 2 * group) * 0x10000;
    if (text(ds, base + elements.OverlayType) === 'R') continue;
    const plane = ds.elements.has(base + elements.OverlayData)
      ? planeOfBits(ds, base, left)
      : embeddedPlane(ds, base, format);
    if (plane === undefined || (plane.kind === 'embedded' && hasBit(planes, plane.bit))) continue;
    planes.push(plane);
    if (plane.kind === 'bits') left -= plane.bits.length;
  }
  return planes;
}

/** The same bit of every pixel is the same graphics, however many groups name it. */
const hasBit = (planes: readonly OverlayPlane[], bit: number): boolean =>
  planes.some((plane) => plane.kind === 'embedded' && plane.bit === bit);

/** What lies over one frame, counted from 0. */
export function overlaysOfFrame(planes: readonly OverlayPlane[], frame: number): Overlay[] {
  return planes.flatMap(({ frames, ...plane }) => {
    if (frames === undefined || plane.kind === 'embedded') return [plane];
    const at = frame - frames.first;
    if (at < 0 || at >= frames.count) return [];
    const pixels = plane.rows * plane.columns;
    const [from, to] = [at * pixels, (at + 1) * pixels];
    const bits = plane.bits.slice(Math.floor(from / 8), Math.ceil(to / 8));
    return [{ ...plane, bits, bitOffset: from % 8 }];
  });
}

function planeOfBits(ds: DataSet, base: number, most: number): OverlayPlane | undefined {
  const rows = number(ds, base + elements.OverlayRows);
  const columns = number(ds, base + elements.OverlayColumns);
  if (!isSize(rows) || !isSize(columns)) return undefined;
  const [row = 1, column = 1] = numbers(ds, base + elements.OverlayOrigin);
  if (!Number.isSafeInteger(row) || !Number.isSafeInteger(column)) return undefined;
  const said = number(ds, base + elements.NumberOfFramesInOverlay);
  const count = said !== undefined && said >= 1 ? Math.floor(said) : 1;
  const origin = number(ds, base + elements.ImageFrameOrigin);
  const bytes = wordBytes(ds, base + elements.OverlayData, Math.ceil((rows * columns * count) / 8));
  if (bytes === undefined || bytes.every((byte) => byte === 0)) return undefined;
  if (bytes.length > most)
    throw new PixelsError('PIXELS_TOO_LARGE', 'The graphics over this picture are larger than can be shown.');
  const frames =
    said === undefined && origin === undefined ? undefined : { first: Math.max(1, origin ?? 1) - 1, count };
  const place = { top: row - 1, left: column - 1, rows, columns };
  return { kind: 'bits', ...place, bits: bytes.slice(), bitOffset: 0, frames };
}

/** Graphics in a bit of the words that the pixels leave free. What compresses pixels does not carry it. */
function embeddedPlane(ds: DataSet, base: number, format: PixelFormat): OverlayPlane | undefined {
  const { samples, bitsAllocated, bitsStored, highBit, rows, columns, transferSyntax } = format;
  const bit = number(ds, base + elements.OverlayBitPosition);
  const allocated = number(ds, base + elements.OverlayBitsAllocated);
  const inUse = bit !== undefined && bit <= highBit && bit > highBit - bitsStored;
  if (!ds.elements.has(base + elements.OverlayRows) || bit === undefined || inUse) return undefined;
  if (samples !== 1 || bitsAllocated > 16 || allocated !== bitsAllocated || bit < 0 || bit >= bitsAllocated)
    return undefined;
  const codec = codecOf(transferSyntax);
  if (codec !== 'native' && codec !== 'rle' && codec !== 'deflated') return undefined;
  return { kind: 'embedded', top: 0, left: 0, rows, columns, bit };
}

const isSize = (value: number | undefined): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 1 && value <= 65_535;
