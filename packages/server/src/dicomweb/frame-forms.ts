import {
  codecOf,
  type PixelFormat,
  PixelsError,
  type TranscodingTarget,
  targetFormat,
  transcodingTargets,
} from '@symbolon/pixels';
import type { StoredFrames } from '../rendering/index.ts';
import { type MediaRange, type Offer, preferred } from './accept.ts';
import { contentType } from './content-type.ts';
import { DicomWebError } from './errors.ts';

/** In what frames are given out: as they are stored, or transcoded. `type` and `of` as of every offer. */
export type FrameForm = Offer & {
  readonly media: string;
  readonly transferSyntax: string;
  readonly how: 'stored' | TranscodingTarget;
};

export const explicitLittle = transcodingTargets.explicit;
const octets = 'application/octet-stream';

/** The media type of one frame, or of one video, in each transfer syntax: PS3.18 Table 8.7.3-5; JPEG XL and JPEG 2000 Part 15 as of 2024. */
const mediaTypes: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.70': 'image/jpeg',
  '1.2.840.10008.1.2.4.50': 'image/jpeg',
  '1.2.840.10008.1.2.4.51': 'image/jpeg',
  '1.2.840.10008.1.2.4.57': 'image/jpeg',
  '1.2.840.10008.1.2.5': 'image/dicom-rle',
  '1.2.840.10008.1.2.4.80': 'image/jls',
  '1.2.840.10008.1.2.4.81': 'image/jls',
  '1.2.840.10008.1.2.4.90': 'image/jp2',
  '1.2.840.10008.1.2.4.91': 'image/jp2',
  '1.2.840.10008.1.2.4.92': 'image/jpx',
  '1.2.840.10008.1.2.4.93': 'image/jpx',
  '1.2.840.10008.1.2.4.201': 'image/jphc',
  '1.2.840.10008.1.2.4.202': 'image/jphc',
  '1.2.840.10008.1.2.4.203': 'image/jphc',
  '1.2.840.10008.1.2.4.110': 'image/jxl',
  '1.2.840.10008.1.2.4.111': 'image/jxl',
  '1.2.840.10008.1.2.4.112': 'image/jxl',
  '1.2.840.10008.1.2.4.100': 'video/mpeg2',
  '1.2.840.10008.1.2.4.100.1': 'video/mpeg2',
  '1.2.840.10008.1.2.4.101': 'video/mpeg2',
  '1.2.840.10008.1.2.4.101.1': 'video/mpeg2',
  '1.2.840.10008.1.2.4.102': 'video/mp4',
  '1.2.840.10008.1.2.4.102.1': 'video/mp4',
  '1.2.840.10008.1.2.4.103': 'video/mp4',
  '1.2.840.10008.1.2.4.103.1': 'video/mp4',
  '1.2.840.10008.1.2.4.104': 'video/mp4',
  '1.2.840.10008.1.2.4.104.1': 'video/mp4',
  '1.2.840.10008.1.2.4.105': 'video/mp4',
  '1.2.840.10008.1.2.4.105.1': 'video/mp4',
  '1.2.840.10008.1.2.4.106': 'video/mp4',
  '1.2.840.10008.1.2.4.106.1': 'video/mp4',
  '1.2.840.10008.1.2.4.107': 'video/mp4',
  '1.2.840.10008.1.2.4.108': 'video/mp4',
};

/** Which is meant where a media type names no transfer syntax (the rows marked D). */
const usual: Readonly<Record<string, string>> = {
  'application/octet-stream': explicitLittle,
  'image/jpeg': '1.2.840.10008.1.2.4.70',
  'image/dicom-rle': '1.2.840.10008.1.2.5',
  'image/jls': '1.2.840.10008.1.2.4.80',
  'image/jp2': '1.2.840.10008.1.2.4.90',
  'image/jpx': '1.2.840.10008.1.2.4.92',
  'image/jphc': '1.2.840.10008.1.2.4.201',
  'image/jxl': '1.2.840.10008.1.2.4.110',
};

/** What editions before 2018 called them, and clients in use still do: read, and answered by today's name. */
const earlierNames: ReadonlyMap<string, string> = new Map([
  ['image/x-dicom-rle', 'image/dicom-rle'],
  ['image/x-jls', 'image/jls'],
  ['image/jhc', 'image/jphc'],
]);

/** The order in which they are offered where a client likes several alike. */
const compressed: readonly TranscodingTarget[] = ['jpeg-ls', 'htj2k', 'htj2k-rpcl', 'jpeg-2000', 'rle'];

/** Whether frames can be cut out of the native value as they are: little endian, and each begins with a byte. */
export function isBareNative({ littleEndian, table, element }: StoredFrames): boolean {
  return table.kind === 'native' && littleEndian && !element.encapsulated && table.frameBits % 8 === 0;
}

/** In what the frames of an instance can be given out, what is stored first. `single`: one alone, too. */
export function frameForms(stored: StoredFrames, single: boolean): FrameForm[] {
  const { transferSyntax, element } = stored;
  const forms: Omit<FrameForm, keyof Offer>[] = [];
  if (element.encapsulated) forms.push({ media: mediaTypes[transferSyntax] ?? octets, transferSyntax, how: 'stored' });
  else if (isBareNative(stored)) forms.push({ media: octets, transferSyntax: explicitLittle, how: 'stored' });
  const can = (target: TranscodingTarget): boolean => canBe(stored, target) === undefined;
  if (!forms.some((form) => form.transferSyntax === explicitLittle) && can('explicit'))
    forms.push({ media: octets, transferSyntax: explicitLittle, how: 'explicit' });
  for (const target of compressed) {
    const to = transcodingTargets[target];
    if (to !== transferSyntax && can(target))
      forms.push({ media: mediaTypes[to] as string, transferSyntax: to, how: target });
  }
  const alone = single ? forms.map((form) => ({ ...form, type: form.media })) : [];
  return [...forms.map((form) => ({ ...form, type: 'multipart/related', of: form.media })), ...alone];
}

/** Why the frames cannot be brought into another transfer syntax; undefined where nothing is known that stands in the way. */
function canBe({ format, element, transferSyntax }: StoredFrames, target: TranscodingTarget): PixelsError | undefined {
  if (format instanceof PixelsError) return format;
  return whyNot(format, element.kind, transferSyntax, target);
}

export function whyNot(
  format: PixelFormat,
  kind: StoredFrames['element']['kind'],
  transferSyntax: string,
  target: TranscodingTarget,
): PixelsError | undefined {
  try {
    codecOf(transferSyntax);
    targetFormat(format, kind, target);
    return undefined;
  } catch (error) {
    if (error instanceof PixelsError) return error;
    throw error;
  }
}

/**
 * How closely a range names a form. Beside media types it counts transfer syntaxes: one that is named; then what is stored, where
 * `*` is; then what is usual. Viewers name `application/octet-stream` with a transfer syntax, meaning the frame in that. A stored
 * one for which the table has no media type, such as a retired process of JPEG, comes last: viewers have no decoder of it.
 */
export function frameCloseness(
  { type, parameters }: MediaRange,
  { type: packed, media, transferSyntax, how }: FrameForm,
): number {
  const isMultipart = packed === 'multipart/related';
  let [wanted, base] = [type, 3];
  if (type === '*/*' || type === '*') [wanted, base] = ['*/*', 1];
  else if (isMultipart) {
    if (type !== 'multipart/related' && type !== 'multipart/*') return 0;
    wanted = parameters.get('type')?.toLowerCase() || '*/*';
  }
  wanted = earlierNames.get(wanted) ?? wanted;
  const syntax = parameters.get('transfer-syntax') || undefined;
  if (syntax !== undefined && syntax !== '*' && syntax !== transferSyntax) return 0;
  const unnamed = media === octets && transferSyntax !== explicitLittle;
  const isStored = how === 'stored' && !unnamed;
  const wild = wanted === '*/*' || (wanted.endsWith('/*') && media.startsWith(wanted.slice(0, -1)));
  if (wild) {
    if (wanted !== '*/*' && base === 3) base = 2;
    if (unnamed) return base + 0.05;
    if (syntax !== undefined) return base + (isStored ? 0.4 : 0.1);
    return base + (transferSyntax === explicitLittle ? 0.4 : isStored ? 0.3 : 0.1);
  }
  if (wanted === octets && syntax !== undefined) return base + (isStored ? 0.9 : unnamed ? 0.5 : 0.6);
  if (wanted !== media) return 0;
  if (syntax !== undefined) return base + (isStored ? 0.9 : transferSyntax === usual[media] ? 0.7 : 0.6);
  if (media === octets) return transferSyntax === explicitLittle ? base + 0.8 : 0;
  return base + (isStored ? 0.9 : transferSyntax === usual[media] ? 0.8 : 0.6);
}

/** @throws DicomWebError NOT_ACCEPTABLE  it names the forms that there are */
export function frameForm(ranges: readonly MediaRange[], forms: readonly FrameForm[]): FrameForm {
  const form = preferred(ranges, forms, frameCloseness);
  if (form) return form;
  throw noForm(forms);
}

/** Says which forms there are. */
export function noForm(forms: readonly FrameForm[]): DicomWebError {
  const names = [...new Set(forms.map(({ media, transferSyntax }) => contentType(media, transferSyntax)))];
  const how = forms.some(({ type }) => type !== 'multipart/related')
    ? 'alone or in multipart/related'
    : 'in multipart/related';
  return new DicomWebError(
    'NOT_ACCEPTABLE',
    names.length === 0
      ? 'This pixel data is served in no form but the file: ask for the instance as application/dicom.'
      : `This is served as ${names.join(', or ')}, ${how}. Name one of them in Accept.`,
  );
}
