import { readFileSync } from 'node:fs';
import { parseFile } from '@symbolon/dicom';
import { realFiles } from '@symbolon/testbed';
import { describe, expect, test } from 'vitest';
import { testSamples } from '../encoders.fixture.ts';
import { greyFormat } from '../formats.fixture.ts';
import { decodeFrame, imageModel, type PixelFormat, PixelsError } from '../index.ts';
import { compress } from '../transcode/encoder-modules.ts';
import { decompress } from './codec-modules.ts';

const htj2k = '1.2.840.10008.1.2.4.201';
const untransformed = { bitsPerSample: 8, componentCount: 3, isSigned: false, isUsingColorTransform: false };

/** One file for each codec, cut and bent below. */
const names = [
  'JPEG2000.dcm',
  'MR_small_jp2klossless.dcm',
  'MR_small_jpeg_ls_lossless.dcm',
  'SC_rgb_jpeg_dcmtk.dcm',
  'SC_rgb_jpeg_gdcm.dcm',
];
const files = realFiles().filter(
  ({ source, name }) => source === 'pydicom' && names.some((wanted) => name === `test_files/${wanted}`),
);

function encoded(path: string) {
  const { dataset, bytes, pixelElements, transferSyntax } = parseFile(readFileSync(path));
  const fragments = pixelElements[0]!.fragments!.slice(1);
  const stream = Buffer.concat(fragments.map(({ valueStart, valueEnd }) => bytes.subarray(valueStart, valueEnd)));
  const { format } = imageModel(dataset, transferSyntax);
  const frame = (of: Uint8Array) => ({ bytes: of, bitOffset: 0, kind: 'integer' as const, vr: 'OB' });
  return { format, stream: new Uint8Array(stream), frame };
}

describe.each(files)('$name', ({ path }) => {
  const { format, stream, frame } = encoded(path);
  const samples = format.rows * format.columns * format.samples;

  test('whole, is decoded to as many samples as the header says', async () => {
    expect((await decodeFrame(format, frame(stream))).words).toHaveLength(samples);
  });

  test('under a header of another size is refused before it is decoded', async () => {
    const other = { ...format, rows: format.rows + 1 };
    await expect(decodeFrame(other, frame(stream))).rejects.toMatchObject({
      code: 'PIXELS_CODE_STREAM_CONTRADICTS_HEADER',
    });
  });

  test('cut short or with flipped bytes, is an error or a picture of that size, and the next is decoded as ever', async () => {
    for (let n = 0; n < 12; n++) {
      const bent = stream.slice(0, n % 3 === 0 ? Math.floor((stream.length * (n + 1)) / 14) : stream.length);
      if (n % 3 !== 0)
        for (let flip = 0; flip < n; flip++) bent[(flip * 7919 + n * 104_729) % bent.length]! ^= 1 << (n % 8);
      try {
        expect((await decodeFrame(format, frame(bent))).words).toHaveLength(samples);
      } catch (error) {
        expect(error).toBeInstanceOf(PixelsError);
      }
    }
    const [first, second] = [await decodeFrame(format, frame(stream)), await decodeFrame(format, frame(stream))];
    expect(first).toEqual(second);
  });
});

test('what cannot be decoded yet says so in words', async () => {
  const { format, frame } = { ...encoded(files[0]!.path) };
  const video = { ...format, transferSyntax: '1.2.840.10008.1.2.4.102' };
  await expect(decodeFrame(video, frame(new Uint8Array(9)))).rejects.toMatchObject({
    code: 'UNSUPPORTED_TRANSFER_SYNTAX',
    message: expect.stringContaining('MPEG-4'),
  });
});

test('HTJ2K colours without a transform between them are those that OpenJPEG finds', async () => {
  const [rows, columns] = [12, 9];
  const bytes = testSamples({ width: columns, height: rows, bitsPerSample: 8, componentCount: 3, isSigned: false });
  const stream = await compress('htj2k', { ...untransformed, width: columns, height: rows }, bytes);
  const colours = { rows, columns, samples: 3 as const, bitsAllocated: 8 as const, bitsStored: 8, highBit: 7 };
  const format: PixelFormat = { ...greyFormat, ...colours, transferSyntax: htj2k, photometric: 'YBR_FULL' };
  const { words } = await decodeFrame(format, { bytes: stream, bitOffset: 0, kind: 'integer', vr: 'OB' });
  const [openJpeg, openJph] = [await decompress('jpeg-2000', stream), await decompress('htj2k', stream)];
  expect([...words]).toEqual([...openJpeg.bytes]);
  expect([...words]).not.toEqual([...openJph.bytes]);
});

test.each([
  ['with a transform between them are RGB, whatever the header says', true, 'rgb'],
  ['without one are what the header says', false, 'ybr-full'],
] as const)('JPEG 2000 colours %s', async (_, isUsingColorTransform, space) => {
  const grid = { width: 9, height: 12, bitsPerSample: 8, componentCount: 3, isSigned: false };
  const stream = await compress('htj2k', { ...grid, isUsingColorTransform }, testSamples(grid));
  const shape = { rows: 12, columns: 9, samples: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7 } as const;
  for (const photometric of ['YBR_FULL', 'YBR_FULL_422'] as const) {
    const format: PixelFormat = { ...greyFormat, ...shape, transferSyntax: htj2k, photometric };
    const decoded = await decodeFrame(format, { bytes: stream, bitOffset: 0, kind: 'integer', vr: 'OB' });
    expect(decoded.space).toBe(space);
  }
});
