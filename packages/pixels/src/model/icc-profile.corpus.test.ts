import { readFileSync } from 'node:fs';
import { parseFile } from '@symbolon/dicom';
import { realFiles } from '@symbolon/testbed';
import { describe, expect, test } from 'vitest';
import { parseIccProfile } from './icc-profile.ts';
import { pixelTags as tags } from './pixel-tags.ts';
import { firstItem } from './value-transform.ts';

/** Where slide microscopy has its profile. */
const slides = realFiles().filter(({ name }) => /sm_image_(control|dots)\.dcm$/.test(name));

describe.each(slides)('the profile of $name', ({ path }) => {
  const { dataset } = parseFile(readFileSync(path));
  const holder = firstItem(dataset, tags.OpticalPathSequence) ?? dataset;
  const { valueStart, valueEnd } = holder.elements.get(tags.ICCProfile)!;
  const profile = () => Uint8Array.from(holder.bytes.subarray(valueStart, valueEnd));

  test('is that of sRGB, with which nothing is to do', () => expect(parseIccProfile(profile())).toBeUndefined());

  test('is read, and would be applied if its curves were others', () => {
    const bytes = profile();
    const view = new DataView(bytes.buffer);
    const entry = Array.from({ length: view.getUint32(128) }, (_, at) => 132 + 12 * at).find(
      (at) => new TextDecoder().decode(bytes.subarray(at, at + 4)) === 'rTRC',
    )!;
    // A curve of no entries.
    view.setUint32(view.getUint32(entry + 4) + 8, 0);
    const { linear, matrix } = parseIccProfile(bytes)!;
    expect(linear[51]).toBeCloseTo(0.2, 6);
    for (const [place, value] of [1, 0, 0, 0, 1, 0, 0, 0, 1].entries()) expect(matrix[place]).toBeCloseTo(value, 2);
  });
});
