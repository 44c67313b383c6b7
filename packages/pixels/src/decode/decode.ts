import { frameBits } from '../frames/frame-table.ts';
import type { SampleKind } from '../frames/pixel-element.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { codecOf } from '../model/transfer-syntaxes.ts';
import type { DecodedFrame } from './decoded-frame.ts';
import { inflateFrame } from './inflate-frame.ts';
import { decodeNative } from './native.ts';
import { decodeRle } from './rle.ts';

/** The bytes of one frame, fragments joined, and what its element says of them. */
export type EncodedFrame = {
  readonly bytes: Uint8Array;
  readonly bitOffset: number;
  readonly kind: SampleKind;
  readonly vr: string;
};

/**
 * Decodes one frame.
 *
 * Law     what comes out has the rows, columns and samples of `format`; a code stream that says otherwise is an error.
 * Cost    the codecs for JPEG, JPEG-LS and JPEG 2000 are loaded when first needed. They are compiled C++: hostile streams
 *         belong into a worker with a time limit.
 *
 * @throws PixelsError UNSUPPORTED_TRANSFER_SYNTAX PIXELS_TRUNCATED PIXELS_CODE_STREAM_INVALID
 *                     PIXELS_CODE_STREAM_CONTRADICTS_HEADER PIXELS_HEADER_INVALID
 */
export async function decodeFrame(format: PixelFormat, frame: EncodedFrame): Promise<DecodedFrame> {
  const codec = codecOf(format.transferSyntax);
  const { bytes, bitOffset, kind, vr } = frame;
  switch (codec) {
    case 'native': {
      const { littleEndian, bitsAllocated } = format;
      const wordsSwapped = !littleEndian && vr === 'OW' && bitsAllocated < 16;
      return decodeNative(format, bytes, { kind, bitOffset, littleEndian, wordsSwapped });
    }
    case 'deflated': {
      const native = await inflateFrame(bytes, Math.ceil(frameBits(format) / 8));
      return decodeNative(format, native, { kind, bitOffset: 0, littleEndian: true, wordsSwapped: false });
    }
    case 'rle':
      return decodeRle(format, bytes);
    default: {
      const { decodeCodeStream } = await import('./code-stream.ts');
      return decodeCodeStream(codec, format, bytes);
    }
  }
}
