import { iccCurve, iccNumbers, iccParametric, iccProfile, matrixTags, primaries } from '@symbolon/testbed';
import { describe, expect, test } from 'vitest';
import { parseIccProfile } from './icc-profile.ts';

const gamma = (value: number) => iccCurve([Math.round(value * 256)]);
const tagsOf = (curve: Uint8Array) => matrixTags(primaries.srgb, curve);
const red = (curve: Uint8Array) => parseIccProfile(iccProfile(tagsOf(curve)))?.linear;
const srgbParameters = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

/** The light of level 51 (a fifth), 102, 204 and 255. */
const at = (linear: Float64Array | undefined) => [51, 102, 204, 255].map((level) => linear?.[level]);
const white = [0.9642, 1, 0.8249];
const near = (found: (number | undefined)[], wanted: number[]) => {
  for (const [index, value] of wanted.entries()) expect(found[index], `${found}`).toBeCloseTo(value, 4);
};

describe('a curve', () => {
  test('of no entries is none, of one a gamma, of more what lies between them', () => {
    near(at(red(iccCurve([]))), [0.2, 0.4, 0.8, 1]);
    near(at(red(gamma(2))), [0.04, 0.16, 0.64, 1]);
    near(at(red(iccCurve([0, 0x8000, 0xffff]))), [0.2, 0.4, 0.8, 1]);
    near(at(red(iccCurve([0, 0, 0xffff]))), [0, 0, 0.6, 1]);
    near(at(red(iccCurve([0, 0xffff]))), [0.2, 0.4, 0.8, 1]);
    const square = Array.from({ length: 4_096 }, (_, entry) => Math.round((entry / 4_095) ** 2 * 65_535));
    near(at(red(iccCurve(square))), [0.04, 0.16, 0.64, 1]);
  });

  test('may be one of the five functions', () => {
    near(at(red(iccParametric(0, [2]))), [0.04, 0.16, 0.64, 1]);
    near(at(red(iccParametric(1, [2, 1.25, -0.25]))), [0, 0.0625, 0.5625, 1]);
    near(at(red(iccParametric(2, [2, 1, -0.3, 0.1]))), [0.1, 0.11, 0.35, 0.59]);
    near(at(red(iccParametric(3, [2, 1, 0, 0.5, 0.3]))), [0.1, 0.16, 0.64, 1]);
    near(at(red(iccParametric(4, [2, 1, 0, 0.5, 0.3, 0.01, 0.02]))), [0.12, 0.17, 0.65, 1]);
  });

  test.each([
    ['of another type', iccNumbers('text', [1, 2])],
    ['that claims 2³¹ entries', iccCurve([0, 0xffff], 2 ** 31)],
    ['that claims one entry more than it has', iccCurve([0, 1, 0xffff, 0xffff], 5)],
    ['of a gamma that is not there', iccCurve([], 1)],
    ['cut in its type', iccCurve([]).subarray(0, 8)],
    ['of a sixth function', iccParametric(5, [1, 1, 1, 1, 1, 1, 1])],
    ['of a function cut short', iccParametric(3, [2, 1, 0, 0.5])],
    ['that has no end', iccParametric(0, [-1])],
    ['that has no end somewhere', iccParametric(1, [-2, 1, -1])],
    ['that is as light everywhere', iccCurve([0x4000, 0x4000])],
    ['of a gamma of 0', gamma(0)],
  ])('%s makes a profile none', (_, curve) => {
    expect(red(curve)).toBeUndefined();
    expect(parseIccProfile(iccProfile({ ...tagsOf(gamma(1)), gTRC: curve }))).toBeUndefined();
  });
});

test('colours reach the linear light of sRGB by the matrix of a profile', () => {
  const { matrix = [] } = parseIccProfile(iccProfile(matrixTags(primaries.srgb, gamma(1)))) ?? {};
  for (const [place, value] of [1, 0, 0, 0, 1, 0, 0, 0, 1].entries()) expect(matrix[place]).toBeCloseTo(value, 2);
  const adobe = parseIccProfile(iccProfile(matrixTags(primaries.adobe, gamma(2.2))))?.matrix ?? [];
  // Adobe RGB and sRGB have their red and blue in common but for how light they are; only green is another.
  for (const [place, value] of [1.398, -0.398, 0, 0, 1, 0, 0, -0.043, 1.043].entries())
    expect(adobe[place], `${adobe}`).toBeCloseTo(value, 2);
});

describe('a profile that is sRGB', () => {
  test.each([
    ['by its function', iccParametric(3, srgbParameters)],
    [
      'by a thousand entries',
      iccCurve(
        Array.from({ length: 1_024 }, (_, entry) => {
          const level = entry / 1_023;
          return Math.round(65_535 * (level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4));
        }),
      ),
    ],
  ])('%s changes nothing, and is none', (_, curve) => expect(red(curve)).toBeUndefined());

  test('but for one of its curves is one', () => {
    const tags = tagsOf(iccParametric(3, srgbParameters));
    for (const name of ['rTRC', 'gTRC', 'bTRC'])
      expect(parseIccProfile(iccProfile({ ...tags, [name]: gamma(2) })), name).toBeDefined();
  });
});

test('a profile of a matrix and three curves is one', () =>
  expect(parseIccProfile(iccProfile(tagsOf(gamma(1))))).toBeDefined());

describe('a profile is none where', () => {
  const tags = tagsOf(gamma(1));
  const curveAt = 132 + 12 * 7 + 20 * 4;

  test.each([
    ['it is of other colours', iccProfile(tags, { space: 'CMYK' })],
    ['it leads to Lab', iccProfile(tags, { connection: 'Lab ' })],
    ['it is not signed as one', iccProfile(tags, { signature: 'ACSP' })],
    ['it has a table of colours', iccProfile({ ...tags, A2B0: iccNumbers('mft2', [0, 0, 0, 0]) })],
    ['it has a table of another intent', iccProfile({ ...tags, D2B3: iccNumbers('mpet', [0, 0, 0, 0]) })],
    ['one of its colours is not there', iccProfile({ ...tags, bXYZ: new Uint8Array(20) })],
    ['one of its curves is not there', iccProfile({ ...tags, gTRC: new Uint8Array(16) })],
    ['its colours are all one', iccProfile(matrixTags([white, white, white], gamma(1)))],
    [
      'its colours are all black',
      iccProfile(
        matrixTags(
          [
            [0, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
          ],
          gamma(1),
        ),
      ),
    ],
    ['it claims 2³² tags', iccProfile(tags, { count: 2 ** 32 - 1 })],
    ['it claims a hundred tags and holds eight', iccProfile(tags, { count: 100 })],
    ['a tag begins outside', iccProfile(tags, { places: { rXYZ: [2 ** 32 - 4, 20] } })],
    ['a tag ends outside', iccProfile(tags, { places: { rXYZ: [216, 2 ** 32 - 1] } })],
    ['a tag has no bytes', iccProfile(tags, { places: { rTRC: [curveAt, 0] } })],
    ['a curve lies over a colour', iccProfile(tags, { places: { rTRC: [216, 20] } })],
    ['it ends behind its header', iccProfile(tags).subarray(0, 132)],
    ['it ends in its header', iccProfile(tags).subarray(0, 100)],
    ['it is empty', new Uint8Array(0)],
  ])('%s', (_, profile) => expect(parseIccProfile(profile)).toBeUndefined());

  test('it is cut anywhere before its last tag', () => {
    const whole = iccProfile(tags);
    // The last two bytes fill the last curve up.
    for (let end = 0; end < whole.length - 2; end++)
      expect(parseIccProfile(whole.subarray(0, end)), `${end}`).toBeUndefined();
  });
});

test('a profile has at most a hundred tags, and those whose values are missing do not matter', () => {
  const withTags = (count: number) => {
    const others = Array.from({ length: count - 7 }, (_, at) => [`x${at + 100}`, new Uint8Array(4)] as const);
    const places = { x100: [2 ** 32 - 1, 2 ** 32 - 1] } as const;
    return parseIccProfile(iccProfile({ ...tagsOf(gamma(1)), ...Object.fromEntries(others) }, { places }));
  };
  expect(withTags(100)).toBeDefined();
  expect(withTags(101)).toBeUndefined();
});

test('tags may share a curve, and stand anywhere in a buffer', () => {
  const tags = tagsOf(gamma(2));
  const apart = iccProfile(tags);
  const shared = iccProfile(tags, { places: { gTRC: [132 + 84 + 80, 16], bTRC: [132 + 84 + 80, 14] } });
  const inside = new Uint8Array(shared.length + 9);
  inside.set(shared, 7);
  expect(parseIccProfile(inside.subarray(7, 7 + shared.length))).toEqual(parseIccProfile(apart));
});
