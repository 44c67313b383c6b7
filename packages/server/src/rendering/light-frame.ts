import { isEncapsulated } from '@symbolon/dicom';
import { codecOf, type ImageModel } from '@symbolon/pixels';
import type { Encoding } from './frame-job.ts';

/** Of so many pixels, and as many in the picture: some 5 ms of work at most, of a CT slice less than 1. */
const lightPixels = 1024 * 1024;

/**
 * Whether a frame becomes a picture in less time than handing it to a worker takes: nothing is decoded, and nothing of its
 * header makes its rendering longer than its pixels do. Nor is it longer than its pixels: of fragments that hold no code stream, one may
 * have 256 MiB for a single pixel. `isDecoded`: no codec has to look at it any more, and nothing of it is read.
 */
export function isLight(
  { format, supplement, planes, shutter }: ImageModel,
  isDecoded: boolean,
  { shown, format: as, captions }: Pick<Encoding, 'shown' | 'format' | 'captions'>,
): boolean {
  const { transferSyntax, rows, columns, photometric, samples, bitsAllocated, bitsStored } = format;
  const isGrey = (photometric === 'MONOCHROME1' || photometric === 'MONOCHROME2') && samples === 1;
  return (
    (isDecoded || (codecOf(transferSyntax) === 'native' && !isEncapsulated(transferSyntax))) &&
    isGrey &&
    (bitsAllocated === 8 || bitsAllocated === 16) &&
    bitsStored <= bitsAllocated &&
    rows * columns <= lightPixels &&
    shown.width * shown.height <= lightPixels &&
    as !== 'gif' &&
    (planes ?? []).length === 0 &&
    [supplement, shutter, captions].every((one) => one === undefined)
  );
}
