import { PixelsError } from '../errors.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { compiled, contradicts, type StreamSamples } from './code-stream.ts';
import type { JpegHeader } from './code-stream-header.ts';
import { decodeJpegDct } from './jpeg-dct.ts';
import { decodeJpegLossless } from './jpeg-lossless.ts';
import { damagedJpeg, requireFewScans, withJpegEnd } from './jpeg-segments.ts';

/** What nobody's encoder ever made for DICOM, by its frame header. Source: ITU-T T.81 Table B.1. */
const unsupported: Readonly<Record<number, string>> = {
  197: 'hierarchical JPEG',
  198: 'hierarchical JPEG',
  199: 'hierarchical JPEG',
  201: 'JPEG with arithmetic coding',
  202: 'JPEG with arithmetic coding',
  203: 'JPEG with arithmetic coding',
  205: 'hierarchical JPEG with arithmetic coding',
  206: 'hierarchical JPEG with arithmetic coding',
  207: 'hierarchical JPEG with arithmetic coding',
};

/**
 * One frame of JPEG, by the process that the stream itself names: files occur whose transfer syntax names another.
 * Eight bits go to libjpeg-turbo, which gives YCbCr out as RGB; twelve bits and lossless are decoded here.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_INVALID PIXELS_CODE_STREAM_CONTRADICTS_HEADER UNSUPPORTED_TRANSFER_SYNTAX
 */
export async function decodeJpeg(stream: Uint8Array, header: JpegHeader, format: PixelFormat): Promise<StreamSamples> {
  const { codingProcess, bits } = header;
  if (codingProcess === 0xf7) throw contradicts('The picture is said to be JPEG, and is JPEG-LS.');
  const name = unsupported[codingProcess];
  if (name !== undefined)
    throw new PixelsError(
      'UNSUPPORTED_TRANSFER_SYNTAX',
      `The picture is stored as ${name}, which this version cannot show. The file itself is whole and can be downloaded.`,
    );
  if (codingProcess === 0xc3) {
    const { words } = decodeJpegLossless(stream);
    return { words: bits > 8 ? words : Uint8Array.from(words), planar: 0 };
  }
  if (bits === 12)
    return { words: decodeJpegDct(stream), planar: 0, space: isRgb(header, format) ? 'rgb' : 'ybr-full' };
  if (bits !== 8) throw damagedJpeg();
  requireFewScans(stream);
  return { ...(await compiled('jpeg', withColours(withJpegEnd(stream), header, format), header)), space: 'rgb' };
}

/**
 * JPEG does not say whether it holds RGB or YCbCr; where neither a JFIF nor an Adobe marker tells, the header does, unless
 * components are smaller than others: nobody leaves out red or blue. Source: PS3.5 §8.2.1.
 */
function isRgb({ marked, adobeTransform, sampling }: JpegHeader, { photometric }: PixelFormat): boolean {
  if (adobeTransform !== undefined) return adobeTransform === 0;
  const [first] = sampling;
  const alike = sampling.every(({ across, down }) => across === first?.across && down === first.down);
  return !marked && alike && photometric === 'RGB';
}

/** libjpeg guesses YCbCr, so the marker that it understands is put in. Source: Adobe TN 5116 §18. */
function withColours(stream: Uint8Array, header: JpegHeader, format: PixelFormat): Uint8Array {
  if (format.samples === 1 || header.marked) return stream;
  const adobe = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, isRgb(header, format) ? 0 : 1];
  const marked = new Uint8Array(stream.length + adobe.length);
  marked.set(stream.subarray(0, 2));
  marked.set(adobe, 2);
  marked.set(stream.subarray(2), 2 + adobe.length);
  return marked;
}
