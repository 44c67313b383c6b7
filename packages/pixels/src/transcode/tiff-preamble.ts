const preambleBytes = 128;
/** TIFF and BigTIFF, in both byte orders. */
const marks = [
  [0x49, 0x49, 0x2a, 0],
  [0x4d, 0x4d, 0, 0x2a],
  [0x49, 0x49, 0x2b, 0],
  [0x4d, 0x4d, 0, 0x2b],
] as const;

/**
 * The start of a file that was written anew, its preamble zeroed where that is the header of a TIFF: its offsets count the bytes of
 * the file that it was, and would lead elsewhere.
 *
 * Source  PS3.10 §7.1 (the preamble lets one file be DICOM and TIFF).
 */
export function withoutTiff(start: Uint8Array): Uint8Array {
  if (!marks.some((mark) => mark.every((byte, at) => start[at] === byte))) return start;
  const zeroed = start.slice();
  zeroed.fill(0, 0, preambleBytes);
  return zeroed;
}
