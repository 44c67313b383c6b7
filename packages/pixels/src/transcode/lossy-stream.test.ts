import { type DicomJson, parseFile, tags, text, writeFile } from '@symbolon/dicom';
import { describe, expect, test } from 'vitest';
import { encodeWith, testSamples } from '../encoders.fixture.ts';
import { sourceOf, transcoded } from './transcoded.fixture.ts';

const grid = { width: 32, height: 24, bitsPerSample: 8, componentCount: 1, isSigned: false };
const us = (value: number) => ({ vr: 'US', Value: [value] });

function objectOf(transferSyntax: string, stream: Uint8Array, said?: string): Uint8Array {
  const json: DicomJson = {
    '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
    '00080018': { vr: 'UI', Value: ['1.2.3.4'] },
    '00280002': us(1),
    '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    '00280010': us(grid.height),
    '00280011': us(grid.width),
    '00280100': us(8),
    '00280101': us(8),
    '00280102': us(7),
    '00280103': us(0),
    ...(said === undefined ? {} : { '00282110': { vr: 'CS', Value: [said] } }),
    '7FE00010': { vr: 'OB', BulkDataURI: 'pixels' },
  };
  return writeFile(json, { transferSyntax, bulkData: () => [new Uint8Array(0), stream] });
}

const said = (bytes: Uint8Array) => text(parseFile(bytes).dataset, tags.LossyImageCompression);
const near = (much: number) => ({ setNearLossless: [much], setInterleaveMode: [0] });
const lossless = { setQuality: [true, 0] };
const lossy = { setQuality: [false, 1] };
const halved = { setDecompositions: [2] };

describe('an image that lost something still says so, where only its code stream did:', () => {
  test.each([
    ['JPEG', '1.2.840.10008.1.2.4.50', 'jpeg', {}, '01'],
    ['near-lossless JPEG-LS', '1.2.840.10008.1.2.4.81', 'jpeg-ls', near(2), '01'],
    ['lossless JPEG-LS, which lost nothing', '1.2.840.10008.1.2.4.81', 'jpeg-ls', near(0), undefined],
    ['JPEG 2000', '1.2.840.10008.1.2.4.91', 'jpeg-2000', { ...lossy, ...halved }, '01'],
    [
      'reversible JPEG 2000, which lost nothing',
      '1.2.840.10008.1.2.4.91',
      'jpeg-2000',
      { ...lossless, ...halved },
      undefined,
    ],
    ['HTJ2K', '1.2.840.10008.1.2.4.203', 'htj2k', { setQuality: [false, 0.01] }, '01'],
    ['reversible HTJ2K, which lost nothing', '1.2.840.10008.1.2.4.203', 'htj2k', lossless, undefined],
  ] as const)('%s', async (_, syntax, codec, settings, expected) => {
    const stream = await encodeWith(codec, grid, testSamples(grid), settings);
    const even = stream.length % 2 === 0 ? stream : new Uint8Array([...stream, 0]);
    for (const target of ['explicit', 'rle'] as const) {
      expect(said(await transcoded(sourceOf(objectOf(syntax, even)), target))).toBe(expected);
      expect(said(await transcoded(sourceOf(objectOf(syntax, even, '00')), target))).toBe(expected ?? '00');
    }
  });
});
