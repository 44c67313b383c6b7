import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeWith, type Grid, testSamples } from '../encoders.fixture.ts';
import { PixelsError } from '../errors.ts';
import { greyFormat } from '../formats.fixture.ts';
import { decodeFrame, type PixelFormat } from '../index.ts';
import { requireWholeJpeg2000 } from './jpeg-2000-structure.ts';

const grid: Grid = { width: 70, height: 50, bitsPerSample: 12, componentCount: 1, isSigned: false };
const format: PixelFormat = {
  ...greyFormat,
  transferSyntax: '1.2.840.10008.1.2.4.90',
  rows: 50,
  columns: 70,
  bitsStored: 12,
  highBit: 11,
};
const frame = (bytes: Uint8Array) => ({ bytes, bitOffset: 0, kind: 'integer' as const, vr: 'OB' });
const encode = (
  settings: Readonly<Record<string, readonly unknown[]>> = {},
  of: Grid = grid,
  samples = testSamples(of),
) => encodeWith('jpeg-2000', of, samples, { setQuality: [true, 0], ...settings });
const markerAt = (stream: Uint8Array, second: number) =>
  stream.findIndex((byte, at) => byte === 0xff && stream[at + 1] === second);
const [siz, cod, sot] = [0x51, 0x52, 0x90];

describe('a stream of several tiles', async () => {
  const stream = await encode({ setTileSize: [{ width: 32, height: 32 }] });

  test('is whole as it was encoded', async () => {
    expect(() => requireWholeJpeg2000(stream)).not.toThrow();
    const { words } = await decodeFrame(format, frame(stream));
    expect([...words]).toEqual([...new Uint16Array(testSamples(grid).buffer)]);
  });

  test('that lacks one of them, or has one twice, is damaged', () => {
    const start = markerAt(stream, sot);
    const length = new DataView(stream.buffer).getUint32(start + 6);
    const [head, first, rest] = [
      stream.subarray(0, start),
      stream.subarray(start, start + length),
      stream.subarray(start + length),
    ];
    expect(() => requireWholeJpeg2000(new Uint8Array(Buffer.concat([head, rest])))).toThrow(PixelsError);
    expect(() => requireWholeJpeg2000(new Uint8Array(Buffer.concat([head, first, first, rest])))).toThrow(PixelsError);
  });

  test('cut anywhere is damaged, but for its end marker', () => {
    for (let length = 42; length < stream.length - 2; length += 5)
      expect(() => requireWholeJpeg2000(stream.subarray(0, length)), `${length}`).toThrow(PixelsError);
    expect(() => requireWholeJpeg2000(stream.subarray(0, stream.length - 2))).not.toThrow();
  });

  test('with bytes of any value in its headers is whole, or damaged, in no time', () => {
    const flips = fc.array(fc.record({ at: fc.nat(200), to: fc.nat(255) }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(flips, (changes) => {
        const bent = stream.slice();
        for (const { at, to } of changes) bent[at % bent.length] = to;
        try {
          requireWholeJpeg2000(bent);
        } catch (error) {
          expect(error).toBeInstanceOf(PixelsError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a stream that would only take memory', async () => {
  const stream = await encode();
  const bent = (at: number, bytes: readonly number[]) => {
    const other = stream.slice();
    other.set(bytes, at);
    return other;
  };
  test.each([
    ['3,500 tiles', bent(markerAt(stream, siz) + 22, [0, 0, 0, 1, 0, 0, 0, 1])],
    ['65,535 layers', bent(markerAt(stream, cod) + 6, [0xff, 0xff])],
    ['33 decomposition levels', bent(markerAt(stream, cod) + 9, [33])],
  ])('by %s is refused before it is decoded', async (_, hostile) => {
    await expect(decodeFrame(format, frame(hostile))).rejects.toMatchObject({ code: 'PIXELS_CODE_STREAM_INVALID' });
  });

  test('by precincts of one pixel is refused before it is decoded', async () => {
    const black = await encode({}, { ...grid, width: 512, height: 512 }, new Uint8Array(512 * 512 * 2));
    const at = markerAt(black, cod);
    const levels = black[at + 9]!;
    const sized = Buffer.concat([black.subarray(0, at + 14), Buffer.alloc(levels + 1), black.subarray(at + 14)]);
    sized[at + 4]! |= 1;
    sized[at + 3]! += levels + 1;
    expect(() => requireWholeJpeg2000(new Uint8Array(sized))).toThrow(PixelsError);
  });
});

test('a stream in a JP2 file is decoded', async () => {
  const stream = await encode();
  const box = (type: string, content: Uint8Array) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.length);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, content]);
  };
  const file = Buffer.concat([
    box('jP  ', Buffer.of(13, 10, 0x87, 10)),
    box('ftyp', Buffer.from('jp2 ')),
    box('jp2c', stream),
  ]);
  const wrapped = await decodeFrame(format, frame(new Uint8Array(file)));
  expect(wrapped.words).toEqual((await decodeFrame(format, frame(stream))).words);
});

test('a sign that the stream and the header tell differently leaves the bits as they were stored', async () => {
  const signedGrid = { ...grid, isSigned: true };
  const samples = new Int16Array(70 * 50).map((_, at) => (at % 4096) - 2048);
  const signed = await encode({}, signedGrid, new Uint8Array(samples.buffer));
  const unsigned = await encode({}, grid, new Uint8Array(Uint16Array.from(samples, (value) => value & 0xfff).buffer));
  const bits = async (stream: Uint8Array, of: PixelFormat) =>
    [...(await decodeFrame(of, frame(stream))).words].map((word) => word & 0xfff);
  const expected = [...samples].map((value) => value & 0xfff);
  for (const of of [format, { ...format, signed: true }]) {
    expect(await bits(signed, of)).toEqual(expected);
    expect(await bits(unsigned, of)).toEqual(expected);
  }
});

test('components of half the size are refused by name', async () => {
  const colours = { ...grid, bitsPerSample: 8, componentCount: 3 };
  const stream = await encode({}, colours);
  stream[markerAt(stream, siz) + 42] = 2;
  const rgb: PixelFormat = { ...format, samples: 3, photometric: 'RGB', bitsAllocated: 8, bitsStored: 8, highBit: 7 };
  await expect(decodeFrame(rgb, frame(stream))).rejects.toMatchObject({
    code: 'UNSUPPORTED_TRANSFER_SYNTAX',
    message: expect.stringContaining('different sizes'),
  });
});
