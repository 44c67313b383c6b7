import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerTest } from '@symbolon/testbed';
import { afterAll, expect } from 'vitest';
import { dataSet, type Row, sequence } from '../../packages/testbed/src/writing/element.ts';
import {
  explicitBig,
  explicitLittle,
  type TransferSyntax,
  writePart10,
} from '../../packages/testbed/src/writing/write.ts';
import { comparePictures } from './compared-picture.ts';

const folder = mkdtempSync(join(tmpdir(), 'made-images-'));
afterAll(() => rmSync(folder, { recursive: true }));

const side = 64;
/** All values of twelve bits. */
const values = Uint16Array.from({ length: side * side }, (_, at) => at);
const bytesOf = (words: Uint16Array) => new Uint8Array(words.buffer);

const image: readonly Row[] = [
  ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.7'],
  ['0008,0018 UI SOPInstanceUID', '2.25.1'],
  ['0028,0002 US SamplesPerPixel', [1]],
  ['0028,0004 CS PhotometricInterpretation', 'MONOCHROME2'],
  ['0028,0010 US Rows', [side]],
  ['0028,0011 US Columns', [side]],
  ['0028,0100 US BitsAllocated', [16]],
  ['0028,0101 US BitsStored', [12]],
  ['0028,0102 US HighBit', [11]],
  ['0028,0103 US PixelRepresentation', [0]],
  ['7FE0,0010 OW PixelData', bytesOf(values)],
];

const window = (center: number, width: number, shape?: string): Row[] => [
  ['0028,1050 DS WindowCenter', String(center)],
  ['0028,1051 DS WindowWidth', String(width)],
  ...(shape ? [['0028,1056 CS VOILUTFunction', shape] satisfies Row] : []),
];
const rescale = (slope: string, intercept: string): Row[] => [
  ['0028,1052 DS RescaleIntercept', intercept],
  ['0028,1053 DS RescaleSlope', slope],
];
const photometric = (name: string): Row => ['0028,0004 CS PhotometricInterpretation', name];
const shape = (name: string): Row => ['2050,0020 CS PresentationLUTShape', name];
const signed: Row = ['0028,0103 US PixelRepresentation', [1]];

/** A table of so many entries from a value on, that rises, and then falls a little. */
function lut(tag: string, entries: number, first: number, bits: number, more: readonly Row[] = []): Row {
  const most = 2 ** bits - 1;
  const table = Array.from({ length: entries }, (_, at) => Math.round(most * Math.sin((at / entries) * 2)));
  return [
    tag,
    sequence([
      [`0028,3002 ${first < 0 ? 'SS' : 'US'} LUTDescriptor`, [entries, first, bits]],
      ...more,
      ['0028,3006 OW LUTData', bytesOf(Uint16Array.from(table))],
    ]),
  ];
}
const voiLut = (entries: number, first: number, bits: number) =>
  lut('0028,3010 SQ VOILUTSequence', entries, first, bits);
const modalityLut = lut('0028,3000 SQ ModalityLUTSequence', 2_000, 1_000, 16, [['0028,3004 LO ModalityLUTType', 'US']]);

/** Graphics on a dark ground: on a light one they have an edge here, and none there. */
function overlay(group: string, more: { origin?: [number, number]; frames?: number; first?: number }): Row[] {
  const [rows, columns] = [5, 7];
  const bits = new Uint8Array(Math.ceil((rows * columns * (more.frames ?? 1)) / 16) * 2);
  for (let at = 0; at < bits.length; at++) bits[at] = 0b0110_1001 ^ (at * 37);
  return [
    [`${group},0010 US OverlayRows`, [rows]],
    [`${group},0011 US OverlayColumns`, [columns]],
    ...(more.frames ? [[`${group},0015 IS NumberOfFramesInOverlay`, String(more.frames)] satisfies Row] : []),
    [`${group},0040 CS OverlayType`, 'G'],
    [`${group},0050 SS OverlayOrigin`, more.origin ?? [1, 1]],
    ...(more.first ? [[`${group},0051 US ImageFrameOrigin`, [more.first]] satisfies Row] : []),
    [`${group},0100 US OverlayBitsAllocated`, [1]],
    [`${group},0102 US OverlayBitPosition`, [0]],
    [`${group},3000 OW OverlayData`, bits],
  ];
}
const dark = window(90_000, 10);
const embedded: readonly Row[] = [
  ['6000,0010 US OverlayRows', [side]],
  ['6000,0011 US OverlayColumns', [side]],
  ['6000,0040 CS OverlayType', 'G'],
  ['6000,0050 SS OverlayOrigin', [1, 1]],
  ['6000,0100 US OverlayBitsAllocated', [16]],
  ['6000,0102 US OverlayBitPosition', [14]],
  ['7FE0,0010 OW PixelData', bytesOf(values.map((value, at) => (value & 0xff) | (at % 7 === 0 ? 0x4000 : 0)))],
];
const frames = (count: number): Row[] => [
  ['0028,0008 IS NumberOfFrames', String(count)],
  ['7FE0,0010 OW PixelData', bytesOf(Uint16Array.from({ length: count * side * side }, (_, at) => at % 4096))],
];

const images: Readonly<Record<string, readonly Row[]>> = {
  'a window': window(1_000, 777),
  'a window of width 1': window(1_000, 1),
  'a window of width 2 between two values': window(1_000.5, 2),
  'the first of three windows': [
    ['0028,1050 DS WindowCenter', '300\\1000\\2000'],
    ['0028,1051 DS WindowWidth', '400\\10\\20'],
  ],
  'a window of sigmoid shape': window(2_000, 1_500, 'SIGMOID'),
  'a window past all values': window(90_000, 10),
  'a slope and an intercept of decimals': [...rescale('1.7', '-1024.5'), ...window(40, 400)],
  'a negative slope': [...rescale('-1', '4095'), ...window(1_000, 3_000)],
  'no window': [],
  'no window and a negative slope': rescale('-2', '100'),
  'signed values': [signed, ...window(0, 3_000)],
  'signed values without a window': [signed],
  'the upper twelve of sixteen bits': [
    ['0028,0102 US HighBit', [15]],
    ['7FE0,0010 OW PixelData', bytesOf(values.map((value) => (value << 4) | (value & 15)))],
    ...window(2_000, 3_000),
  ],
  'a modality LUT and a window': [modalityLut, ...window(30_000, 50_000)],
  'a modality LUT and no window': [modalityLut],
  'a VOI LUT of 8 bits': [voiLut(256, 1_000, 8)],
  'a VOI LUT of 12 bits from a value on': [voiLut(3_000, 500, 12)],
  'a VOI LUT of 16 bits for signed values': [signed, voiLut(4_096, -2_048, 16)],
  'a VOI LUT after an intercept below 0': [...rescale('1', '-1024'), voiLut(2_000, -500, 10)],
  MONOCHROME1: [photometric('MONOCHROME1'), ...window(1_000, 3_000)],
  'MONOCHROME1 that says it is inverse': [photometric('MONOCHROME1'), shape('INVERSE'), ...window(1_000, 3_000)],
  'MONOCHROME1 that says it is not': [photometric('MONOCHROME1'), shape('IDENTITY'), ...window(1_000, 3_000)],
  'MONOCHROME2 that says it is inverse': [shape('INVERSE'), ...window(1_000, 3_000)],
  'MONOCHROME1 and a VOI LUT': [photometric('MONOCHROME1'), voiLut(4_096, 0, 10)],
  graphics: [...overlay('6000', {}), ...dark],
  'graphics of two groups, one partly outside': [
    ...overlay('6002', { origin: [-2, -3] }),
    ...overlay('601E', { origin: [62, 60] }),
    ...dark,
  ],
  'graphics of one frame of three': [...frames(3), ...overlay('6000', { frames: 1, first: 2 }), ...dark],
  'graphics of each of two frames': [...frames(2), ...overlay('6000', { frames: 2, first: 1 }), ...dark],
  'graphics over all frames': [...frames(3), ...overlay('6000', {}), ...dark],
  'graphics in the bits of the pixels': [...embedded, ...dark],
  'graphics over MONOCHROME1': [photometric('MONOCHROME1'), ...overlay('6000', {}), ...window(-90_000, 10)],
};

const cycle = (length: number, step: number) => Uint8Array.from({ length }, (_, at) => at * step + (at >> 5));
const colour = (name: string, planar: number, bytes: Uint8Array): Row[] => [
  ['0028,0002 US SamplesPerPixel', [3]],
  ['0028,0004 CS PhotometricInterpretation', name],
  ['0028,0006 US PlanarConfiguration', [planar]],
  ['0028,0100 US BitsAllocated', [8]],
  ['0028,0101 US BitsStored', [8]],
  ['0028,0102 US HighBit', [7]],
  ['7FE0,0010 OB PixelData', bytes],
];
/** Red, green and blue of so many entries, of which the first is for a value. */
const palette = (count: number, first: number, bits: 8 | 16): Row[] => [
  photometric('PALETTE COLOR'),
  ...(['Red', 'Green', 'Blue'] as const).flatMap((name, at): Row[] => [
    [`0028,110${at + 1} US ${name}PaletteColorLookupTableDescriptor`, [count, first, bits]],
    [
      `0028,120${at + 1} OW ${name}PaletteColorLookupTableData`,
      bytesOf(Uint16Array.from({ length: count }, (_, entry) => (entry * (1_000 * at + 37)) % 2 ** bits)),
    ],
  ]),
];
const bytesPerPlane = side * side;
const colours: Readonly<Record<string, readonly Row[]>> = {
  'RGB by pixel': colour('RGB', 0, cycle(3 * bytesPerPlane, 7)),
  'RGB by plane': colour('RGB', 1, cycle(3 * bytesPerPlane, 5)),
  'YBR_FULL by pixel': colour('YBR_FULL', 0, cycle(3 * bytesPerPlane, 11)),
  'YBR_FULL by plane': colour('YBR_FULL', 1, cycle(3 * bytesPerPlane, 13)),
  YBR_FULL_422: colour('YBR_FULL_422', 0, cycle(2 * bytesPerPlane, 3)),
  'a palette of 16 bits from a value on': palette(2_000, 1_000, 16),
  'a palette of 8 bits': [...palette(4_096, 0, 8)],
};

peerTest(
  'what headers can say of grey and of colours is shown as DCMTK shows it, in either byte order',
  { command: 'dcmj2pnm', package: 'dcmtk' },
  async () => {
    const far: unknown[] = [];
    const show = async (name: string, more: readonly Row[], syntax: TransferSyntax) => {
      const path = join(folder, `${name.replaceAll(/\W/g, '-')}-${syntax.bigEndian ? 'big' : 'little'}.dcm`);
      writeFileSync(path, writePart10(dataSet(image, more), syntax));
      const compared = await comparePictures(folder, name, path);
      expect(compared.length, name).toBe(name.includes('frame') ? 2 : 1);
      for (const one of compared)
        if (one.outcome.kind !== 'near') far.push([one.file, one.frame, syntax.uid, one.outcome]);
    };
    for (const [name, more] of Object.entries({ ...images, ...colours }))
      await Promise.all([explicitLittle, explicitBig].map((syntax) => show(name, more, syntax)));
    expect(far).toEqual([]);
  },
);
