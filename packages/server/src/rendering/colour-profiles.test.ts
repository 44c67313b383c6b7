import { crc32, deflateSync } from 'node:zlib';
import type { DataSet } from '@symbolon/dicom';
import { type DecodedFrame, imageModel, render } from '@symbolon/pixels';
import { iccCurve, iccParametric, iccProfile, matrixTags, primaries } from '@symbolon/testbed';
import sharp from 'sharp';
import { expect, test } from 'vitest';

const size = 52 ** 2;
/** Every fifth level of red, green and blue: 52³ colours, in a picture of as many columns as colours of two. */
const colours = Uint8Array.from({ length: 3 * 52 * size }, (_, at) => {
  const colour = Math.floor(at / 3);
  return 5 * [Math.floor(colour / size), Math.floor(colour / 52) % 52, colour % 52][at % 3]!;
});

/** An image of these colours with this profile, as Little CMS shows it: by way of a PNG that holds both. */
async function byLittleCms(profile: Uint8Array): Promise<Uint8Array> {
  const bare = await sharp(colours, { raw: { width: size, height: 52, channels: 3 } })
    .png()
    .toBuffer();
  const body = Buffer.concat([Buffer.from('iCCPp\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  // Behind the signature and IHDR.
  const whole = Buffer.concat([bare.subarray(0, 33), chunk, bare.subarray(33)]);
  return sharp(whole).toColourspace('srgb').raw().toBuffer();
}

function byOurselves(profile: Uint8Array): Uint8Array {
  const frame: DecodedFrame = {
    ...{ rows: 52, columns: size, samples: 3, space: 'rgb', planar: 0 },
    ...{ bitsStored: 8, highBit: 7, signed: false, words: colours },
  };
  const model = imageModel(imageOf(profile), '1.2.840.10008.1.2.1');
  return render(frame, model, { slope: 1, intercept: 0, windows: [], unit: '' }).pixels;
}

function imageOf(profile: Uint8Array): DataSet {
  const short = (value: number) => Uint8Array.of(value & 255, value >> 8);
  const values: readonly (readonly [tag: number, vr: string, bytes: Uint8Array])[] = [
    [0x280002, 'US', short(3)],
    [0x280004, 'CS', new TextEncoder().encode('RGB ')],
    [0x280010, 'US', short(52)],
    [0x280011, 'US', short(size)],
    [0x280100, 'US', short(8)],
    [0x282000, 'OB', profile],
  ];
  const bytes = Buffer.concat(values.map(([, , value]) => value));
  let end = 0;
  const elements = values.map(([tag, vr, value]) => {
    const start = end;
    end += value.length;
    return [tag, { tag, vr, start, valueStart: start, valueEnd: end, end, items: undefined }] as const;
  });
  return { bytes, littleEndian: true, explicit: true, elements: new Map(elements) };
}

test.each([
  ['linear light', matrixTags(primaries.srgb, iccCurve([256]))],
  ['Adobe RGB', matrixTags(primaries.adobe, iccCurve([563]))],
  ['a curve of entries', matrixTags(primaries.adobe, iccCurve([0, 0x0800, 0x3000, 0x9000, 0xffff]))],
  ['functions', matrixTags(primaries.adobe, iccParametric(3, [2.4, 0.9479, 0.0521, 0.0774, 0.0405]))],
  [
    'three curves of their own',
    {
      ...matrixTags(primaries.adobe, iccCurve([461])),
      gTRC: iccCurve([]),
      bTRC: iccParametric(4, [2, 0.9, 0.05, 0.1, 0.1, 0.02, 0]),
    },
  ],
])('colours of %s are shown as Little CMS shows them, but for one level', async (_, tags) => {
  const profile = iccProfile(tags);
  const [theirs, ours] = [await byLittleCms(profile), byOurselves(profile)];
  expect(ours.length).toBe(theirs.length);
  let [most, changed] = [0, 0];
  for (let at = 0; at < ours.length; at++) {
    most = Math.max(most, Math.abs(ours[at]! - theirs[at]!));
    if (Math.abs(theirs[at]! - colours[at]!) > 10) changed++;
  }
  expect(most).toBeLessThanOrEqual(1);
  expect(changed).toBeGreaterThan(size);
});
