import { DicomError, type DicomFile, parseIdentityHalf } from '@symbolon/dicom';
import { codecOf, frameBits, framesWithin, type ImageModel, imageModel, PixelsError } from '@symbolon/pixels';
import type { ManifestInstance } from '../packs/index.ts';
import { inflating } from '../platform/inflate.ts';
import type { Encoding } from './frame-job.ts';
import { isTooLarge, maxPicturePixels, type ShownSize, squareSize } from './shown-size.ts';

/** One frame is at most so many bytes, as it is stored and as it is decoded. */
export const maxFrameBytes = 256 * 1024 * 1024;
/** What a data set deflated whole may become to be looked at; a larger one can be downloaded. */
export const maxInflatedBytes = 64 * 1024 * 1024;

/** The header of an instance out of its identity half. @throws DicomError */
export function headerOf(identityHalf: Uint8Array, { cuts }: ManifestInstance, most = maxInflatedBytes): DicomFile {
  return parseIdentityHalf(identityHalf, { ...inflating, cuts, maxInflatedBytes: most });
}

export type Describable = { readonly model: ImageModel; readonly frames: number };

/**
 * What the header says of the picture, and how many frames there can be by the length of the pixel data.
 *
 * @throws PixelsError  why no frame of it can be shown
 */
export function describe(header: DicomFile, { transferSyntax, cuts }: ManifestInstance): Describable {
  const model = imageModel(header.dataset, transferSyntax, maxPicturePixels);
  const shown = squareSize(model);
  if (isTooLarge(shown)) throw tooLarge(`A picture of ${shown.width} by ${shown.height} pixels`);
  if (frameBits(model.format) / 8 > maxFrameBytes) throw tooLarge('A frame of so many bytes');
  const codec = codecOf(transferSyntax);
  const [inside] = header.pixelElements;
  const bytes = inside ? inside.valueEnd - inside.valueStart : (cuts[0]?.bytes ?? 0);
  if (bytes === 0) throw new PixelsError('PIXELS_MISSING', 'This object holds no pixel data.');
  const frames = framesWithin(model, bytes, codec !== 'native');
  if (frames === 0) throw new PixelsError('PIXELS_TRUNCATED', 'The pixel data is shorter than one frame.');
  return { model, frames };
}

const tooLarge = (what: string): PixelsError =>
  new PixelsError('PIXELS_TOO_LARGE', `${what} is larger than can be shown. The file is whole and can be downloaded.`);

/** So many bytes a frame is once it is decoded. */
export const decodedBytes = ({ format }: Pick<ImageModel, 'format'>): number =>
  Math.max(frameBits(format) / 8, format.rows * format.columns * format.samples * wordBytes(format.bitsAllocated));

/** Samples that are packed, one bit or twelve of them, lie in whole words once they are decoded. */
const wordBytes = (bits: number): number => (bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8);

/** So many bytes of memory a frame takes while it is made a picture: as stored and decoded, as levels, and as shown. */
export function memoryOf(
  { format, colour, supplement, planes, colourProfile }: ImageModel,
  shown: ShownSize,
  { format: as, captions }: Partial<Pick<Encoding, 'format' | 'captions'>> = {},
): number {
  const pixels = format.rows * format.columns;
  const channels = colour || supplement ? 3 : 1;
  // What is handed over beside the frame.
  const graphics = (planes ?? []).reduce((sum, plane) => sum + (plane.kind === 'bits' ? plane.bits.byteLength : 0), 0);
  const levels = channels * (pixels + shown.width * shown.height);
  // To be written over it is in colours, and has a fourth channel. So is a GIF, twice, while its palette is made (measured: 11 bytes).
  const over = ((captions ? 4 : 0) + (as === 'gif' ? 11 : 0)) * shown.width * shown.height;
  return Math.ceil(2 * decodedBytes({ format }) + levels + over + graphics + (colourProfile?.linear.byteLength ?? 0));
}

/** Why there is no picture, for people; anything else is thrown on. */
export function refusalOf(error: unknown): string {
  if (error instanceof PixelsError) return error.message;
  if (error instanceof DicomError) return 'The header of this object cannot be read as a picture.';
  throw error;
}
