import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EncodedWith, encodeWith, type Grid, testSamples } from '../encoders.fixture.ts';
import { PixelsError } from '../errors.ts';
import { greyFormat } from '../formats.fixture.ts';
import { decodeFrame, type PixelFormat } from '../index.ts';
import { storedValues } from '../open-file.fixture.ts';

const syntaxOf: Readonly<Record<EncodedWith, string>> = {
  jpeg: '1.2.840.10008.1.2.4.50',
  'jpeg-ls': '1.2.840.10008.1.2.4.80',
  'jpeg-2000': '1.2.840.10008.1.2.4.90',
  htj2k: '1.2.840.10008.1.2.4.201',
};
const lossless: Readonly<Record<EncodedWith, Readonly<Record<string, readonly unknown[]>>>> = {
  jpeg: { setQuality: [90], setSubSampling: [3] },
  'jpeg-ls': { setNearLossless: [0] },
  'jpeg-2000': { setQuality: [true, 0] },
  htj2k: { setQuality: [true, 0] },
};
const codecs = Object.keys(syntaxOf) as EncodedWith[];

const gridOf = (codec: EncodedWith): Grid => ({
  width: 96,
  height: 80,
  bitsPerSample: codec === 'jpeg' ? 8 : 12,
  componentCount: 1,
  isSigned: false,
});
const formatOf = (codec: EncodedWith, { width, height, bitsPerSample }: Grid): PixelFormat => ({
  ...greyFormat,
  transferSyntax: syntaxOf[codec],
  rows: height,
  columns: width,
  bitsAllocated: bitsPerSample > 8 ? 16 : 8,
  bitsStored: bitsPerSample,
  highBit: bitsPerSample - 1,
});
const frame = (bytes: Uint8Array) => ({ bytes, bitOffset: 0, kind: 'integer' as const, vr: 'OB' });

async function encodePicture(codec: EncodedWith, seed: number) {
  const grid = gridOf(codec);
  const samples = testSamples(grid, seed);
  return { samples, format: formatOf(codec, grid), stream: await encodeWith(codec, grid, samples, lossless[codec]) };
}

const made = new Map<string, ReturnType<typeof encodePicture>>();
function picture(codec: EncodedWith, seed = 1): ReturnType<typeof encodePicture> {
  const known = made.get(`${codec} ${seed}`) ?? encodePicture(codec, seed);
  made.set(`${codec} ${seed}`, known);
  return known;
}

describe.each(codecs)('%s', (codec) => {
  test('whole, is what was encoded', async () => {
    const { samples, format, stream } = await picture(codec);
    const values = storedValues(await decodeFrame(format, frame(stream)));
    const given = format.bitsAllocated === 8 ? samples : new Uint16Array(samples.buffer);
    const most = values.reduce((far, value, at) => Math.max(far, Math.abs(value - given[at]!)), 0);
    expect(values).toHaveLength(96 * 80);
    // Noise is what lossy JPEG is bad at.
    expect(most).toBeLessThanOrEqual(codec === 'jpeg' ? 16 : 0);
  });

  test('cut anywhere is an error, and never a picture with a made-up rest', async () => {
    const { format, stream } = await picture(codec);
    // The last bytes are the end marker, and bits that fill up the last byte before it.
    for (let length = 0; length < stream.length - 4; length += 1 + Math.floor(stream.length / 12)) {
      const cut = decodeFrame(format, frame(stream.slice(0, length)));
      await expect(cut, `${length} of ${stream.length} bytes`).rejects.toThrow(PixelsError);
    }
  });

  test('cut anywhere and ended with an end marker is an error as well', async () => {
    const { format, stream } = await picture(codec);
    for (const share of [0.5, 0.75, 0.95]) {
      const cut = stream.slice(0, Math.floor(stream.length * share));
      cut.set([0xff, 0xd9], cut.length - 2);
      await expect(decodeFrame(format, frame(cut)), `${share}`).rejects.toThrow(PixelsError);
    }
  });

  test('with padding behind its end is the same picture', async () => {
    const { format, stream } = await picture(codec);
    const padded = new Uint8Array(stream.length + 3);
    padded.set(stream);
    expect((await decodeFrame(format, frame(padded))).words).toEqual((await decodeFrame(format, frame(stream))).words);
  });

  test.each([
    ['another number of rows', { rows: 81 }],
    ['another number of columns', { columns: 95 }],
    ['three samples', { samples: 3, photometric: 'RGB' }],
    ['fewer bits', { bitsAllocated: 1, bitsStored: 1, highBit: 0 }],
    ['65,535 by 65,535 pixels', { rows: 65_535, columns: 65_535 }],
  ] as const)('under a header of %s is refused before it is decoded', async (_, other) => {
    const { format, stream } = await picture(codec);
    const refused = decodeFrame({ ...format, ...other } as PixelFormat, frame(stream));
    await expect(refused).rejects.toMatchObject({ code: 'PIXELS_CODE_STREAM_CONTRADICTS_HEADER' });
  });

  test('a damaged second picture holds nothing of a first one', async () => {
    const [first, second] = [await picture(codec, 1), await picture(codec, 7)];
    const bends = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 8 });
    let pictures = 0;
    await fc.assert(
      fc.asyncProperty(bends, async (flips) => {
        const bent = second.stream.slice();
        for (const { at, to } of flips) bent[120 + (at % (bent.length - 120))] = to;
        const decode = () =>
          decodeFrame(second.format, frame(bent)).then(
            ({ words }) => words,
            (error: unknown) => {
              expect(error).toBeInstanceOf(PixelsError);
              return undefined;
            },
          );
        // Once behind another picture, once behind itself: where they differ, something of those is in it.
        for (let n = 0; n < 2; n++) await decodeFrame(first.format, frame(first.stream));
        const behindFirst = await decode();
        await decodeFrame(second.format, frame(second.stream));
        const behindItself = await decode();
        expect(behindFirst).toEqual(behindItself);
        if (behindFirst) pictures += 1;
      }),
      { numRuns: 10 },
    );
    // Of lossless JPEG-LS nearly no damage goes unseen.
    if (codec === 'jpeg-2000' || codec === 'htj2k') expect(pictures).toBeGreaterThan(0);
  });
});
