import { PixelsError } from '../errors.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import type { StreamCodec } from '../model/transfer-syntaxes.ts';
import { jpeg2000Header, jpeg2000Stream, jpegHeader, type StreamHeader } from './code-stream-header.ts';
import { type CompiledCodec, decompress } from './codec-modules.ts';
import { type DecodedFrame, spaceOf, spreadSpaceOf } from './decoded-frame.ts';
import { decodeJpeg } from './jpeg.ts';
import { requireWholeJpeg2000 } from './jpeg-2000-structure.ts';
import { withJpegEnd } from './jpeg-segments.ts';

/** Samples as a codec gives them out. `space` where the stream itself tells of its colours. */
export type StreamSamples = {
  readonly words: Uint8Array | Uint16Array;
  readonly planar: 0 | 1;
  readonly space?: 'rgb' | 'ybr-full';
};

/**
 * Decodes one frame of JPEG, JPEG-LS, JPEG 2000 or HTJ2K.
 *
 * Law     the code stream's own size is held against the header before it is decoded, and what came out after.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID PIXELS_CODE_STREAM_CONTRADICTS_HEADER UNSUPPORTED_TRANSFER_SYNTAX
 */
export async function decodeCodeStream(
  codec: StreamCodec,
  format: PixelFormat,
  given: Uint8Array,
): Promise<DecodedFrame> {
  if (codec === 'jpeg' || codec === 'jpeg-lossless') {
    const header = jpegHeader(given);
    requireFit(header, format);
    return frameOf(format, header, await decodeJpeg(given, header, format));
  }
  if (codec === 'jpeg-ls') {
    const header = jpegHeader(given);
    if (header.codingProcess !== 0xf7) throw contradicts('The picture is said to be JPEG-LS, and is another JPEG.');
    requireFit(header, format);
    return frameOf(format, header, await compiled(codec, withJpegEnd(given), header));
  }
  const stream = jpeg2000Stream(given);
  const header = jpeg2000Header(stream);
  requireFit(header, format);
  requireWholeJpeg2000(stream);
  // Of colours that were not transformed the bindings of OpenJPH mix up the lines; OpenJPEG reads both kinds.
  const reader = codec === 'htj2k' && header.components > 1 && !header.transformed ? 'jpeg-2000' : codec;
  const decoded = await compiled(reader, stream, header);
  // The transform is between RGB and YCbCr and nothing else: what comes out of it is RGB, also under a header that says YBR_FULL.
  return frameOf(format, header, header.transformed ? { ...decoded, space: 'rgb' } : decoded);
}

/** What a compiled codec makes of a stream: as many samples as its header says, or an error of ours. */
export async function compiled(codec: CompiledCodec, stream: Uint8Array, header: StreamHeader): Promise<StreamSamples> {
  const { rows, columns, components, bits } = header;
  const out = await decompress(codec, stream).catch(() => {
    throw new PixelsError('PIXELS_CODE_STREAM_INVALID', 'The compressed picture is damaged or cut short.');
  });
  const { info, bytes } = out;
  // OpenJPEG gives no picture in place of an error.
  if (bytes.length === 0)
    throw new PixelsError('PIXELS_CODE_STREAM_INVALID', 'The compressed picture is damaged or cut short.');
  const bytesPerSample = bits > 8 ? 2 : 1;
  const fits = info.width === columns && info.height === rows && info.componentCount === components;
  if (!fits || bytes.length !== rows * columns * components * bytesPerSample)
    throw contradicts('What the compressed picture decodes to is not what it says of itself.');
  const words = bytesPerSample === 1 ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  // JPEG-LS without interleaving comes out plane by plane.
  return { words, planar: codec === 'jpeg-ls' && components === 3 && out.interleave === 0 ? 1 : 0 };
}

/**
 * Compression of more than 2,048 to one occurs where a picture is all of one colour, and then a large one is still possible.
 * What a stream of some bytes may claim beyond that would only be memory.
 */
const freePixels = 2 ** 25;
const pixelsPerByte = 2048;

function requireFit(header: StreamHeader, { rows, columns, samples, bitsAllocated }: PixelFormat): void {
  if (header.rows !== rows || header.columns !== columns || header.components !== samples)
    throw contradicts(
      `The compressed picture has ${header.columns} by ${header.rows} pixels of ${header.components} samples, and the header says otherwise.`,
    );
  if (header.bits > bitsAllocated)
    throw contradicts(
      `The compressed picture has pixels of ${header.bits} bits, and the header has room for ${bitsAllocated}.`,
    );
  if (header.bits > 16)
    throw new PixelsError(
      'UNSUPPORTED_TRANSFER_SYNTAX',
      `The picture is compressed with ${header.bits} bits a sample, which this version cannot show. The file itself is whole and can be downloaded.`,
    );
  if (rows * columns > freePixels + header.streamBytes * pixelsPerByte)
    throw new PixelsError(
      'PIXELS_CODE_STREAM_INVALID',
      'The compressed picture is too short for its rows and columns.',
    );
}

function frameOf(
  { rows, columns, samples, photometric, signed, bitsStored, highBit }: PixelFormat,
  header: StreamHeader,
  { words, planar, space }: StreamSamples,
): DecodedFrame {
  // A code stream of fewer bits than the header promises holds them in its lowest bits.
  const narrow = header.bits <= highBit;
  const bits = narrow ? Math.min(header.bits, bitsStored) : bitsStored;
  const told = spaceOf[photometric];
  return {
    rows,
    columns,
    samples,
    space: told === 'grey' || told === 'palette' ? told : (space ?? spreadSpaceOf(told)),
    planar,
    signed,
    bitsStored: bits,
    highBit: narrow ? bits - 1 : highBit,
    words,
  };
}

export const contradicts = (message: string): PixelsError =>
  new PixelsError('PIXELS_CODE_STREAM_CONTRADICTS_HEADER', message);
