import { decodeFrame, PixelsError, render } from '@symbolon/pixels';
import { encodePicture } from './encode-picture.ts';
import type { FrameAnswer, FrameJob } from './frame-job.ts';
import { shared } from './shared-frame.ts';

/** Of the time that the pool gives to one picture, so much is for decoding and encoding together. Seconds. */
const seconds = 8;

/** Decodes, renders and encodes: in a worker, or, where nothing is to be decoded that costs time, where it is called. */
export async function pictureOf({
  source,
  keep,
  isLight,
  picture,
  transform,
  look,
  encoding,
}: FrameJob): Promise<Extract<FrameAnswer, { kind: 'picture' }>> {
  const began = performance.now();
  const decoded = source.kind === 'decoded' ? source.frame : await decodeFrame(picture.format, source.frame);
  const raster = render(decoded, picture, transform, look);
  const left = seconds - (performance.now() - began) / 1_000;
  const bytes = await encodePicture(raster, encoding, Math.max(1, Math.floor(left)));
  const window = raster.window && { center: raster.window.center, width: raster.window.width };
  const wanted = keep && source.kind === 'encoded';
  // What is light stays in this thread, and needs no memory that others can reach; a worker that wants it later is given a copy.
  return {
    kind: 'picture',
    picture: { bytes, window },
    ...(wanted && { decoded: isLight ? decoded : shared(decoded) }),
  };
}

/** What went wrong, in words that may go out; of our own bugs the name and code alone. */
export function refusalFrom(error: unknown): Extract<FrameAnswer, { kind: 'refused' | 'failed' }> {
  if (error instanceof PixelsError) return { kind: 'refused', reason: error.message };
  const { name, code } = Object(error) as { name?: string; code?: unknown };
  return { kind: 'failed', name: String(name), code };
}
