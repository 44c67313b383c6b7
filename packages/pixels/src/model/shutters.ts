import type { DataSet } from '@symbolon/dicom';
import { pixelTags as tags } from './pixel-tags.ts';
import { number, numbers, texts } from './short-values.ts';
import { srgbLevel, toLinearSrgb } from './srgb.ts';

/** What of an image is meant to be seen. Units: pixels, the first row and column being 0; `radius` in columns. */
export type ShutterShape =
  | {
      readonly kind: 'rectangular';
      readonly left: number;
      readonly right: number;
      readonly top: number;
      readonly bottom: number;
    }
  | {
      readonly kind: 'circular';
      readonly row: number;
      readonly column: number;
      readonly radius: number;
      /** How many columns are as long as a row is high. */
      readonly aspect: number;
    }
  /** Row, column, row, column …; the last is joined to the first. */
  | { readonly kind: 'polygonal'; readonly vertices: readonly number[] };

/** `grey` and `colour` are what stands outside of all shapes: eight bits each. */
export type Shutter = {
  readonly shapes: readonly ShutterShape[];
  readonly grey: number;
  readonly colour: readonly [number, number, number];
};

/** Shutters are drawn by hand, or are the leaves of a collimator; what has more vertices is none. */
const maxVertices = 1_024;
/** A coordinate of IS and the backslash behind it are at most 13 bytes. */
const maxVerticesBytes = 2 * (maxVertices + 1) * 13;

/**
 * The shutter of an image, undefined where none of its shapes can be drawn: it is there to look better, and never in the way of
 * looking. Bitmap shutters (§C.7.6.15) are in presentation states alone.
 *
 * Source  PS3.3 §C.7.6.11, Table C.7-17a.
 */
export function shutterOf(ds: DataSet, aspect: number): Shutter | undefined {
  const names = new Set(texts(ds, tags.ShutterShape).slice(0, 3));
  const shapes = [
    names.has('RECTANGULAR') ? rectangular(ds) : undefined,
    names.has('CIRCULAR') ? circular(ds, aspect) : undefined,
    names.has('POLYGONAL') ? polygonal(ds) : undefined,
  ].filter((shape) => shape !== undefined);
  if (shapes.length === 0) return undefined;
  const value = number(ds, tags.ShutterPresentationValue) ?? 0;
  const grey = Math.round((Math.min(Math.max(value, 0), 0xffff) / 0xffff) * 255);
  const lab = numbers(ds, tags.ShutterPresentationColorCIELabValue);
  return { shapes, grey, colour: lab.length === 3 ? fromLab(lab as [number, number, number]) : [grey, grey, grey] };
}

function rectangular(ds: DataSet): ShutterShape | undefined {
  const edges = [
    tags.ShutterLeftVerticalEdge,
    tags.ShutterRightVerticalEdge,
    tags.ShutterUpperHorizontalEdge,
    tags.ShutterLowerHorizontalEdge,
  ].map((tag) => number(ds, tag) ?? Number.NaN);
  const [left, right, top, bottom] = edges.map((edge) => edge - 1) as [number, number, number, number];
  if (!edges.every(Number.isFinite) || left > right || top > bottom) return undefined;
  return { kind: 'rectangular', left, right, top, bottom };
}

function circular(ds: DataSet, aspect: number): ShutterShape | undefined {
  const [row = Number.NaN, column = Number.NaN] = numbers(ds, tags.CenterOfCircularShutter);
  const radius = number(ds, tags.RadiusOfCircularShutter) ?? Number.NaN;
  if (!Number.isFinite(row + column + radius) || radius <= 0) return undefined;
  return { kind: 'circular', row: row - 1, column: column - 1, radius, aspect };
}

function polygonal(ds: DataSet): ShutterShape | undefined {
  const values = numbers(ds, tags.VerticesOfThePolygonalShutter, maxVerticesBytes);
  if (values.length < 6 || values.length % 2 === 1 || values.length > 2 * maxVertices) return undefined;
  if (!values.every((value) => Math.abs(value) < 2 ** 31)) return undefined;
  return { kind: 'polygonal', vertices: values.map((value) => value - 1) };
}

/**
 * CIELab in 16 bits each, by the white D50, to sRGB.
 * Source  PS3.3 §C.10.7.1.1 (the encoding).
 */
function fromLab([l16, a16, b16]: readonly [number, number, number]): [number, number, number] {
  const y = ((l16 / 65_535) * 100 + 16) / 116;
  const x = y + ((a16 / 65_535) * 255 - 128) / 500;
  const z = y - ((b16 / 65_535) * 255 - 128) / 200;
  const cubed = (t: number) => (t > 6 / 29 ? t ** 3 : 3 * (6 / 29) ** 2 * (t - 4 / 29));
  const [X, Y, Z] = [0.9642 * cubed(x), cubed(y), 0.8249 * cubed(z)];
  const level = (row: number) =>
    srgbLevel(toLinearSrgb[row]! * X + toLinearSrgb[row + 1]! * Y + toLinearSrgb[row + 2]! * Z);
  return [level(0), level(3), level(6)];
}
