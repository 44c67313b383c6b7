import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../decode/decode.ts';
import { PixelsError } from '../errors.ts';
import { greyFormat } from '../formats.fixture.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { type TranscodingTarget, transcodingTargets } from './targets.ts';
import { transcodeFrame } from './transcode-frame.ts';

const targets = Object.keys(transcodingTargets) as TranscodingTarget[];

type Image = { readonly format: PixelFormat; readonly bytes: Uint8Array };

/** A slope with some noise, so that neither runs nor predictions are always right; signed ones filled with their sign. */
function image(format: PixelFormat, noise: readonly number[], slope: number): Image {
  const { rows, columns, samples, bitsAllocated, bitsStored, signed } = format;
  const words =
    bitsAllocated === 8 ? new Uint8Array(rows * columns * samples) : new Uint16Array(rows * columns * samples);
  const range = 2 ** bitsStored;
  for (let at = 0; at < words.length; at++) {
    const value = (Math.floor(at * slope) + noise[at % noise.length]!) % range;
    words[at] = signed && value >= range / 2 ? value - range : value;
  }
  return { format, bytes: new Uint8Array(words.buffer) };
}

const images = (formats: fc.Arbitrary<Partial<PixelFormat>>): fc.Arbitrary<Image> =>
  fc
    .record({
      more: formats,
      rows: fc.integer({ min: 1, max: 70 }),
      columns: fc.integer({ min: 1, max: 140 }),
      noise: fc.array(fc.nat(65_535), { minLength: 1, maxLength: 60 }),
      quiet: fc.constantFrom(1, 3, 65_536),
      slope: fc.double({ min: 0, max: 9, noNaN: true }),
    })
    .map(({ more, rows, columns, noise, quiet, slope }) =>
      image(
        { ...greyFormat, ...more, rows, columns },
        noise.map((value) => value % quiet),
        slope,
      ),
    );

const grey = images(
  fc
    .record({ bitsStored: fc.integer({ min: 1, max: 16 }), wide: fc.boolean(), signed: fc.boolean() })
    .map(({ bitsStored, wide, signed }) => ({
      bitsStored,
      highBit: bitsStored - 1,
      bitsAllocated: bitsStored > 8 || wide ? (16 as const) : (8 as const),
      signed,
    })),
);
const colours = images(
  fc
    .record({
      samples: fc.constant(3 as const),
      bits: fc.constantFrom(8 as const, 16 as const),
      planar: fc.constantFrom(0 as const, 1 as const),
      photometric: fc.constantFrom('RGB' as const, 'YBR_FULL' as const),
    })
    .map(({ bits, ...more }) => ({ ...more, bitsAllocated: bits, bitsStored: bits, highBit: bits - 1 })),
);

const frameOf = (bytes: Uint8Array) => ({ bytes, bitOffset: 0, kind: 'integer' as const, vr: 'OW' });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** Which of these a target refuses by name: the rest must survive it. */
function isRefused({ bitsAllocated, signed, samples, photometric }: PixelFormat, target: TranscodingTarget): boolean {
  if (!/2/.test(target)) return false;
  if (samples === 3) return bitsAllocated === 16 || photometric === 'YBR_FULL';
  return signed && bitsAllocated === 8;
}

/** How far a sample is from the one before it, on average, as a part of all values that there are. */
function roughness({ bitsAllocated, bitsStored, samples }: PixelFormat, bytes: Uint8Array): number {
  const words = bitsAllocated === 8 ? bytes : new Uint16Array(bytes.buffer);
  let apart = 0;
  for (let at = samples; at < words.length; at++) apart += Math.abs(words[at]! - words[at - samples]!);
  return apart / words.length / 2 ** bitsStored;
}

describe.each(targets)('%s', (target) => {
  test.each([
    ['grey image of 1 to 16 bits, signed or not', grey],
    ['colour image of 8 or 16 bits, by pixel or by plane', colours],
  ])('brings back every bit of every %s, or refuses it by name', async (_, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ format, bytes }) => {
        if (isRefused(format, target)) {
          await expect(transcodeFrame(format, frameOf(bytes), target)).rejects.toMatchObject({
            code: 'PIXELS_NOT_REPRESENTABLE',
          });
          return;
        }
        const there = await transcodeFrame(format, frameOf(bytes), target).catch((error: PixelsError) => error);
        if (there instanceof PixelsError) {
          // Noise, and nothing else, may be larger in JPEG-LS than the encoder has room for.
          expect(there.code).toBe('PIXELS_NOT_REPRESENTABLE');
          expect(target).toBe('jpeg-ls');
          expect(roughness(format, bytes)).toBeGreaterThan(0.1);
          return;
        }
        expect(there.format.transferSyntax).toBe(transcodingTargets[target]);
        const back = await transcodeFrame({ ...there.format }, frameOf(there.bytes), 'explicit');
        const { planar } = back.format;
        expect(hex(back.bytes)).toBe(hex(planar === format.planar ? bytes : byPixel(bytes, format)));
      }),
      { numRuns: 25 },
    );
  });

  test('never gives out what a code stream decodes to that contradicts the header', async () => {
    const { format, bytes } = image(
      { ...greyFormat, rows: 40, columns: 33, bitsStored: 12, highBit: 11 },
      [1, 7, 2],
      3,
    );
    const { bytes: stream, format: there } = await transcodeFrame(format, frameOf(bytes), 'jpeg-ls');
    const others = [
      { rows: 41 },
      { columns: 32 },
      { samples: 3 as const, photometric: 'YBR_RCT' as const },
      { bitsAllocated: 8 as const, bitsStored: 8, highBit: 7 },
    ];
    for (const other of others)
      await expect(transcodeFrame({ ...there, ...other }, frameOf(stream), target)).rejects.toMatchObject({
        code: expect.stringMatching(/^PIXELS_(CODE_STREAM_CONTRADICTS_HEADER|NOT_REPRESENTABLE)$/),
      });
    await expect(transcodeFrame(there, frameOf(stream.subarray(0, 200)), target)).rejects.toThrow(PixelsError);
  });
});

function byPixel(bytes: Uint8Array, { bitsAllocated }: PixelFormat): Uint8Array {
  const size = bitsAllocated / 8;
  const pixels = bytes.length / size / 3;
  return bytes.map((_, at) => {
    const [sample, byte] = [Math.floor(at / size), at % size];
    return bytes[((sample % 3) * pixels + Math.floor(sample / 3)) * size + byte]!;
  });
}

const native = (format: Partial<PixelFormat>, words: Uint8Array | Uint16Array | Uint32Array | Float32Array) => ({
  format: { ...greyFormat, ...format, rows: 1 },
  bytes: new Uint8Array(words.buffer),
});

test('a chain through every target ends in the bytes that it began with', async () => {
  const { format, bytes } = image(
    { ...greyFormat, rows: 37, columns: 53, bitsStored: 12, highBit: 11, signed: true },
    [5, 9, 4000, 1],
    2,
  );
  let frame = { format, bytes };
  for (const target of ['rle', 'jpeg-ls', 'jpeg-2000', 'htj2k', 'htj2k-rpcl', 'explicit'] as const)
    frame = await transcodeFrame(frame.format, frameOf(frame.bytes), target);
  expect(hex(frame.bytes)).toBe(hex(bytes));
});

test('an overlay in the high bits of the words is kept by RLE, and what would lose it says so', async () => {
  const { format, bytes } = native({ columns: 4, bitsStored: 12, highBit: 11 }, Uint16Array.of(0x8001, 2, 3, 0x0fff));
  const { bytes: rle, format: there } = await transcodeFrame(format, frameOf(bytes), 'rle');
  expect((await decodeFrame(there, frameOf(rle))).words).toEqual(Uint16Array.of(0x8001, 2, 3, 0x0fff));
  for (const target of ['jpeg-ls', 'jpeg-2000', 'htj2k', 'htj2k-rpcl'] as const)
    await expect(transcodeFrame(format, frameOf(bytes), target)).rejects.toMatchObject({
      code: 'PIXELS_NOT_REPRESENTABLE',
      message: expect.stringContaining('overlays'),
    });
});

test.each([
  ['single bits', { bitsAllocated: 1, bitsStored: 1, highBit: 0, columns: 11 }, Uint8Array.of(0xa5, 0x05)],
  ['32 bits', { bitsAllocated: 32, bitsStored: 32, highBit: 31, columns: 2 }, Uint32Array.of(7, 4_000_000_000)],
  ['samples at the high end of their words', { bitsStored: 12, highBit: 15, columns: 2 }, Uint16Array.of(16, 4096)],
] as const)('%s are refused where they cannot be, and native holds them', async (_, more, words) => {
  const { format, bytes } = native(more, words);
  expect(hex((await transcodeFrame(format, frameOf(bytes), 'explicit')).bytes)).toBe(hex(bytes));
  for (const target of targets.filter((name) => name !== 'explicit' && (name !== 'rle' || format.bitsAllocated === 1)))
    await expect(transcodeFrame(format, frameOf(bytes), target)).rejects.toMatchObject({
      code: 'PIXELS_NOT_REPRESENTABLE',
    });
});

test('floating point numbers stay native, not a bit of a NaN changed', async () => {
  const { format, bytes } = native({ bitsAllocated: 32, columns: 3 }, Float32Array.of(-0, Number.NaN, 1e-42));
  bytes[4] = 0x2a;
  const frame = { ...frameOf(bytes), kind: 'float' as const };
  expect(hex((await transcodeFrame(format, frame, 'explicit')).bytes)).toBe(hex(bytes));
  await expect(transcodeFrame(format, frame, 'rle')).rejects.toMatchObject({ code: 'PIXELS_NOT_REPRESENTABLE' });
});

test('chroma that two pixels share is written for each, and the colours say so', async () => {
  const { format, bytes } = native(
    { columns: 4, bitsAllocated: 8, bitsStored: 8, highBit: 7, samples: 3, photometric: 'YBR_FULL_422' },
    Uint8Array.of(1, 2, 100, 101, 3, 4, 102, 103),
  );
  const there = await transcodeFrame(format, frameOf(bytes), 'jpeg-ls');
  expect(there.format.photometric).toBe('YBR_FULL');
  const back = await transcodeFrame(there.format, frameOf(there.bytes), 'explicit');
  expect([...back.bytes]).toEqual([1, 100, 101, 2, 100, 101, 3, 102, 103, 4, 102, 103]);
});

test('HTJ2K RPCL says the lengths of its tile-parts in front, one for each resolution down to 64 pixels', async () => {
  const { format, bytes } = image({ ...greyFormat, rows: 300, columns: 200 }, [3, 1], 2);
  const { bytes: stream } = await transcodeFrame(format, frameOf(bytes), 'htj2k-rpcl');
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
  const segments = new Map<number, number>();
  for (let at = 2; view.getUint16(at) !== 0xff90; at += 2 + view.getUint16(at + 2))
    segments.set(view.getUint16(at), at);
  expect([...segments.keys()]).toEqual(expect.arrayContaining([0xff50, 0xff51, 0xff52, 0xff55]));
  const cod = segments.get(0xff52)!;
  expect(stream[cod + 5]).toBe(2);
  expect(stream[cod + 9]).toBe(3);
  // TLM: six bytes a tile-part, behind its length and two more.
  expect((view.getUint16(segments.get(0xff55)! + 2) - 4) / 6).toBe(4);
});
