import { expect, test } from 'vitest';
import { encodePicture } from './encode-picture.ts';

const raster = (width: number, height: number) =>
  ({ width, height, channels: 1, pixels: new Uint8Array(width * height), window: null }) as const;

test('a picture whose edges or pixels are more than may be shown is not begun', async () => {
  for (const shown of [
    { width: 16_385, height: 1 },
    { width: 1, height: 176_000 },
    { width: 16_000, height: 16_000 },
  ])
    await expect(encodePicture(raster(10, 10), { shown, format: 'png', quality: 90 }, 8)).rejects.toMatchObject({
      code: 'PIXELS_TOO_LARGE',
    });
});

test('a picture that takes longer than it may is given up, and the next is made', async () => {
  const noise = { ...raster(8_000, 8_000), pixels: new Uint8Array(64_000_000) };
  for (let at = 0; at < noise.pixels.length; at++) noise.pixels[at] = (at * 2_654_435_761) >>> 24;
  const shown = { width: 11_000, height: 11_000 };
  await expect(encodePicture(noise, { shown, format: 'png', quality: 90 }, 1)).rejects.toMatchObject({
    code: 'PIXELS_TOO_LARGE',
  });
  const small = await encodePicture(
    raster(10, 10),
    { shown: { width: 10, height: 10 }, format: 'jpeg', quality: 90 },
    8,
  );
  expect([...small.subarray(0, 2)]).toEqual([0xff, 0xd8]);
});
