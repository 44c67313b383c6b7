import type { DecodedFrame } from '../decode/decoded-frame.ts';
import { PixelsError } from '../errors.ts';
import type { Picture } from '../model/image-model.ts';
import type { ValueTransform } from '../model/value-transform.ts';
import { renderColour, withSupplement } from './colour.ts';
import { drawOverlays } from './draw-overlays.ts';
import { drawShutter } from './draw-shutter.ts';
import { renderGrey } from './grey.ts';
import type { Look } from './look.ts';
import { cropped, type Region, requireInside, wholeOf } from './region.ts';
import { isTabled } from './value-range.ts';
import type { WindowShape } from './window.ts';

/**
 * A picture of eight bits, as many rows and columns as the image has, or the part that is shown; colours are those of sRGB. `window`
 * is null for colours and VOI tables.
 */
export type Raster = {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
  readonly window: WindowShape | null;
};

/**
 * Shows a decoded frame: grey levels by the transforms of its image, or colours, by their profile; then its shutter, and the graphics over both.
 *
 * Cost    measured: 512² of 16 bits in 3 ms, 2457 × 1890 in 8 ms, in 15 ms without a window.
 *
 * @throws PixelsError PIXELS_CODE_STREAM_CONTRADICTS_HEADER PIXELS_HEADER_INVALID
 * @throws PixelsError PIXELS_FRAME_MISSING  the part that is asked for is not inside the image
 */
export function render(frame: DecodedFrame, picture: Picture, transform: ValueTransform, look: Look = {}): Raster {
  const { rows, columns } = frame;
  const expected = rows * columns * (frame.space.endsWith('-422') ? 2 : frame.samples);
  if (frame.words.length < expected)
    throw new PixelsError(
      'PIXELS_CODE_STREAM_CONTRADICTS_HEADER',
      'The frame holds fewer pixels than the header says.',
    );
  const region = look.region ?? wholeOf(frame);
  requireInside(region, frame);
  const raster = rasterOf(frame, picture, transform, look, region);
  const canvas = { pixels: raster.pixels, channels: raster.channels, region };
  if (picture.shutter) drawShutter(canvas, picture.shutter);
  if (picture.overlays && look.overlays !== false) drawOverlays(canvas, picture.overlays, frame);
  return raster;
}

function rasterOf(
  frame: DecodedFrame,
  picture: Picture,
  transform: ValueTransform,
  look: Look,
  region: Region,
): Raster {
  const { width, height } = region;
  if (frame.space === 'grey') {
    const { grey, window } = renderGrey(frame, picture, transform, look, region);
    const { supplement, padding } = picture;
    if (supplement === undefined || !isTabled(frame)) return { width, height, channels: 1, pixels: grey, window };
    const pixels = withSupplement(grey, cropped(frame, region), supplement, padding);
    return { width, height, channels: 3, pixels, window };
  }
  const pixels = renderColour(cropped(frame, region), picture, look.invert === true);
  return { width, height, channels: 3, pixels, window: null };
}
