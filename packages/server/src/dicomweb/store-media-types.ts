import { uid } from '@symbolon/contract';
import { isEncapsulated, isTransferSyntax } from '@symbolon/dicom';
import { Refusal } from '../intake/index.ts';

/** What pixel data is. A video is one stream, whatever its frames; of other compressed pixel data each part is a frame. */
export type BulkForm = { readonly transferSyntax: string; readonly encapsulated: boolean; readonly video: boolean };

const root = '1.2.840.10008.1.2.';
export const explicitLittleEndian = `${root}1`;
const bigEndian = `${root}2`;

/**
 * The transfer syntax of compressed pixel data whose media type names none: the default of the type. Earlier editions wrote
 * the names with `x-`. Source: PS3.18 Table 8.7.3-5.
 */
const defaults: Readonly<Record<string, string>> = {
  'image/jpeg': `${root}4.70`,
  'image/dicom-rle': `${root}5`,
  'image/x-dicom-rle': `${root}5`,
  'image/jls': `${root}4.80`,
  'image/x-jls': `${root}4.80`,
  'image/jp2': `${root}4.90`,
  'image/jpx': `${root}4.92`,
  'image/jphc': `${root}4.201`,
  'image/jxl': `${root}4.110`,
  'video/mpeg2': `${root}4.100`,
  'video/mpeg': `${root}4.100`,
  'video/mp4': `${root}4.102`,
  'video/h265': `${root}4.107`,
};

/** Of a stream that is lossy the default, which is lossless, would be a lie: what the stream says of itself goes before. */
const ofStream: Readonly<Record<string, (stream: Uint8Array) => string | undefined>> = {
  'image/jpeg': jpegProcess,
  'image/jls': jpegProcess,
  'image/x-jls': jpegProcess,
  'image/jp2': (stream) => (wavelet(stream) === 0 ? `${root}4.91` : undefined),
  'image/jpx': (stream) => (wavelet(stream) === 0 ? `${root}4.93` : undefined),
  'image/jphc': (stream) => (wavelet(stream) === 0 ? `${root}4.203` : undefined),
};

/**
 * What pixel data is that comes with this Content-Type: its `transfer-syntax`, or what its first frame says, or the default
 * of its media type; else plain values, little endian.
 *
 * @throws Refusal DICOM_UNREADABLE  a transfer syntax that is none, or in which no bulk data is sent
 */
export function bulkForm(contentType: string, first: Uint8Array): BulkForm {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  const named = /;\s*transfer-syntax\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1];
  if (named !== undefined && !isTransferSyntax(named) && !uid.safeParse(named).success)
    throw new Refusal('DICOM_UNREADABLE', 'The Content-Type of its pixel data names a transfer syntax that is no UID.');
  if (named === bigEndian)
    throw new Refusal('DICOM_UNREADABLE', 'Bulk data is little endian (PS3.18 §10.5.2); send its pixel data so.');
  // A name that every object has is no media type.
  const known = Object.hasOwn(defaults, type) ? (ofStream[type]?.(first) ?? defaults[type]) : undefined;
  const transferSyntax = named ?? known ?? explicitLittleEndian;
  const encapsulated = isEncapsulated(transferSyntax);
  // Whatever was implicit or deflated: bulk data is the bare values.
  return {
    transferSyntax: encapsulated ? transferSyntax : explicitLittleEndian,
    encapsulated,
    video: type.startsWith('video/'),
  };
}

/** By the frame header, and what the scan header says of prediction and error. Source: ITU-T T.81 §B.2, T.87 §C.2. */
function jpegProcess(stream: Uint8Array): string | undefined {
  let process = -1;
  for (let at = 2; at + 4 <= stream.length && stream[at] === 0xff; ) {
    const marker = stream[at + 1]!;
    if ((marker >= 0xc0 && marker <= 0xc3) || marker === 0xf7) process = marker;
    if (marker === 0xda) {
      const predictor = stream[at + 5 + 2 * stream[at + 4]!];
      if (process === 0xc0) return `${root}4.50`;
      if (process === 0xc1) return `${root}4.51`;
      if (process === 0xc2) return `${root}4.55`;
      if (process === 0xc3) return predictor === 1 ? `${root}4.70` : `${root}4.57`;
      return process === 0xf7 ? `${root}4.${predictor === 0 ? 80 : 81}` : undefined;
    }
    at += 2 + ((stream[at + 2]! << 8) | stream[at + 3]!);
  }
  return undefined;
}

/** 0 for the wavelet that loses, 1 for the one that does not: in COD, which follows SIZ soon. Source: ITU-T T.800 §A.6.1. */
function wavelet(stream: Uint8Array): number | undefined {
  if (stream[0] !== 0xff || stream[1] !== 0x4f) return undefined;
  for (let at = 2; at + 14 <= stream.length && stream[at] === 0xff; ) {
    if (stream[at + 1] === 0x52) return stream[at + 13];
    at += 2 + ((stream[at + 2]! << 8) | stream[at + 3]!);
  }
  return undefined;
}

/** DICOM holds code streams; a JP2 file around one is taken off (PS3.5 §A.4.4). Source: ITU-T T.800 §I.4. */
export function codeStream(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 12 || bytes[0] !== 0 || !hasText(bytes, 4, 'jP  ')) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 16 <= bytes.length; ) {
    const length = view.getUint32(at);
    const head = length === 1 ? 16 : 8;
    const end = length === 0 ? bytes.length : at + (length === 1 ? Number(view.getBigUint64(at + 8)) : length);
    if (end < at + head || end > bytes.length) break;
    if (hasText(bytes, at + 4, 'jp2c')) return bytes.subarray(at + head, end);
    at = end;
  }
  return bytes;
}

const hasText = (bytes: Uint8Array, at: number, name: string): boolean =>
  [...name].every((letter, n) => bytes[at + n] === letter.charCodeAt(0));
