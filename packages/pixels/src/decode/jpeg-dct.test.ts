import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeWith, type Grid, testSamples } from '../encoders.fixture.ts';
import { PixelsError } from '../errors.ts';
import { decompress } from './codec-modules.ts';
import { decodeJpegDct } from './jpeg-dct.ts';

const grey = (width: number, height: number): Grid => ({
  width,
  height,
  bitsPerSample: 8,
  componentCount: 1,
  isSigned: false,
});
const kinds = [
  ['sequential', false],
  ['progressive', true],
] as const;

async function greyStream(grid: Grid, progressive: boolean, quality = 90): Promise<Uint8Array> {
  const settings = { setProgressive: [progressive], setQuality: [quality], setSubSampling: [3] };
  return encodeWith('jpeg', grid, testSamples(grid), settings);
}

describe.each(kinds)('%s JPEG', (_, progressive) => {
  test.each([
    [33, 65, 90],
    [241, 9, 90],
    [64, 64, 20],
    [100, 131, 95],
  ])(
    'of %i by %i pixels and quality %i is to one level what libjpeg-turbo makes of it',
    async (width, height, quality) => {
      const stream = await greyStream(grey(width, height), progressive, quality);
      const theirs = (await decompress('jpeg', stream)).bytes;
      const ours = decodeJpegDct(stream);
      expect(ours).toHaveLength(width * height);
      expect(Math.max(...ours.map((level, at) => Math.abs(level - theirs[at]!)))).toBeLessThanOrEqual(1);
      // Not of one grey, which would be near to everything.
      if (width > 8) expect(new Set(ours).size).toBeGreaterThan(20);
    },
  );

  test.each([
    ['4:4:4', 0],
    ['4:2:2', 1],
    ['4:2:0', 2],
  ])('of colours sampled %s has the luma that libjpeg-turbo has, and chroma for each pixel', async (__, sampling) => {
    const grid = { ...grey(53, 38), componentCount: 3 };
    const luma = testSamples(grey(53, 38));
    const rgb = new Uint8Array(luma.length * 3).map((___, at) => luma[Math.floor(at / 3)]!);
    const settings = { setProgressive: [progressive], setQuality: [95], setSubSampling: [sampling] };
    const stream = await encodeWith('jpeg', grid, rgb, settings);
    const theirs = (await decompress('jpeg', stream)).bytes;
    const ours = decodeJpegDct(stream);
    const apart = ours.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (at % 3 === 0 ? theirs[at]! : 128))),
      0,
    );
    expect(apart).toBeLessThanOrEqual(1);
  });

  test('cut anywhere is an error, and never a picture with a grey rest', async () => {
    const stream = await greyStream(grey(64, 48), progressive);
    const scan = stream.findIndex((byte, at) => byte === 0xff && stream[at + 1] === 0xda);
    // The last byte of the entropy coded data may hold nothing but bits that fill it up.
    for (let length = 2; length < stream.length - 3; length += length < scan ? 7 : 3)
      expect(() => decodeJpegDct(stream.subarray(0, length)), `${length} bytes`).toThrow(PixelsError);
    expect(decodeJpegDct(stream)).toHaveLength(64 * 48);
  });

  test('with bytes of any value anywhere is a picture of that size or an error of ours', async () => {
    const stream = await greyStream(grey(64, 40), progressive);
    const changes = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 6 });
    let pictures = 0;
    fc.assert(
      fc.property(changes, fc.constantFrom(0, 0, 0, 40), (flips, cut) => {
        const bent = stream.slice(0, stream.length - cut);
        for (const { at, to } of flips) bent[at % bent.length] = to;
        // The caller holds the size against the header of the file.
        bent.set(stream.subarray(0, 2));
        try {
          decodeJpegDct(bent);
          pictures += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(PixelsError);
        }
      }),
      { numRuns: 1500 },
    );
    expect(pictures).toBeGreaterThan(50);
  });
});

test('a short stream that claims to be vast is refused before memory is taken for it', async () => {
  const stream = await greyStream(grey(64, 64), false);
  const frame = stream.findIndex((byte, at) => byte === 0xff && stream[at + 1] === 0xc0);
  stream.set([0xff, 0xff, 0xff, 0xff], frame + 5);
  const before = process.memoryUsage().arrayBuffers;
  expect(() => decodeJpegDct(stream)).toThrow(PixelsError);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
});

test('a stream of a thousand scans is refused, as each would cost a pass over the picture', async () => {
  const stream = await greyStream(grey(64, 64), true);
  const scan = stream.findLastIndex((byte, at) => byte === 0xff && stream[at + 1] === 0xda);
  const [head, last] = [stream.subarray(0, scan), stream.subarray(scan, stream.length - 2)];
  const many = Buffer.concat([head, ...Array.from({ length: 1000 }, () => last), Buffer.of(0xff, 0xd9)]);
  expect(() => decodeJpegDct(new Uint8Array(many))).toThrow(PixelsError);
});

test('Huffman tables with more codes than there can be, or of a fifth destination, are refused', async () => {
  const stream = await greyStream(grey(64, 64), false);
  const table = stream.findIndex((byte, at) => byte === 0xff && stream[at + 1] === 0xc4);
  const overflowing = stream.slice();
  overflowing[table + 5] = 3;
  expect(() => decodeJpegDct(overflowing)).toThrow(PixelsError);
  const fifth = stream.slice();
  fifth[table + 4] = 5;
  expect(() => decodeJpegDct(fifth)).toThrow(PixelsError);
});
