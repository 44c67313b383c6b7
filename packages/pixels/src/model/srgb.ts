/** From XYZ by the white D50 to the linear light of sRGB, row by row. Source: IEC 61966-2-1, adapted to D50 after Bradford. */
export const toLinearSrgb: readonly number[] = [
  ...[3.1338561, -1.6168667, -0.4906146],
  ...[-0.9787684, 1.9161415, 0.033454],
  ...[0.0719453, -0.2289914, 1.4052427],
];

/** The level, of 0 to 255, of a share of the light; past the ends the first and the last. Source: IEC 61966-2-1. */
export function srgbLevel(linear: number): number {
  const bounded = Math.min(Math.max(linear, 0), 1);
  const curved = bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055;
  return Math.round(curved * 255) || 0;
}
