/** Samples as they were decoded. The bits above `highBit` are not of the picture. */
export type DecodedFrame = {
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly space: 'grey' | 'palette' | 'rgb' | 'ybr-full' | 'ybr-full-422';
  readonly planar: 0 | 1;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly words: Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;
};

export const spaceOf = {
  MONOCHROME1: 'grey',
  MONOCHROME2: 'grey',
  'PALETTE COLOR': 'palette',
  RGB: 'rgb',
  YBR_FULL: 'ybr-full',
  YBR_FULL_422: 'ybr-full-422',
  // What these decode to: the inverse transform is part of the code stream.
  YBR_ICT: 'rgb',
  YBR_RCT: 'rgb',
} as const;
