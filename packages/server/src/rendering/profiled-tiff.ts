import type { Raster } from '@symbolon/pixels';

const [short, long, undefinedBytes] = [3, 4, 7];
const [headerBytes, entryBytes] = [8, 12];

/**
 * Colours with the profile that says what they mean, in a container from which libvips reads both: it takes no profile for bare
 * pixels. One strip, not compressed.
 *
 * Source  TIFF 6.0; tag 34675 is ICC.1 §B.4.
 */
export function profiledTiff({ pixels, width, height }: Raster, profile: Uint8Array): Uint8Array {
  const directory = (profileAt: number, pixelsAt: number, bitsAt: number) => [
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, 3, bitsAt],
    [259, short, 1, 1],
    [262, short, 1, 2],
    [273, long, 1, pixelsAt],
    [277, short, 1, 3],
    [278, long, 1, height],
    [279, long, 1, pixels.length],
    [284, short, 1, 1],
    [34675, undefinedBytes, profile.length, profileAt],
  ];
  const bitsAt = headerBytes + 2 + directory(0, 0, 0).length * entryBytes + 4;
  const profileAt = bitsAt + 6;
  const pixelsAt = profileAt + profile.length;
  const file = new Uint8Array(pixelsAt + pixels.length);
  const view = new DataView(file.buffer);
  file.set([0x49, 0x49, 42, 0, headerBytes]);
  const entries = directory(profileAt, pixelsAt, bitsAt);
  view.setUint16(headerBytes, entries.length, true);
  for (const [at, [tag, type, count, value]] of (entries as [number, number, number, number][]).entries()) {
    const entry = headerBytes + 2 + at * entryBytes;
    view.setUint16(entry, tag, true);
    view.setUint16(entry + 2, type, true);
    view.setUint32(entry + 4, count, true);
    view.setUint32(entry + 8, value, true);
  }
  for (let sample = 0; sample < 3; sample++) view.setUint16(bitsAt + 2 * sample, 8, true);
  file.set(profile, profileAt);
  file.set(pixels, pixelsAt);
  return file;
}
