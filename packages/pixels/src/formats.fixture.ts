import type { ImageModel, PixelFormat } from './index.ts';

export const greyFormat: PixelFormat = {
  transferSyntax: '1.2.840.10008.1.2.1',
  littleEndian: true,
  rows: 4,
  columns: 4,
  samples: 1,
  photometric: 'MONOCHROME2',
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  signed: false,
  planar: 0,
};

export const modelOf = (format: Partial<PixelFormat> = {}, more: Partial<ImageModel> = {}): ImageModel => ({
  format: { ...greyFormat, ...format },
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
  ...more,
});
