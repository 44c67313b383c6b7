import { afterAll, beforeAll, expect, test } from 'vitest';
import { exoticFile, smallCt } from '../../packages/testbed/src/studies/exotic-file.ts';
import { dataSet, type Row, sequence } from '../../packages/testbed/src/writing/element.ts';
import { encapsulatedPixels } from '../../packages/testbed/src/writing/encapsulate.ts';
import { deflatedLittle, rleLossless } from '../../packages/testbed/src/writing/write.ts';
import { startViewer, type Viewer } from './viewer.ts';

const seed = 77;
const words = (values: readonly number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);
const small = (rows: readonly Row[]) => dataSet(smallCt(seed), rows);
const size = (rows: number, columns: number, bits: number): readonly Row[] => [
  ['0028,0010 US Rows', [rows]],
  ['0028,0011 US Columns', [columns]],
  ['0028,0100 US BitsAllocated', [bits]],
  ['0028,0101 US BitsStored', [bits]],
  ['0028,0102 US HighBit', [bits - 1]],
];
const tinyFrame = encapsulatedPixels([new Uint8Array(100)], { table: 'empty' });

/** One window and one table of a single entry, which claims 65,536, for each of so many frames. */
const framesWithTables = (frames: number): readonly Row[] => [
  ['0028,0008 IS NumberOfFrames', String(frames)],
  [
    '5200,9230 SQ PerFrameFunctionalGroupsSequence',
    sequence(
      ...Array.from({ length: frames }, (_, frame): readonly Row[] => [
        [
          '0028,9132 SQ FrameVOILUTSequence',
          sequence([
            ['0028,1050 DS WindowCenter', String(frame)],
            ['0028,1051 DS WindowWidth', '100'],
            [
              '0028,3010 SQ VOILUTSequence',
              sequence([
                ['0028,3002 US LUTDescriptor', [0, 0, 16]],
                ['0028,3006 OW LUTData', words([frame])],
              ]),
            ],
          ]),
        ],
      ]),
    ),
  ],
];
const descriptor = [0, 0, 16];
const nothings = words(new Array(100_000).fill(0));
const palette: readonly Row[] = [
  ['0028,0004 CS PhotometricInterpretation', 'PALETTE COLOR'],
  ['0028,1101 US RedPaletteColorLookupTableDescriptor', descriptor],
  ['0028,1102 US GreenPaletteColorLookupTableDescriptor', descriptor],
  ['0028,1103 US BluePaletteColorLookupTableDescriptor', descriptor],
  ['0028,1221 OW SegmentedRedPaletteColorLookupTableData', nothings],
  ['0028,1222 OW SegmentedGreenPaletteColorLookupTableData', nothings],
  ['0028,1223 OW SegmentedBluePaletteColorLookupTableData', nothings],
];

const hostile = [
  exoticFile(
    seed,
    'pixels 16 times as high as wide',
    dataSet(smallCt(seed), size(11_000, 11_000, 8), tinyFrame, [['0028,0030 DS PixelSpacing', '1.6\\0.1']]),
    { syntax: rleLossless },
  ),
  exoticFile(seed, 'one edge of 60000', dataSet(smallCt(seed), size(60_000, 10, 16), tinyFrame), {
    syntax: rleLossless,
  }),
  exoticFile(seed, 'too many bytes', dataSet(smallCt(seed), size(11_000, 11_000, 32), tinyFrame), {
    syntax: rleLossless,
  }),
  exoticFile(seed, 'a palette of segments of no length', small(palette)),
  exoticFile(seed, '6000 frames with a table each', small(framesWithTables(6_000))),
  exoticFile(seed, '90 MiB deflated whole', small([['7FE0,0010 OW PixelData', new Uint8Array(90 * 1024 * 1024)]]), {
    syntax: deflatedLittle,
  }),
];

let viewer: Viewer;
beforeAll(async () => {
  viewer = await startViewer();
});
afterAll(() => viewer?.exchange.dispose());

test('small files that would cost much are listed with a refusal in words, or shown where they cost little after all, soon, and the exchange goes on', async () => {
  for (const file of hostile) {
    expect(file.bytes.length).toBeLessThan(4_000_000);
    expect((await viewer.store([file])).status).toBe(200);
  }
  const study = await viewer.studyId(hostile[0]!.studyInstanceUid);
  const began = performance.now();
  const series = await viewer.series(study);
  expect(performance.now() - began).toBeLessThan(20_000);
  const refusals = series.map(({ images }) => images[0]!.refusal);
  expect(refusals).toEqual([
    expect.stringMatching(/^A picture of 11000 by 176000 pixels is larger/),
    expect.stringMatching(/^A picture of \d+ by 60000 pixels is larger/),
    expect.stringMatching(/^A frame of so many bytes is larger/),
    expect.stringMatching(/palette is not whole/),
    // Of the tables that frames claim none is read: what is left costs little, and is shown.
    null,
    expect.any(String),
  ]);
  for (const { images } of series) {
    const [image] = images;
    expect((await viewer.frame(study, image!)).status).toBe(image!.refusal === null ? 200 : 422);
  }
  expect(viewer.exchange.output()).not.toMatch(/"level":50/);
});
