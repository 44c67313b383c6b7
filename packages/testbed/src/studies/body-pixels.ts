import { seeded } from '../writing/random.ts';

/** An ellipse in units of the half image: centre, radii, and the CT number inside. */
type Organ = { readonly x: number; readonly y: number; readonly rx: number; readonly ry: number; readonly hu: number };

const organs: readonly Organ[] = [
  { x: 0, y: 0, rx: 0.86, ry: 0.68, hu: -90 }, // fat
  { x: 0, y: 0, rx: 0.79, ry: 0.61, hu: 45 }, // muscle
  { x: -0.36, y: -0.08, rx: 0.28, ry: 0.36, hu: -820 }, // lungs
  { x: 0.38, y: -0.06, rx: 0.26, ry: 0.35, hu: -820 },
  { x: 0.06, y: -0.12, rx: 0.17, ry: 0.2, hu: 150 }, // heart, with contrast
  { x: 0, y: 0.36, rx: 0.13, ry: 0.12, hu: 420 }, // vertebra
  { x: 0, y: 0.33, rx: 0.05, ry: 0.05, hu: 30 }, // its canal
];

const noiseLength = 1 << 18;

/** Gaussian noise in sixteenths of a Hounsfield unit. */
function noiseTable(seed: number): Int16Array {
  const random = seeded(seed, 'noise');
  const noise = new Int16Array(noiseLength);
  for (let at = 0; at < noiseLength; at += 1) {
    const word = random.uint32();
    // The sum of four bytes has a deviation of 147.8.
    noise[at] = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24) - 510;
  }
  return noise;
}

/**
 * Slices of a body in 12 of 16 bits, intercept -1024: air, fat, muscle, lungs, heart, spine, and noise of the deviation
 * that makes JPEG-LS take a third, as it does on real CT.
 */
export function bodySlices(seed: number, rows: number, columns: number, slices: number): (slice: number) => Uint8Array {
  const noise = noiseTable(seed);
  const offsets = seeded(seed, 'noise offsets');
  const starts = Array.from({ length: slices }, () => offsets.below(noiseLength));
  return (slice) => {
    const pixels = new Uint16Array(rows * columns);
    const level = new Int16Array(columns);
    const z = 1 - 0.25 * Math.abs((2 * slice) / Math.max(1, slices - 1) - 1);
    let read = starts[slice] ?? 0;
    let write = 0;
    for (let row = 0; row < rows; row += 1) {
      const y = (2 * (row + 0.5)) / rows - 1;
      level.fill(-1000);
      for (const organ of organs) {
        const inside = 1 - ((y - organ.y) / (organ.ry * z)) ** 2;
        if (inside <= 0) continue;
        const half = organ.rx * z * Math.sqrt(inside);
        const from = Math.round(((organ.x - half + 1) / 2) * columns);
        level.fill(organ.hu, Math.max(0, from), Math.round(((organ.x + half + 1) / 2) * columns));
      }
      for (let column = 0; column < columns; column += 1) {
        const hu = level[column]!;
        const shift = hu === -1000 ? 5 : 4;
        const stored = hu + 1024 + (noise[read & (noiseLength - 1)]! >> shift);
        pixels[write] = stored < 0 ? 0 : stored;
        read += 1;
        write += 1;
      }
    }
    return new Uint8Array(pixels.buffer);
  };
}
