import { decodeFrame, type EncodedFrame } from '../decode/decode.ts';
import { PixelsError } from '../errors.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { encodeRle } from './encode-rle.ts';
import { compress } from './encoder-modules.ts';
import { bytesOf, isInteger, planes, samplesOf, type Words } from './samples.ts';
import { notRepresentable, streamBits, targetFormat } from './target-format.ts';
import type { TranscodingTarget } from './targets.ts';

/** One frame in its new form: the bytes of a fragment, not yet of even length, or of native pixels. */
export type TranscodedFrame = { readonly bytes: Uint8Array; readonly format: PixelFormat };

/**
 * Brings one frame into another transfer syntax without loss.
 *
 * Law     what comes out was decoded again, and every sample of it compared; of native sources every bit of the words.
 * Cost    one decoding, one encoding, one decoding; some five frames of memory, those of the compiled codecs included.
 *         Compiled codecs are C++: hostile streams belong into a worker with a time limit.
 * Source  PS3.5 §8.1, §8.2, Annexes A.4, G.
 *
 * @throws PixelsError PIXELS_NOT_REPRESENTABLE   the target cannot hold this without loss
 * @throws PixelsError PIXELS_TRANSCODING_FAILED  what was written does not decode to the same
 * @throws PixelsError those of `decodeFrame`
 */
export async function transcodeFrame(
  format: PixelFormat,
  frame: EncodedFrame,
  target: TranscodingTarget,
): Promise<TranscodedFrame> {
  const to = targetFormat(format, frame.kind, target);
  const words = samplesOf(await decodeFrame(format, frame), format, to);
  const bytes = await encoded(words, to, target);
  const vr = to.bitsAllocated > 8 ? 'OW' : 'OB';
  const again = await decodeFrame(to, { bytes, bitOffset: 0, kind: frame.kind, vr }).catch(() => undefined);
  if (again === undefined || !equal(samplesOf(again, to, to), words))
    throw new PixelsError('PIXELS_TRANSCODING_FAILED', 'What was written does not decode to the same picture.');
  return { bytes, format: to };
}

async function encoded(words: Words, to: PixelFormat, target: TranscodingTarget): Promise<Uint8Array> {
  const { rows, columns, samples, bitsAllocated, signed, planar, photometric } = to;
  if (target === 'explicit') {
    if (bitsAllocated === 1) return packedBits(bytesOf(words));
    return bytesOf(planar === 1 && samples === 3 && photometric !== 'YBR_FULL_422' ? planes(words) : words);
  }
  if (target === 'rle') return encodeRle(bytesOf(words), columns, samples, bitsAllocated / 8);
  const bits = streamBits(to, target);
  requireRange(words, bits, signed && target !== 'jpeg-ls', target);
  const frame = {
    width: columns,
    height: rows,
    bitsPerSample: bits,
    componentCount: samples,
    isSigned: signed,
    isUsingColorTransform: photometric === 'YBR_RCT',
  };
  return compress(target, frame, bytesOf(words)).catch(() => {
    // CharLS gives itself as much room as the picture has, and some more.
    if (target === 'jpeg-ls') throw notRepresentable(target, 'its samples are such noise that it would become larger');
    throw new PixelsError('PIXELS_TRANSCODING_FAILED', 'The encoder did not take the picture.');
  });
}

/** What stands beside the samples in their words, as overlays once did, would not come back. */
function requireRange(words: Words, bits: number, signed: boolean, target: TranscodingTarget): void {
  if (!isInteger(words)) return;
  const size = words.BYTES_PER_ELEMENT * 8;
  if (bits === size) return;
  const [positive, negative] = signed ? [2 ** (bits - 1), 2 ** size - 2 ** (bits - 1)] : [2 ** bits, 2 ** size];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word >= positive && word < negative)
      throw notRepresentable(
        target,
        'beside its samples stand other bits, such as overlays, which only native and RLE keep',
      );
  }
}

/** Eight to a byte, the first in the lowest bit. Source: PS3.5 §8.1.1, Annex D. */
function packedBits(bits: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let at = 0; at < bits.length; at++) bytes[at >> 3]! |= bits[at]! << (at & 7);
  return bytes;
}

function equal(one: Words, other: Words): boolean {
  if (one.BYTES_PER_ELEMENT !== other.BYTES_PER_ELEMENT || one.length !== other.length) return false;
  const [a, b] = [bytesOf(one), bytesOf(other)];
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
