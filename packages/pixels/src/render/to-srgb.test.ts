import { iccCurve, iccProfile, matrixTags, primaries } from '@symbolon/testbed';
import { expect, test } from 'vitest';
import type { DecodedFrame } from '../decode/decoded-frame.ts';
import { modelOf } from '../formats.fixture.ts';
import { type Look, type Picture, render, type ValueTransform } from '../index.ts';
import { parseIccProfile } from '../model/icc-profile.ts';

const plain: ValueTransform = { slope: 1, intercept: 0, windows: [], unit: '' };
const profileOf = (columns: readonly (readonly number[])[], gamma: number) =>
  parseIccProfile(iccProfile(matrixTags(columns, iccCurve([Math.round(gamma * 256)]))));
const frame: DecodedFrame = {
  rows: 1,
  columns: 2,
  samples: 3,
  space: 'rgb',
  planar: 0,
  bitsStored: 8,
  highBit: 7,
  signed: false,
  words: Uint8Array.of(128, 128, 128, 200, 50, 0),
};
const shown = (picture: Partial<Picture>, look: Look = {}, of = frame) => [
  ...render(of, { ...modelOf(), ...picture }, plain, look).pixels,
];

test('colours are shown as their profile means them, and as they stand without one', () => {
  expect(shown({})).toEqual([128, 128, 128, 200, 50, 0]);
  // Of a gamma of 1, half of the light is 188 in sRGB.
  const linear = shown({ colourProfile: profileOf(primaries.srgb, 1) });
  for (const [at, expected] of [188, 188, 188, 229, 122, 0].entries())
    expect(Math.abs(linear[at]! - expected), `${linear}`).toBeLessThanOrEqual(1);
});

test('what sRGB cannot show is the nearest of each', () => {
  const green = { ...frame, columns: 1, words: Uint8Array.of(0, 255, 0) };
  expect(shown({ colourProfile: profileOf(primaries.adobe, 2.2) }, {}, green)).toEqual([0, 255, 0]);
  const far = profileOf(
    primaries.srgb.map((column) => column.map((value) => value * 30_000)),
    1,
  );
  expect(shown({ colourProfile: far })).toEqual([255, 255, 255, 255, 255, 0]);
});

test('a palette has colours of the profile too', () => {
  const table = (...levels: number[]) => Uint8Array.from(levels);
  const palette = { first: 0, red: table(128, 200), green: table(128, 50), blue: table(128, 0) };
  const indexed = { ...frame, samples: 1, space: 'palette', words: Uint8Array.of(0, 1) } as const;
  const colourProfile = profileOf(primaries.srgb, 1);
  expect(shown({ palette, colourProfile }, {}, indexed)).toEqual(shown({ colourProfile }));
});

test('colours are turned round after their profile, and a frame kept for another look stays as it was', () => {
  const colourProfile = profileOf(primaries.srgb, 1);
  const upright = shown({ colourProfile });
  expect(shown({ colourProfile }, { invert: true })).toEqual(upright.map((level) => 255 - level));
  expect([...frame.words]).toEqual([128, 128, 128, 200, 50, 0]);
});

test('the colour of a shutter is of sRGB, and no profile changes it', () => {
  const shutter = {
    shapes: [{ kind: 'rectangular', left: 0, right: 0, top: 0, bottom: 0 }],
    grey: 128,
    colour: [10, 128, 30],
  } as const;
  expect(shown({ shutter, colourProfile: profileOf(primaries.srgb, 1) }).slice(3)).toEqual([10, 128, 30]);
});
