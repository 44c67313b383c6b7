import type { VoiFunction } from '../model/value-transform.ts';

export type WindowShape = { readonly center: number; readonly width: number; readonly shape: VoiFunction };

/**
 * The window of PS3.3 §C.11.2.1.2 as a function of the modality's value, from 0 to 255 and not yet rounded.
 *
 * LINEAR needs a width of at least 1 and ends where PS3.3 §C.11.2.1.2.1 puts it, half a value inside; a narrower one,
 * which some PET scanners write, is taken as LINEAR_EXACT (§C.11.2.1.3.2). SIGMOID is §C.11.2.1.3.1.
 */
export function windowFunction({ center, width, shape }: WindowShape): (value: number) => number {
  if (shape === 'SIGMOID') return (value) => 255 / (1 + Math.exp((-4 * (value - center)) / width));
  const exact = shape === 'LINEAR_EXACT' || width < 1;
  const middle = exact ? center : center - 0.5;
  const span = exact ? width : width - 1;
  const [low, high] = [middle - span / 2, middle + span / 2];
  return (value) => {
    if (value <= low) return 0;
    if (value > high) return 255;
    return ((value - middle) / span + 0.5) * 255;
  };
}

/** The least value black, the greatest white. */
export function fullRange(least: number, greatest: number): (value: number) => number {
  const span = greatest - least;
  return span > 0 ? (value) => ((value - least) / span) * 255 : () => 0;
}
