/** Samples as they were decoded. The bits above `highBit` are not of the picture. */
export type DecodedFrame = {
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly space: 'grey' | 'palette' | 'rgb' | 'ybr-full' | 'ybr-full-422' | 'ybr-partial' | 'ybr-partial-422';
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
  YBR_PARTIAL_422: 'ybr-partial-422',
  // Of videos alone, which nothing here decodes.
  YBR_PARTIAL_420: 'ybr-partial',
  // What these decode to: the inverse transform is part of the code stream.
  YBR_ICT: 'rgb',
  YBR_RCT: 'rgb',
} as const;

/** The same colours, of which each pixel has its own. */
export const spreadSpaceOf = (space: DecodedFrame['space']): DecodedFrame['space'] =>
  space === 'ybr-full-422' ? 'ybr-full' : space === 'ybr-partial-422' ? 'ybr-partial' : space;
