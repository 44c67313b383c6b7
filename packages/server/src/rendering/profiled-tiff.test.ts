import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodePicture } from './encode-picture.ts';

/** A display profile of sRGB's primaries, adapted to D50, and one gamma for all three. Source: ICC.1 §7.2, §9, §10. */
function profileOf(gamma: number): Uint8Array {
  const numbers = (signature: string, values: readonly number[]) => {
    const bytes = new Uint8Array(8 + 4 * values.length);
    bytes.set(new TextEncoder().encode(signature));
    for (const [at, value] of values.entries())
      new DataView(bytes.buffer).setInt32(8 + 4 * at, Math.round(value * 65_536));
    return bytes;
  };
  const curve = new Uint8Array(16);
  curve.set(new TextEncoder().encode('curv'));
  new DataView(curve.buffer).setUint32(8, 1);
  new DataView(curve.buffer).setUint16(12, Math.round(gamma * 256));
  const tags: readonly (readonly [string, Uint8Array])[] = [
    ['wtpt', numbers('XYZ ', [0.9642, 1, 0.8249])],
    ['rXYZ', numbers('XYZ ', [0.4361, 0.2225, 0.0139])],
    ['gXYZ', numbers('XYZ ', [0.3851, 0.7169, 0.0971])],
    ['bXYZ', numbers('XYZ ', [0.1431, 0.0606, 0.7141])],
    ...['rTRC', 'gTRC', 'bTRC'].map((name) => [name, curve] as const),
  ];
  const start = 128 + 4 + 12 * tags.length;
  const profile = new Uint8Array(start + tags.reduce((sum, [, value]) => sum + value.length, 0));
  const view = new DataView(profile.buffer);
  const write = (at: number, text: string) => profile.set(new TextEncoder().encode(text), at);
  view.setUint32(0, profile.length);
  view.setUint32(8, 0x02100000);
  write(12, 'mntrRGB XYZ ');
  write(36, 'acsp');
  for (const [at, value] of [0.9642, 1, 0.8249].entries()) view.setInt32(68 + 4 * at, Math.round(value * 65_536));
  view.setUint32(128, tags.length);
  let at = start;
  for (const [index, [name, value]] of tags.entries()) {
    write(132 + 12 * index, name);
    view.setUint32(136 + 12 * index, at);
    view.setUint32(140 + 12 * index, value.length);
    profile.set(value, at);
    at += value.length;
  }
  return profile;
}

const raster = (iccProfile: Uint8Array | undefined) =>
  ({
    width: 2,
    height: 1,
    channels: 3,
    pixels: Uint8Array.of(128, 128, 128, 200, 50, 0),
    window: null,
    iccProfile,
  }) as const;

async function shown(iccProfile: Uint8Array | undefined): Promise<number[]> {
  const png = await encodePicture(
    raster(iccProfile),
    { shown: { width: 2, height: 1 }, format: 'png', quality: 90 },
    8,
  );
  return [...(await sharp(png).raw().toBuffer())];
}

test('colours are shown as their profile means them, and as they stand without one', async () => {
  expect(await shown(undefined)).toEqual([128, 128, 128, 200, 50, 0]);
  // Of a gamma of 1, half of the light is 188 in sRGB.
  const linear = await shown(profileOf(1));
  for (const [at, expected] of [188, 188, 188, 229, 122, 0].entries())
    expect(Math.abs(linear[at]! - expected), `${linear}`).toBeLessThanOrEqual(2);
});

test('a profile that is none leaves the colours as they stand', async () => {
  const broken = profileOf(1);
  broken.fill(0xff, 128);
  const header = broken.subarray(0, 132);
  for (const profile of [broken, header]) expect(await shown(profile)).toEqual([128, 128, 128, 200, 50, 0]);
});
