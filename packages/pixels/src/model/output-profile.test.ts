import { describe, expect, test } from 'vitest';
import { fromSrgb } from '../render/from-srgb.ts';
import { toSrgb } from '../render/to-srgb.ts';
import { type ColourProfile, parseIccProfile } from './icc-profile.ts';
import { outputProfile } from './output-profile.ts';

const colours = (): Uint8Array =>
  Uint8Array.from({ length: 3 * 18 ** 3 }, (_, at) => {
    const colour = Math.floor(at / 3);
    return 15 * [Math.floor(colour / 324), Math.floor(colour / 18) % 18, colour % 18][at % 3]!;
  });

describe('the profiles that pictures are given out with', () => {
  test('that of sRGB is read as sRGB', () => expect(parseIccProfile(outputProfile('srgb'))).toBeUndefined());

  test.each(['adobergb', 'rommrgb'] as const)(
    'colours of sRGB, put into %s, are by its profile the same colours',
    (space) => {
      const [wanted, rgb] = [colours(), colours()];
      fromSrgb(rgb, space);
      expect(rgb).not.toEqual(wanted);
      toSrgb(rgb, parseIccProfile(outputProfile(space)) as ColourProfile);
      const apart = Array.from(wanted, (level, at) => Math.abs(level - rgb[at]!));
      expect(apart.reduce((sum, one) => sum + one, 0) / apart.length).toBeLessThan(1);
      // A level of a wider space is several of sRGB, and in the dark more.
      const bright = apart.filter((_, at) => Math.min(...wanted.subarray(at - (at % 3), at - (at % 3) + 3)) >= 60);
      expect(Math.max(...bright)).toBeLessThanOrEqual(4);
    },
  );
});
