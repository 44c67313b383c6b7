import type { Raster } from '@symbolon/pixels';
import sharp from 'sharp';

// One thread for one picture: the pool has as many as the machine can spare, and no picture is asked for twice in a row.
sharp.concurrency(1);
sharp.cache(false);

const jpegQuality = 90;

/** A raster in the size wanted, as JPEG or PNG; grey stays grey. The result has a buffer of its own, to be handed over. */
export async function encodePicture(
  { pixels, width, height, channels }: Raster,
  shown: { readonly width: number; readonly height: number },
  format: 'jpeg' | 'png',
): Promise<Uint8Array<ArrayBuffer>> {
  // The budgets of `@symbolon/pixels` hold already; sharp's own is a little lower than theirs.
  let image = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false });
  if (shown.width !== width || shown.height !== height)
    image = image.resize(shown.width, shown.height, { fit: 'fill', kernel: 'lanczos3' });
  if (channels === 1) image = image.toColourspace('b-w');
  const encoded =
    format === 'png'
      ? image.png({ compressionLevel: 3 })
      : image.jpeg({ quality: jpegQuality, chromaSubsampling: '4:4:4' });
  return new Uint8Array(await encoded.toBuffer());
}
