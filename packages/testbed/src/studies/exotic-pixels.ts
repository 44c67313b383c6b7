import { dataSet, type Row, sequence, without } from '../writing/element.ts';
import { encapsulatedPixels } from '../writing/encapsulate.ts';
import { jpegLosslessFrame } from '../writing/jpeg-lossless.ts';
import { rleFrame } from '../writing/rle.ts';
import { jpegLossless, rleLossless } from '../writing/write.ts';
import { bodySlices } from './body-pixels.ts';
import { colourFrame, colourRows } from './colour-pixels.ts';
import { type ExoticFile, exoticFile, smallCt } from './exotic-file.ts';

const rows = 64;
const columns = 48;
const frames = 4;

/** Icon Image Sequence with pixel data of its own, PS3.3 §C.7.6.1.1.6: pixel data that is not at the top. */
export const icon = (pixels: Row): readonly Row[] => [
  [
    '0088,0200 SQ IconImageSequence',
    sequence([
      ['0028,0002 US SamplesPerPixel', [1]],
      ['0028,0004 CS PhotometricInterpretation', 'MONOCHROME2'],
      ['0028,0010 US Rows', [16]],
      ['0028,0011 US Columns', [16]],
      ['0028,0100 US BitsAllocated', [8]],
      ['0028,0101 US BitsStored', [8]],
      ['0028,0102 US HighBit', [7]],
      ['0028,0103 US PixelRepresentation', [0]],
      pixels,
    ]),
  ],
];

const iconPixels = Uint8Array.from({ length: 256 }, (_, at) => at);

/** Compressed frames with every kind of offset table, icons, overlays, floats, and no pixels at all. */
export function exoticPixels(seed: number): readonly ExoticFile[] {
  // Some multi-frame class that wants nothing more: Multi-frame Grayscale Word Secondary Capture.
  const grey = dataSet(smallCt(seed), [
    ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.7.3'],
    ['0028,0008 IS NumberOfFrames', String(frames)],
  ]);
  const slices = bodySlices(seed, rows, columns, frames);
  const greyFrames = Array.from({ length: frames }, (_, frame) => slices(frame));
  const rle = greyFrames.map((frame) => rleFrame(frame, columns, 2, 1));
  const jpeg = greyFrames.map((frame) => jpegLosslessFrame(frame, rows, columns));
  const colour = colourFrame(seed, 0, rows, columns);
  const single = smallCt(seed);
  const make = (quirk: string, base: readonly Row[], extra: readonly Row[], bend = {}) =>
    exoticFile(seed, quirk, dataSet(base, extra), bend);
  return [
    make('RLE with basic offset table', grey, encapsulatedPixels(rle, { table: 'basic' }), { syntax: rleLossless }),
    make('RLE with empty offset table', grey, encapsulatedPixels(rle, { table: 'empty' }), { syntax: rleLossless }),
    make('RLE with extended offset table', grey, encapsulatedPixels(rle, { table: 'extended' }), {
      syntax: rleLossless,
    }),
    make(
      'RLE colour',
      single,
      [...colourRows(rows, columns, 1), ...encapsulatedPixels([rleFrame(colour, columns, 1, 3)], { table: 'basic' })],
      { syntax: rleLossless },
    ),
    make(
      'JPEG lossless in many fragments, empty offset table',
      grey,
      encapsulatedPixels(jpeg, { table: 'empty', fragmentBytes: 1000 }),
      { syntax: jpegLossless },
    ),
    make(
      'JPEG lossless in many fragments, basic offset table',
      grey,
      encapsulatedPixels(jpeg, { table: 'basic', fragmentBytes: 700 }),
      { syntax: jpegLossless },
    ),
    make('icon with pixel data', single, icon(['7FE0,0010 OW PixelData', iconPixels])),
    make(
      'icon with compressed pixel data',
      single,
      [
        ...icon(encapsulatedPixels([rleFrame(iconPixels, 16, 1, 1)], { table: 'empty' }).at(-1)!),
        ...encapsulatedPixels(rle.slice(0, 1), { table: 'basic' }),
      ],
      { syntax: rleLossless },
    ),
    make('overlay and curve', single, [
      ['5000,0005 US CurveDimensions', [1]],
      ['5000,3000 OW CurveData', new Uint8Array(64)],
      ['6000,0010 US OverlayRows', [rows]],
      ['6000,0011 US OverlayColumns', [columns]],
      ['6000,0022 LO OverlayDescription', 'Markierung'],
      ['6000,0040 CS OverlayType', 'G'],
      ['6000,0050 SS OverlayOrigin', [1, 1]],
      ['6000,0100 US OverlayBitsAllocated', [1]],
      ['6000,0102 US OverlayBitPosition', [0]],
      ['6000,3000 OW OverlayData', new Uint8Array((rows * columns) / 8).fill(0x55)],
    ]),
    make('float pixel data', without(single, '7FE0,0010'), [
      ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.30'],
      ['0028,0100 US BitsAllocated', [32]],
      ['7FE0,0008 OF FloatPixelData', Array.from({ length: rows * columns }, (_, at) => at / 7)],
    ]),
    make('double float pixel data', without(single, '7FE0,0010'), [
      ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.30'],
      ['0028,0100 US BitsAllocated', [64]],
      ['7FE0,0009 OD DoubleFloatPixelData', Array.from({ length: rows * columns }, (_, at) => at / 7)],
    ]),
    make('no pixel data', without(single, '7FE0,0010'), []),
    make('empty pixel data', single, [['7FE0,0010 OW PixelData', '']]),
  ];
}
