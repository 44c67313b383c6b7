import { PixelsError } from '../errors.ts';

/** Codecs whose streams say themselves how large the picture is. */
export type StreamCodec = 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';
export type Codec = 'native' | 'deflated' | 'rle' | StreamCodec;

/** What cannot be decoded here is named; its frames can be taken out of the file all the same. */
type Entry = Codec | { readonly name: string };

const arithmetic: Entry = { name: 'JPEG with arithmetic coding' };
const hierarchical: Entry = { name: 'hierarchical JPEG' };
const mpeg2: Entry = { name: 'an MPEG-2 video' };
const avc: Entry = { name: 'an MPEG-4 video' };
const hevc: Entry = { name: 'an HEVC video' };
const jpegXl: Entry = { name: 'JPEG XL' };
const elsewhere: Entry = { name: 'a picture that another server sends' };
const live: Entry = { name: 'a live video' };
const noPicture: Entry = { name: 'something that is no picture' };

/** What each transfer syntax is, in the order of PS3.6 Table A-1, the retired ones of JPEG included. */
const transferSyntaxes: Readonly<Record<string, Entry>> = {
  '1.2.840.10008.1.2': 'native',
  '1.2.840.10008.1.2.1': 'native',
  '1.2.840.10008.1.2.1.98': 'native',
  '1.2.840.10008.1.2.1.99': 'native',
  '1.2.840.10008.1.2.2': 'native',
  '1.2.840.10008.1.2.4.50': 'jpeg',
  '1.2.840.10008.1.2.4.51': 'jpeg',
  '1.2.840.10008.1.2.4.52': arithmetic,
  '1.2.840.10008.1.2.4.53': 'jpeg',
  '1.2.840.10008.1.2.4.54': arithmetic,
  '1.2.840.10008.1.2.4.55': 'jpeg',
  '1.2.840.10008.1.2.4.56': arithmetic,
  '1.2.840.10008.1.2.4.57': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.58': arithmetic,
  '1.2.840.10008.1.2.4.59': hierarchical,
  '1.2.840.10008.1.2.4.60': hierarchical,
  '1.2.840.10008.1.2.4.61': hierarchical,
  '1.2.840.10008.1.2.4.62': hierarchical,
  '1.2.840.10008.1.2.4.63': hierarchical,
  '1.2.840.10008.1.2.4.64': hierarchical,
  '1.2.840.10008.1.2.4.65': hierarchical,
  '1.2.840.10008.1.2.4.66': hierarchical,
  '1.2.840.10008.1.2.4.70': 'jpeg-lossless',
  '1.2.840.10008.1.2.4.80': 'jpeg-ls',
  '1.2.840.10008.1.2.4.81': 'jpeg-ls',
  '1.2.840.10008.1.2.4.90': 'jpeg-2000',
  '1.2.840.10008.1.2.4.91': 'jpeg-2000',
  // Part 2: the transforms between components are of another kind, which no open decoder knows.
  '1.2.840.10008.1.2.4.92': { name: 'JPEG 2000 of several components (Part 2)' },
  '1.2.840.10008.1.2.4.93': { name: 'JPEG 2000 of several components (Part 2)' },
  '1.2.840.10008.1.2.4.94': elsewhere,
  '1.2.840.10008.1.2.4.95': elsewhere,
  '1.2.840.10008.1.2.4.100': mpeg2,
  '1.2.840.10008.1.2.4.100.1': mpeg2,
  '1.2.840.10008.1.2.4.101': mpeg2,
  '1.2.840.10008.1.2.4.101.1': mpeg2,
  '1.2.840.10008.1.2.4.102': avc,
  '1.2.840.10008.1.2.4.102.1': avc,
  '1.2.840.10008.1.2.4.103': avc,
  '1.2.840.10008.1.2.4.103.1': avc,
  '1.2.840.10008.1.2.4.104': avc,
  '1.2.840.10008.1.2.4.104.1': avc,
  '1.2.840.10008.1.2.4.105': avc,
  '1.2.840.10008.1.2.4.105.1': avc,
  '1.2.840.10008.1.2.4.106': avc,
  '1.2.840.10008.1.2.4.106.1': avc,
  '1.2.840.10008.1.2.4.107': hevc,
  '1.2.840.10008.1.2.4.108': hevc,
  '1.2.840.10008.1.2.4.110': jpegXl,
  '1.2.840.10008.1.2.4.111': jpegXl,
  '1.2.840.10008.1.2.4.112': jpegXl,
  '1.2.840.10008.1.2.4.201': 'htj2k',
  '1.2.840.10008.1.2.4.202': 'htj2k',
  '1.2.840.10008.1.2.4.203': 'htj2k',
  '1.2.840.10008.1.2.4.204': elsewhere,
  '1.2.840.10008.1.2.4.205': elsewhere,
  '1.2.840.10008.1.2.5': 'rle',
  '1.2.840.10008.1.2.6.1': noPicture,
  '1.2.840.10008.1.2.6.2': noPicture,
  '1.2.840.10008.1.2.7.1': live,
  '1.2.840.10008.1.2.7.2': live,
  '1.2.840.10008.1.2.7.3': { name: 'live sound' },
  '1.2.840.10008.1.2.8.1': 'deflated',
};

/** Whether frames are coded one from the other, so that they come as one stream. */
export function isVideo(transferSyntax: string): boolean {
  const entry = transferSyntaxes[transferSyntax];
  return entry === mpeg2 || entry === avc || entry === hevc;
}

/** @throws PixelsError UNSUPPORTED_TRANSFER_SYNTAX  by the name of what the picture is stored as */
export function codecOf(transferSyntax: string): Codec {
  const entry = transferSyntaxes[transferSyntax] ?? { name: 'a compression' };
  if (typeof entry === 'string') return entry;
  throw new PixelsError(
    'UNSUPPORTED_TRANSFER_SYNTAX',
    `The picture is stored as ${entry.name}, which this version cannot show. The file itself is whole and can be downloaded.`,
  );
}
