import { type DecodedFrame, spaceOf } from '../decode/decoded-frame.ts';
import { PixelsError } from '../errors.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { codecOf } from '../model/transfer-syntaxes.ts';

export type Words = DecodedFrame['words'];

/**
 * The samples of a decoded frame as words of `to.bitsAllocated`, pixel by pixel: one form for every codec, so that two can be compared.
 *
 * Law     words stay as they were decoded, bits beside the sample included. Only signed samples fill theirs with their sign: those of
 *         words of 12 bits, and out of a code stream where the header promises more bits than the stream has, or the target is one of
 *         signed samples.
 *
 * @throws PixelsError PIXELS_TRANSCODING_FAILED  the decoder gave another colour space than the header of the target is to name
 */
export function samplesOf(decoded: DecodedFrame, from: PixelFormat, to: PixelFormat): Words {
  const { space } = decoded;
  if (space !== spaceOf[to.photometric] && !(space === 'ybr-full-422' && to.photometric === 'YBR_FULL'))
    throw new PixelsError('PIXELS_TRANSCODING_FAILED', 'The decoded colours are not what the header promises.');
  const codec = codecOf(from.transferSyntax);
  const ownWords = codec === 'native' || codec === 'deflated' || codec === 'rle';
  const wider = ownWords && from.bitsAllocated === 12 && decoded.signed && decoded.bitsStored === 12;
  const words = !ownWords ? wholeWords(decoded, to) : wider ? signFilled(decoded.words, 12, 16) : decoded.words;
  if (space === 'ybr-full-422') return to.photometric === 'YBR_FULL' ? chromaForEach(words) : words;
  return decoded.planar === 1 && decoded.samples === 3 ? interleaved(words) : words;
}

/** Words of the size that the header wants, of what a codec gave in the smallest that holds it. */
function wholeWords({ words, signed, bitsStored, highBit }: DecodedFrame, to: PixelFormat): Words {
  const { bitsAllocated } = to;
  const wide =
    bitsAllocated === 16 && words.BYTES_PER_ELEMENT === 1
      ? Uint16Array.from(words)
      : bitsAllocated === 32 && words.BYTES_PER_ELEMENT < 4
        ? Uint32Array.from(words)
        : words;
  const needsSign = signed && (bitsStored < to.bitsStored || isSignedStream(to));
  if (!needsSign || highBit !== bitsStored - 1 || bitsStored >= bitsAllocated) return wide;
  return signFilled(wide, bitsStored, bitsAllocated);
}

function signFilled(words: Words, bitsStored: number, bitsAllocated: number): Words {
  if (!isInteger(words)) return words;
  const [sign, above] = [2 ** (bitsStored - 1), 2 ** bitsStored];
  const extension = 2 ** bitsAllocated - above;
  const extended = words.slice();
  for (let at = 0; at < extended.length; at++) {
    const word = extended[at]!;
    if (word >= sign && word < above) extended[at] = word + extension;
  }
  return extended;
}

function isSignedStream({ transferSyntax }: PixelFormat): boolean {
  const codec = codecOf(transferSyntax);
  return codec === 'jpeg-2000' || codec === 'htj2k';
}

export const isInteger = (words: Words): words is Uint8Array | Uint16Array | Uint32Array =>
  !(words instanceof Float32Array || words instanceof Float64Array);

const like = <T extends Words>(words: T, length: number): T =>
  new (words.constructor as new (length: number) => T)(length);

/** Two lumas and the chroma that both share, into two whole pixels. Source: PS3.3 §C.7.6.3.1.2. */
function chromaForEach(words: Words): Words {
  if (words.length % 4 !== 0)
    throw new PixelsError('PIXELS_HEADER_INVALID', 'Of an odd number of pixels no two can share their colours.');
  const whole = like(words, (words.length / 2) * 3);
  for (let from = 0, to = 0; from < words.length; from += 4) {
    for (let luma = 0; luma < 2; luma++) {
      whole[to++] = words[from + luma]!;
      whole[to++] = words[from + 2]!;
      whole[to++] = words[from + 3]!;
    }
  }
  return whole;
}

function interleaved(words: Words): Words {
  const pixels = words.length / 3;
  const pixelByPixel = like(words, words.length);
  for (let sample = 0; sample < 3; sample++)
    for (let from = sample * pixels, to = sample; to < words.length; from++, to += 3) pixelByPixel[to] = words[from]!;
  return pixelByPixel;
}

export function planes(words: Words): Words {
  const pixels = words.length / 3;
  const plane = like(words, words.length);
  for (let sample = 0; sample < 3; sample++)
    for (let to = sample * pixels, from = sample; from < words.length; to++, from += 3) plane[to] = words[from]!;
  return plane;
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: Words): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
