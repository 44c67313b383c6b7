import { DicomError, type DicomFile, parseIdentityHalf } from '@symbolon/dicom';
import { codecOf, framesWithin, type ImageModel, imageModel, PixelsError } from '@symbolon/pixels';
import type { ManifestInstance } from '../packs/index.ts';
import { inflating } from '../platform/inflate.ts';

/** One picture's pixels are at most so many, and one frame so many bytes as it is stored. */
const maxPixels = 128 * 1024 * 1024;
export const maxFrameBytes = 256 * 1024 * 1024;
/** What a data set deflated whole may become to be looked at; a larger one can be downloaded. */
const maxInflatedBytes = 64 * 1024 * 1024;

/** The header of an instance out of its identity half. @throws DicomError */
export function headerOf(identityHalf: Uint8Array, { cuts }: ManifestInstance): DicomFile {
  return parseIdentityHalf(identityHalf, { ...inflating, cuts, maxInflatedBytes });
}

export type Describable = { readonly model: ImageModel; readonly frames: number };

/**
 * What the header says of the picture, and how many frames there can be by the length of the pixel data.
 *
 * @throws PixelsError  why no frame of it can be shown
 */
export function describe(header: DicomFile, { transferSyntax, cuts }: ManifestInstance): Describable {
  const model = imageModel(header.dataset, transferSyntax, maxPixels);
  const codec = codecOf(transferSyntax);
  const [inside] = header.pixelElements;
  const bytes = inside ? inside.valueEnd - inside.valueStart : (cuts[0]?.bytes ?? 0);
  if (bytes === 0) throw new PixelsError('PIXELS_MISSING', 'This object holds no pixel data.');
  const frames = framesWithin(model, bytes, codec !== 'native');
  if (frames === 0) throw new PixelsError('PIXELS_TRUNCATED', 'The pixel data is shorter than one frame.');
  return { model, frames };
}

/** Why there is no picture, for people; anything else is thrown on. */
export function refusalOf(error: unknown): string {
  if (error instanceof PixelsError) return error.message;
  if (error instanceof DicomError) return 'The header of this object cannot be read as a picture.';
  throw error;
}
