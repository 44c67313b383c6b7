import { PixelsError } from '../errors.ts';

/** What a code stream says of itself, before anything is decoded. `marked`: a JFIF or Adobe marker tells the colours. */
export type StreamHeader = {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly bits: number;
  readonly signed: boolean;
  readonly componentIds: readonly number[];
  readonly marked: boolean;
};

/** Frame headers in the way of JPEG: SOF0 … SOF15 without DHT, JPG and DAC, and SOF55 of JPEG-LS. */
const frameMarkers = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf, 0xf7]);

/**
 * Reads the frame header of a JPEG or JPEG-LS stream, and its marker.
 * Source  ITU-T T.81 §B.2.2; ITU-T T.87 §C.2.2. JFIF (APP0) and Adobe (APP14) markers tell the colour space.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export function jpegHeader(bytes: Uint8Array): StreamHeader & { readonly codingProcess: number } {
  const u16 = (at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
  let marked = false;
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw noHeader();
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw noHeader();
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = u16(at + 2);
    if (length < 2) throw noHeader();
    if (marker === 0xe0 && hasText(bytes, at + 4, 'JFIF')) marked = true;
    if (marker === 0xee && hasText(bytes, at + 4, 'Adobe')) marked = true;
    if (frameMarkers.has(marker)) {
      const components = bytes[at + 9] ?? 0;
      if (length < 8 + 3 * components || at + 2 + length > bytes.length) throw noHeader();
      const componentIds = Array.from({ length: components }, (_, n) => bytes[at + 10 + 3 * n]!);
      const size = { rows: u16(at + 5), columns: u16(at + 7) };
      return { codingProcess: marker, bits: bytes[at + 4]!, ...size, components, componentIds, signed: false, marked };
    }
    if (marker === 0xda) throw noHeader();
    at += 2 + length;
  }
  throw noHeader();
}

const hasText = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((letter, n) => bytes[at + n] === letter.charCodeAt(0));

/** JP2 files, which do not belong into DICOM and occur: the code stream inside them. Source: ITU-T T.800 §I.5.4. */
export function jpeg2000Stream(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12 || view.getUint32(4) !== 0x6a502020) return bytes;
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x6a703263) return bytes.subarray(at + 8, length > 8 ? at + length : bytes.length);
    if (length < 8) break;
    at += length;
  }
  throw noHeader();
}

/**
 * Reads SIZ, the first marker segment of JPEG 2000 and HTJ2K.
 * Source  ITU-T T.800 §A.5.1.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export function jpeg2000Header(bytes: Uint8Array): StreamHeader {
  if (bytes.length < 42) throw noHeader();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== 0xff4fff51) throw noHeader();
  const components = view.getUint16(40);
  if (components === 0 || bytes.length < 42 + 3 * components) throw noHeader();
  const precision = bytes[42]!;
  for (let n = 0; n < components; n++) {
    // Subsampled components would come out in sizes of their own.
    if (bytes[43 + 3 * n] !== 1 || bytes[44 + 3 * n] !== 1 || bytes[42 + 3 * n] !== precision) throw noHeader();
  }
  const [width, height] = [view.getUint32(8) - view.getUint32(16), view.getUint32(12) - view.getUint32(20)];
  const [tileWidth, tileHeight] = [view.getUint32(24), view.getUint32(28)];
  const tiles = Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight);
  if (!(tiles >= 1 && tiles <= 65_535)) throw noHeader();
  return {
    rows: height,
    columns: width,
    components,
    bits: (precision & 0x7f) + 1,
    signed: precision >= 0x80,
    componentIds: [],
    marked: false,
  };
}

const noHeader = (): PixelsError =>
  new PixelsError('PIXELS_CODE_STREAM_INVALID', 'The compressed picture has no readable header.');
