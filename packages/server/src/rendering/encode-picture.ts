import { fromSrgb, PixelsError, type Raster } from '@symbolon/pixels';
import sharp, { type Sharp } from 'sharp';
import { captionsOver } from './captions.ts';
import { withProfile } from './embed-profile.ts';
import type { Encoding } from './frame-job.ts';
import { isTooLarge, maxPicturePixels } from './shown-size.ts';

// One thread for one picture: the pool has as many as the machine can spare, and what was made is kept elsewhere.
sharp.concurrency(1);
sharp.cache(false);

/**
 * A raster in the size wanted, as JPEG, PNG or GIF; grey stays grey. The result has a buffer of its own, to be handed over. The
 * raster's pixels may be written to.
 *
 * Cost    at most `seconds`, whole ones: the threads in which pictures are encoded do not end with the worker.
 *
 * @throws PixelsError PIXELS_TOO_LARGE  in size, or in time
 */
export async function encodePicture(
  { pixels, width, height, channels }: Raster,
  { shown, format, quality, flip, space, captions }: Encoding,
  seconds: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (isTooLarge(shown)) throw new PixelsError('PIXELS_TOO_LARGE', 'The picture is larger than can be shown.');
  const inColour = channels === 3;
  if (inColour && space !== undefined && space !== 'srgb') fromSrgb(pixels, space);
  const raw = { width, height, channels };
  let image = sharp(pixels, { raw, limitInputPixels: maxPicturePixels }).timeout({ seconds });
  if (shown.width !== width || shown.height !== height)
    image = image.resize(shown.width, shown.height, { fit: 'fill', kernel: 'lanczos3' });
  if (flip?.across) image = image.flop();
  if (flip?.down) image = image.flip();
  if (captions) image = image.composite(await captionsOver(shown, captions)).removeAlpha();
  if (!inColour) image = image.toColourspace('b-w');
  try {
    const encoded = new Uint8Array(await encoders[format](image, quality).toBuffer());
    return inColour && space !== undefined ? withProfile(encoded, format, space) : encoded;
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('timeout'))) throw error;
    throw new PixelsError('PIXELS_TOO_LARGE', 'The picture could not be made within the time that one may take.');
  }
}

const encoders: Readonly<Record<Encoding['format'], (image: Sharp, quality: number) => Sharp>> = {
  // Tables made for each picture would save a twentieth of its bytes, and take more than half of its time.
  jpeg: (image, quality) => image.jpeg({ quality, chromaSubsampling: '4:4:4', optimiseCoding: false }),
  png: (image) => image.png({ compressionLevel: 3 }),
  gif: (image) => image.gif({ effort: 1, dither: 0 }),
};
