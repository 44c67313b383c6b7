import { PixelsError } from '../errors.ts';

/** One marker and what belongs to it. Units: offsets in bytes; `from` and `to` are those of its parameters. */
export type JpegSegment = { readonly marker: number; readonly from: number; readonly to: number };

export const jpegMarkers = { DHT: 0xc4, EOI: 0xd9, SOS: 0xda, DQT: 0xdb, DRI: 0xdd } as const;

/**
 * The marker segment that begins at `at`; fill bytes before it are passed over.
 * Source  ITU-T T.81 §B.1.1.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export function jpegSegment(bytes: Uint8Array, at: number): JpegSegment {
  let start = at;
  while (bytes[start] === 0xff && bytes[start + 1] === 0xff) start += 1;
  const marker = bytes[start + 1];
  if (bytes[start] !== 0xff || marker === undefined) throw damagedJpeg();
  if (marker === jpegMarkers.EOI) return { marker, from: start + 2, to: start + 2 };
  const length = ((bytes[start + 2] ?? 0) << 8) | (bytes[start + 3] ?? 0);
  const to = start + 2 + length;
  if (length < 2 || to > bytes.length) throw damagedJpeg();
  return { marker, from: start + 4, to };
}

export const damagedJpeg = (): PixelsError =>
  new PixelsError('PIXELS_CODE_STREAM_INVALID', 'The compressed picture is damaged or cut short.');

/** No encoder makes more; each can cost a pass over the whole picture, however short it is. */
export const maxScans = 100;

/** @throws PixelsError PIXELS_CODE_STREAM_INVALID */
export function requireFewScans(bytes: Uint8Array): void {
  let scans = 0;
  for (let at = bytes.indexOf(jpegMarkers.SOS); at > 0; at = bytes.indexOf(jpegMarkers.SOS, at + 1)) {
    if (bytes[at - 1] === 0xff) scans += 1;
    if (scans > maxScans) throw damagedJpeg();
  }
}

/**
 * A JPEG or JPEG-LS stream with an end marker behind its last scan. One that lacks the marker and nothing else is whole; of one
 * that lacks more, libjpeg then says that it ended too early, and so does CharLS, which without the marker runs for ever.
 * Entropy coded data cannot hold the marker (ITU-T T.81 §F.1.2.3, T.87 §A.1), application segments can.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export function withJpegEnd(bytes: Uint8Array): Uint8Array {
  let scan = jpegSegment(bytes, 2);
  while (scan.marker !== jpegMarkers.SOS) {
    if (scan.marker === jpegMarkers.EOI) throw damagedJpeg();
    scan = jpegSegment(bytes, scan.to);
  }
  for (let at = bytes.lastIndexOf(jpegMarkers.EOI); at > scan.to; at = bytes.lastIndexOf(jpegMarkers.EOI, at - 1))
    if (bytes[at - 1] === 0xff) return bytes;
  const ended = new Uint8Array(bytes.length + 2);
  ended.set(bytes);
  ended.set([0xff, jpegMarkers.EOI], bytes.length);
  return ended;
}
