/** What can be written without loss, under the names of the command line, in the order of PS3.6 Table A-1. */
export const transcodingTargets = {
  explicit: '1.2.840.10008.1.2.1',
  'jpeg-ls': '1.2.840.10008.1.2.4.80',
  'jpeg-2000': '1.2.840.10008.1.2.4.90',
  htj2k: '1.2.840.10008.1.2.4.201',
  'htj2k-rpcl': '1.2.840.10008.1.2.4.202',
  rle: '1.2.840.10008.1.2.5',
} as const;
export type TranscodingTarget = keyof typeof transcodingTargets;
export const targetNames: readonly string[] = Object.keys(transcodingTargets);

/** How people call them. */
export const targetWords: Readonly<Record<TranscodingTarget, string>> = {
  explicit: 'Explicit VR Little Endian',
  'jpeg-ls': 'JPEG-LS',
  'jpeg-2000': 'JPEG 2000',
  htj2k: 'HTJ2K',
  'htj2k-rpcl': 'HTJ2K',
  rle: 'RLE',
};

/** A target by its name or its UID. */
export function transcodingTarget(nameOrUid: string): TranscodingTarget | undefined {
  for (const [name, uid] of Object.entries(transcodingTargets))
    if (nameOrUid === name || nameOrUid === uid) return name as TranscodingTarget;
  return undefined;
}
