import { PixelsError } from '../errors.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { jpeg2000Header, jpeg2000Stream, jpegHeader, type StreamHeader } from './code-stream-header.ts';
import { type CompiledCodec, decompress } from './codec-modules.ts';
import { type DecodedFrame, spaceOf } from './decoded-frame.ts';
import { decodeJpegLossless } from './jpeg-lossless.ts';

/**
 * Decodes one frame of JPEG, JPEG-LS, JPEG 2000 or HTJ2K.
 *
 * Law     the code stream's own size is held against the header before it is decoded, and what came out after.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID PIXELS_CODE_STREAM_CONTRADICTS_HEADER UNSUPPORTED_TRANSFER_SYNTAX
 */
export async function decodeCodeStream(
  codec: CompiledCodec | 'jpeg-lossless',
  format: PixelFormat,
  given: Uint8Array,
): Promise<DecodedFrame> {
  const isJpeg = codec !== 'jpeg-2000' && codec !== 'htj2k';
  const stream = isJpeg ? given : jpeg2000Stream(given);
  const header = isJpeg ? jpegHeader(stream) : jpeg2000Header(stream);
  requireFit(header, format);
  if (codec === 'jpeg' && header.bits !== 8)
    throw new PixelsError(
      'UNSUPPORTED_TRANSFER_SYNTAX',
      `The picture is stored as JPEG of ${header.bits} bits, which this version cannot show. The file itself is whole and can be downloaded.`,
    );
  if (codec === 'jpeg-lossless') {
    const { words } = decodeJpegLossless(stream);
    return frameOf(codec, format, header, header.bits > 8 ? words : Uint8Array.from(words), 0);
  }
  const out = await decompress(codec, codec === 'jpeg' ? withColours(stream, header, format) : stream).catch(() => {
    throw new PixelsError('PIXELS_CODE_STREAM_INVALID', 'The compressed picture is damaged or cut short.');
  });
  const { rows, columns, samples } = format;
  const { info, bytes } = out;
  const bytesPerSample = header.bits > 8 ? 2 : 1;
  const fits = info.width === columns && info.height === rows && info.componentCount === samples;
  if (!fits || bytes.length !== rows * columns * samples * bytesPerSample)
    throw new PixelsError(
      'PIXELS_CODE_STREAM_CONTRADICTS_HEADER',
      'What the compressed picture decodes to is not what it says of itself.',
    );
  const words = bytesPerSample === 1 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  // JPEG-LS without interleaving comes out plane by plane.
  const planar = codec === 'jpeg-ls' && samples === 3 && out.interleave === 0 ? 1 : 0;
  return frameOf(codec, format, header, words, planar);
}

function requireFit(header: StreamHeader, { rows, columns, samples, bitsAllocated }: PixelFormat): void {
  const fits =
    header.rows === rows &&
    header.columns === columns &&
    header.components === samples &&
    header.bits <= bitsAllocated &&
    header.bits <= 16;
  if (!fits)
    throw new PixelsError(
      'PIXELS_CODE_STREAM_CONTRADICTS_HEADER',
      `The compressed picture has ${header.columns} by ${header.rows} pixels of ${header.components} samples, and the header says otherwise.`,
    );
}

/**
 * JPEG does not say whether it holds RGB or YCbCr; where neither a JFIF nor an Adobe marker tells, the header does.
 * Decoders guess YCbCr, so the marker that they understand is put in. Source: PS3.5 §8.2.1; Adobe TN 5116 §18.
 */
function withColours(stream: Uint8Array, header: StreamHeader, { samples, photometric }: PixelFormat): Uint8Array {
  if (samples === 1 || header.marked) return stream;
  const transform = photometric === 'RGB' ? 0 : 1;
  const adobe = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform];
  const marked = new Uint8Array(stream.length + adobe.length);
  marked.set(stream.subarray(0, 2));
  marked.set(adobe, 2);
  marked.set(stream.subarray(2), 2 + adobe.length);
  return marked;
}

function frameOf(
  codec: CompiledCodec | 'jpeg-lossless',
  { rows, columns, samples, photometric, signed, bitsStored, highBit }: PixelFormat,
  header: StreamHeader,
  words: Uint8Array | Uint16Array,
  planar: 0 | 1,
): DecodedFrame {
  // A code stream of fewer bits than the header promises holds them in its lowest bits.
  const narrow = header.bits <= highBit;
  const bits = narrow ? Math.min(header.bits, bitsStored) : bitsStored;
  return {
    rows,
    columns,
    samples,
    space: colourSpace(codec, photometric),
    planar,
    signed,
    bitsStored: bits,
    highBit: narrow ? bits - 1 : highBit,
    words,
  };
}

/** What the decoder gives out: JPEG's turns YCbCr to RGB itself, and JPEG 2000's its own transforms only. */
function colourSpace(
  codec: CompiledCodec | 'jpeg-lossless',
  photometric: PixelFormat['photometric'],
): DecodedFrame['space'] {
  const space = spaceOf[photometric];
  if (space === 'grey' || space === 'palette') return space;
  if (codec === 'jpeg') return 'rgb';
  return space === 'ybr-full-422' ? 'ybr-full' : space;
}
