import type { ImageModel } from '@symbolon/pixels';
import { expect, test } from 'vitest';
import { decodedBytes, memoryOf } from './image-header.ts';

const image: ImageModel = {
  format: {
    transferSyntax: '1.2.840.10008.1.2.1',
    littleEndian: true,
    rows: 100,
    columns: 200,
    samples: 1,
    photometric: 'MONOCHROME2',
    bitsAllocated: 16,
    bitsStored: 12,
    highBit: 11,
    signed: false,
    planar: 0,
  },
  frames: 1,
  representative: null,
  colour: false,
  transforms: { distinct: [{ slope: 1, intercept: 0, windows: [], unit: '' }] },
  spacing: null,
  spacingAt: null,
  aspect: 1,
  lossy: false,
  number: null,
  position: null,
  orientation: null,
  cine: null,
};
const shown = { width: 20, height: 10 };
const pixels = 100 * 200;

test('twelve bits that are packed take two bytes each once they are decoded, and one bit takes one', () => {
  for (const [bitsAllocated, bytes] of [
    [1, 1],
    [8, 1],
    [12, 2],
    [16, 2],
    [32, 4],
  ] as const)
    expect(decodedBytes({ format: { ...image.format, bitsAllocated } }), `${bitsAllocated}`).toBe(bytes * pixels);
});

test('the memory of a picture counts what lies over it, the colours of grey, and its profile', () => {
  const plain = memoryOf(image, shown);
  expect(plain).toBe(2 * 2 * pixels + pixels + 200);
  const plane = {
    kind: 'bits',
    top: 0,
    left: 0,
    rows: 65_535,
    columns: 65_535,
    bits: new Uint8Array(3_000),
    bitOffset: 0,
  } as const;
  expect(memoryOf({ ...image, planes: [plane, plane] }, shown)).toBe(plain + 6_000);
  const table = new Uint8Array(4);
  const supplement = { first: 0, red: table, green: table, blue: table };
  expect(memoryOf({ ...image, supplement }, shown)).toBe(plain + 2 * (pixels + 200));
  const colourProfile = { linear: new Float64Array(768), matrix: [] };
  expect(memoryOf({ ...image, colourProfile }, shown)).toBe(plain + 6_144);
  // A GIF of grey is in colours meanwhile, and two of them; so is what words are written over.
  expect(memoryOf(image, shown, { format: 'gif' })).toBe(plain + 11 * 200);
  expect(memoryOf(image, shown, { format: 'png', captions: { top: [], bottom: [] } })).toBe(plain + 4 * 200);
});
