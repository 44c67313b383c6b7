import { seeded } from '../writing/random.ts';

/** Frames of RGB, colour by pixel: gradients that move from frame to frame, and noise in the low bits. */
export function colourFrame(seed: number, frame: number, rows: number, columns: number): Uint8Array {
  const random = seeded(seed, `colour ${frame}`);
  const pixels = new Uint8Array(rows * columns * 3);
  let at = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const noise = random.uint32();
      pixels[at] = ((255 * row) / rows + frame * 8 + (noise & 7)) & 0xff;
      pixels[at + 1] = ((255 * column) / columns + ((noise >>> 8) & 7)) & 0xff;
      pixels[at + 2] = 128 + ((noise >>> 16) & 31);
      at += 3;
    }
  }
  return pixels;
}

/** The same frame, colour by plane: PS3.3 §C.7.6.3.1.3. */
export function byPlane(pixels: Uint8Array): Uint8Array {
  const planar = new Uint8Array(pixels.length);
  const plane = pixels.length / 3;
  for (let at = 0; at < pixels.length; at += 1) planar[(at % 3) * plane + Math.floor(at / 3)] = pixels[at]!;
  return planar;
}

export const colourRows = (rows: number, columns: number, planar: 0 | 1) =>
  [
    ['0028,0002 US SamplesPerPixel', [3]],
    ['0028,0004 CS PhotometricInterpretation', 'RGB'],
    ['0028,0006 US PlanarConfiguration', [planar]],
    ['0028,0010 US Rows', [rows]],
    ['0028,0011 US Columns', [columns]],
    ['0028,0100 US BitsAllocated', [8]],
    ['0028,0101 US BitsStored', [8]],
    ['0028,0102 US HighBit', [7]],
    ['0028,0103 US PixelRepresentation', [0]],
  ] as const;
