import { PixelsError } from '../errors.ts';

export type Codec = 'native' | 'deflated' | 'rle' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** Which codec reads a transfer syntax, in the order of PS3.6 Table A-1. */
const codecs: Readonly<Record<string, Codec>> = {
  '1.2.840.10008.1.2': 'native',
  '1.2.840.10008.1.2.1': 'native',
  '1.2.840.10008.1.2.1.99': 'native',
  '1.2.840.10008.1.2.2': 'native',
  '1.2.840.10008.1.2.4.50': 'jpeg',
  '1.2.840.10008.1.2.4.51': 'jpeg',
  '1.2.840.10008.1.2.4.57': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.70': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.80': 'jpeg-ls',
  '1.2.840.10008.1.2.4.81': 'jpeg-ls',
  '1.2.840.10008.1.2.4.90': 'jpeg-2000',
  '1.2.840.10008.1.2.4.91': 'jpeg-2000',
  '1.2.840.10008.1.2.4.201': 'htj2k',
  '1.2.840.10008.1.2.4.202': 'htj2k',
  '1.2.840.10008.1.2.4.203': 'htj2k',
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.8.1': 'deflated',
};

/** What those are called that cannot be shown yet. */
const names: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.53': 'JPEG of a retired kind',
  '1.2.840.10008.1.2.4.55': 'JPEG of a retired kind',
  '1.2.840.10008.1.2.4.100': 'an MPEG-2 video',
  '1.2.840.10008.1.2.4.101': 'an MPEG-2 video',
  '1.2.840.10008.1.2.4.102': 'an MPEG-4 video',
  '1.2.840.10008.1.2.4.103': 'an MPEG-4 video',
  '1.2.840.10008.1.2.4.104': 'an MPEG-4 video',
  '1.2.840.10008.1.2.4.105': 'an MPEG-4 video',
  '1.2.840.10008.1.2.4.106': 'an MPEG-4 video',
  '1.2.840.10008.1.2.4.107': 'an HEVC video',
  '1.2.840.10008.1.2.4.108': 'an HEVC video',
  '1.2.840.10008.1.2.4.110': 'JPEG XL',
  '1.2.840.10008.1.2.4.111': 'JPEG XL',
  '1.2.840.10008.1.2.4.112': 'JPEG XL',
};

/** @throws PixelsError UNSUPPORTED_TRANSFER_SYNTAX */
export function codecOf(transferSyntax: string): Codec {
  const codec = codecs[transferSyntax];
  if (codec !== undefined) return codec;
  const name = names[transferSyntax] ?? 'a compression';
  throw new PixelsError(
    'UNSUPPORTED_TRANSFER_SYNTAX',
    `The picture is stored as ${name}, which this version cannot show. The file itself is whole and can be downloaded.`,
  );
}
