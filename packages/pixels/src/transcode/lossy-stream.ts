import { jpeg2000Stream, jpegHeader } from '../decode/code-stream-header.ts';
import { codecOf } from '../model/transfer-syntaxes.ts';

/**
 * Whether a code stream was made with loss, as far as it shows: JPEG but its lossless process, JPEG-LS of near-lossless samples, and
 * JPEG 2000 through the irreversible transform. One that was cut short through the reversible transform does not show it.
 *
 * Source  ITU-T T.81 Table B.1; ITU-T T.87 §C.2.3 (NEAR, in SOS); ITU-T T.800 Table A.20 (transformation, in COD).
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export function isLossyStream(transferSyntax: string, bytes: Uint8Array): boolean {
  const codec = codecOf(transferSyntax);
  if (codec === 'jpeg' || codec === 'jpeg-lossless') return jpegHeader(bytes).codingProcess !== 0xc3;
  // NEAR stands behind the components, of which each has two bytes.
  if (codec === 'jpeg-ls') return segment(bytes, 0xffda, 0xffda, (at) => (bytes[at + 5 + 2 * bytes[at + 4]!] ?? 0) > 0);
  if (codec === 'jpeg-2000' || codec === 'htj2k') {
    const stream = jpeg2000Stream(bytes);
    return segment(stream, 0xff52, 0xff90, (at) => stream[at + 13] === 0);
  }
  return false;
}

/** Whether the first segment of this marker, before or at the marker `last`, is so. */
function segment(bytes: Uint8Array, marker: number, last: number, isSo: (at: number) => boolean): boolean {
  const u16 = (at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (u16(at) === marker) return isSo(at);
    if (u16(at) === 0xffff) {
      at += 1;
      continue;
    }
    const length = u16(at + 2);
    if (u16(at) === last || length < 2) return false;
    at += 2 + length;
  }
  return false;
}
