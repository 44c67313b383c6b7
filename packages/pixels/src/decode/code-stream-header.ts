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
  readonly streamBytes: number;
};

export type JpegHeader = StreamHeader & {
  /** The transform that an Adobe marker names: 0 none, 1 YCbCr. */
  readonly adobeTransform: number | undefined;
  /** The SOFn marker. */
  readonly codingProcess: number;
  /** Of each component: sampling factors, and which quantization table. */
  readonly sampling: readonly { readonly across: number; readonly down: number; readonly steps: number }[];
};

export type Jpeg2000Header = StreamHeader & {
  /** Whether the components went through a transform between them. */
  readonly transformed: boolean;
};

/** Frame headers in the way of JPEG: SOF0 … SOF15 without DHT, JPG and DAC, and SOF55 of JPEG-LS. */
const frameMarkers = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf, 0xf7]);

/**
 * Reads the frame header of a JPEG or JPEG-LS stream, and its marker.
 * Source  ITU-T T.81 §B.2.2; ITU-T T.87 §C.2.2. JFIF (APP0) and Adobe (APP14) markers tell the colour space.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export function jpegHeader(bytes: Uint8Array): JpegHeader {
  const u16 = (at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
  let marked = false;
  let adobeTransform: number | undefined;
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
    if (marker === 0xee && length >= 14 && hasText(bytes, at + 4, 'Adobe')) {
      marked = true;
      adobeTransform = bytes[at + 15];
    }
    if (frameMarkers.has(marker)) {
      const components = bytes[at + 9] ?? 0;
      if (length < 8 + 3 * components || at + 2 + length > bytes.length) throw noHeader();
      const componentIds = Array.from({ length: components }, (_, n) => bytes[at + 10 + 3 * n]!);
      const sampling = Array.from({ length: components }, (_, n) => {
        const factors = bytes[at + 11 + 3 * n]!;
        return { across: factors >> 4, down: factors & 15, steps: bytes[at + 12 + 3 * n]! };
      });
      const size = { rows: u16(at + 5), columns: u16(at + 7) };
      const bits = bytes[at + 4]!;
      const stream = { codingProcess: marker, marked, adobeTransform, streamBytes: bytes.length };
      return { ...stream, ...size, bits, components, componentIds, sampling, signed: false };
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
 * Reads SIZ, the first marker segment of JPEG 2000 and HTJ2K, and what COD says of colours.
 * Source  ITU-T T.800 §A.5.1, §A.6.1.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID
 */
export function jpeg2000Header(bytes: Uint8Array): Jpeg2000Header {
  if (bytes.length < 42) throw noHeader();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== 0xff4fff51) throw noHeader();
  const components = view.getUint16(40);
  if (components === 0 || bytes.length < 42 + 3 * components) throw noHeader();
  const precision = bytes[42]!;
  for (let n = 0; n < components; n++) {
    if (bytes[43 + 3 * n] !== 1 || bytes[44 + 3 * n] !== 1 || bytes[42 + 3 * n] !== precision)
      throw new PixelsError(
        'UNSUPPORTED_TRANSFER_SYNTAX',
        'The components of the compressed picture are of different sizes or bits, which this version cannot show. The file itself is whole and can be downloaded.',
      );
  }
  const [width, height] = [view.getUint32(8) - view.getUint32(16), view.getUint32(12) - view.getUint32(20)];
  return {
    rows: height,
    columns: width,
    components,
    bits: (precision & 0x7f) + 1,
    signed: precision >= 0x80,
    componentIds: [],
    marked: false,
    streamBytes: bytes.length,
    transformed: isTransformed(view),
  };
}

/** Looks for COD in the main header, which ends at the first tile-part. */
function isTransformed(view: DataView): boolean {
  for (let at = 2; at + 9 <= view.byteLength && view.getUint16(at) !== 0xff90; ) {
    if (view.getUint16(at) === 0xff52) return view.getUint8(at + 8) === 1;
    const length = view.getUint16(at + 2);
    if (length < 2) return false;
    at += 2 + length;
  }
  return false;
}

const noHeader = (): PixelsError =>
  new PixelsError('PIXELS_CODE_STREAM_INVALID', 'The compressed picture has no readable header.');
