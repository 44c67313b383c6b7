import { PixelsError, type Raster } from '@symbolon/pixels';
import sharp from 'sharp';
import { isTooLarge, maxPicturePixels, type ShownSize } from './shown-size.ts';

// One thread for one picture: the pool has as many as the machine can spare, and what was made is kept elsewhere.
sharp.concurrency(1);
sharp.cache(false);

export type Encoding = { readonly shown: ShownSize; readonly format: 'jpeg' | 'png'; readonly quality: number };

/**
 * A raster in the size wanted, as JPEG or PNG; grey stays grey. The result has a buffer of its own, to be handed over.
 *
 * Cost    at most `seconds`, whole ones: the threads in which pictures are encoded do not end with the worker.
 *
 * @throws PixelsError PIXELS_TOO_LARGE  in size, or in time
 */
export async function encodePicture(
  { pixels, width, height, channels }: Raster,
  { shown, format, quality }: Encoding,
  seconds: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (isTooLarge(shown)) throw new PixelsError('PIXELS_TOO_LARGE', 'The picture is larger than can be shown.');
  const raw = { width, height, channels };
  let image = sharp(pixels, { raw, limitInputPixels: maxPicturePixels }).timeout({ seconds });
  if (shown.width !== width || shown.height !== height)
    image = image.resize(shown.width, shown.height, { fit: 'fill', kernel: 'lanczos3' });
  if (channels === 1) image = image.toColourspace('b-w');
  // Tables made for each picture would save a twentieth of its bytes, and take more than half of its time.
  const encoded =
    format === 'png'
      ? image.png({ compressionLevel: 3 })
      : image.jpeg({ quality, chromaSubsampling: '4:4:4', optimiseCoding: false });
  try {
    return new Uint8Array(await encoded.toBuffer());
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('timeout'))) throw error;
    throw new PixelsError('PIXELS_TOO_LARGE', 'The picture could not be made within the time that one may take.');
  }
}
