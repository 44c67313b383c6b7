import { PixelsError } from '../errors.ts';
import type { SampleKind } from '../frames/pixel-element.ts';
import type { Photometric, PixelFormat } from '../model/pixel-format.ts';
import { codecOf } from '../model/transfer-syntaxes.ts';
import { type TranscodingTarget, targetWords, transcodingTargets } from './targets.ts';

/**
 * How the samples of an image lie when it is transcoded; what changes here is what changes in the header.
 *
 * Law     rows, columns, samples, bits and sign stay; words of 12 bits get the 16 that DICOM has for them. Photometric Interpretation and Planar Configuration follow the
 *         target: YBR_RCT is RGB within JPEG 2000, and nowhere else; chroma that two pixels share is written for each.
 * Source  PS3.5 §8.2 (Tables 8.2.1-1 to 8.2.4-1), Annex A, Annex G; PS3.3 §C.7.6.3.1.2, §C.7.6.3.1.3.
 *
 * @throws PixelsError PIXELS_NOT_REPRESENTABLE        the target cannot hold such samples without loss
 * @throws PixelsError UNSUPPORTED_TRANSFER_SYNTAX     the source cannot be decoded
 */
export function targetFormat(format: PixelFormat, kind: SampleKind, target: TranscodingTarget): PixelFormat {
  const photometric = targetPhotometric(format, target);
  const inStream = target !== 'explicit' && target !== 'rle';
  const to: PixelFormat = {
    ...format,
    transferSyntax: transcodingTargets[target],
    littleEndian: true,
    // No transfer syntax of today packs words of 12 bits (PS3.5 §8.1.1, §8.2).
    bitsAllocated: format.bitsAllocated === 12 ? 16 : format.bitsAllocated,
    photometric,
    planar: inStream ? 0 : format.planar,
  };
  const reason = whyNot(to, kind, target);
  if (reason === undefined) return to;
  throw notRepresentable(target, reason);
}

export function notRepresentable(target: TranscodingTarget, reason: string): PixelsError {
  return new PixelsError(
    'PIXELS_NOT_REPRESENTABLE',
    `The picture cannot be written as ${targetWords[target]} without loss: ${reason}. Explicit VR Little Endian holds everything.`,
  );
}

/** What the samples are outside of any code stream. */
function nativePhotometric({ transferSyntax, samples, photometric }: PixelFormat, stays422: boolean): Photometric {
  const codec = codecOf(transferSyntax);
  if (samples === 3 && codec === 'jpeg') return 'RGB';
  if (photometric === 'YBR_ICT' || photometric === 'YBR_RCT') return 'RGB';
  if (photometric !== 'YBR_FULL_422') return photometric;
  return stays422 && (codec === 'native' || codec === 'deflated') ? photometric : 'YBR_FULL';
}

function targetPhotometric(format: PixelFormat, target: TranscodingTarget): Photometric {
  const native = nativePhotometric(format, target === 'explicit');
  const transformed = target === 'jpeg-2000' || target === 'htj2k' || target === 'htj2k-rpcl';
  return transformed && native === 'RGB' ? 'YBR_RCT' : native;
}

function whyNot(
  { bitsAllocated, bitsStored, highBit, samples, signed, photometric }: PixelFormat,
  kind: SampleKind,
  target: TranscodingTarget,
): string | undefined {
  if (target === 'explicit') return undefined;
  if (kind !== 'integer') return 'its values are floating point numbers';
  if (bitsAllocated === 1) return 'its pixels are single bits';
  if (target === 'rle') return undefined;
  if (bitsAllocated > 16) return `its samples have ${bitsAllocated} bits, and 16 are the most`;
  if (highBit !== bitsStored - 1) return 'its samples do not begin at the lowest bit of their words';
  if (target === 'jpeg-ls') return undefined;
  // The compiled encoders make something else of these, as trial and their source show. Of colours without a transform OpenJPH's
  // mixes lines up, and its decoder puts them right again, so that only another decoder notices.
  if (samples === 3 && bitsAllocated > 8) return `its colours have ${bitsAllocated} bits a sample, and 8 are the most`;
  if (signed && bitsAllocated === 8) return 'its samples are signed and of 8 bits';
  if (photometric === 'YBR_FULL')
    return 'its colours are luminance and chrominance, and would be transformed once more';
  return undefined;
}

/**
 * Bits a sample within the code stream: those stored, where that needs words of the same size; else all of the word.
 * JPEG-LS knows no sign, and takes signed samples as the words they are.
 */
export function streamBits({ bitsAllocated, bitsStored, signed }: PixelFormat, target: TranscodingTarget): number {
  const sameWords = bitsStored > 1 && bitsStored > 8 === bitsAllocated > 8;
  return sameWords && !(signed && target === 'jpeg-ls') ? bitsStored : bitsAllocated;
}
