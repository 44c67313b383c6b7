import { inverse, product } from '../model/matrices.ts';
import { type OutputSpace, spaces } from '../model/output-profile.ts';

/** Where the curves are steepest, half a step is less than a level. */
const steps = 8_192;

/** In place: colours of sRGB become the same colours in a wider space. Cost: one pass, as `toSrgb`. */
export function fromSrgb(rgb: Uint8Array, space: Exclude<OutputSpace, 'srgb'>): void {
  const { toXyz, curve } = spaces[space];
  const light = Float64Array.from({ length: 256 }, (_, level) => lightOf(level / 255, spaces.srgb.curve));
  const levels = Uint8Array.from({ length: steps + 1 }, (_, step) => Math.round(255 * levelOf(step / steps, curve)));
  const matrix = product(inverse(toXyz), spaces.srgb.toXyz);
  const row = (at: number, r: number, g: number, b: number) =>
    levels[step(matrix[at]! * r + matrix[at + 1]! * g + matrix[at + 2]! * b)]!;
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    const [r, g, b] = [light[rgb[at]!]!, light[rgb[at + 1]!]!, light[rgb[at + 2]!]!];
    rgb[at] = row(0, r, g, b);
    rgb[at + 1] = row(3, r, g, b);
    rgb[at + 2] = row(6, r, g, b);
  }
}

type Curve = (typeof spaces)['srgb']['curve'];

const lightOf = (level: number, { gamma, offset, slope, toe }: Curve): number =>
  level < toe ? slope * level : ((level + offset) / (1 + offset)) ** gamma;

const levelOf = (light: number, { gamma, offset, slope, toe }: Curve): number =>
  light < slope * toe ? light / slope : (1 + offset) * light ** (1 / gamma) - offset;

const step = (light: number): number => Math.min(steps, Math.max(0, Math.round(light * steps)));
