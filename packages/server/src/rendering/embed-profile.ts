import { crc32, deflateSync } from 'node:zlib';
import { type OutputSpace, outputProfile } from '@symbolon/pixels';
import type { PictureFormat } from './frame-job.ts';

/** Behind its signature and IHDR, which is always as long. Source: PNG §5.2, §11.2.1. */
const behindHeader = 33;

/** An encoded picture that says what its colours mean. A GIF has no place for that. Source: ICC.1 Annex B. */
export function withProfile(
  encoded: Uint8Array<ArrayBuffer>,
  format: PictureFormat,
  space: OutputSpace,
): Uint8Array<ArrayBuffer> {
  if (format === 'gif') return encoded;
  const profile = outputProfile(space);
  const [at, segment] =
    format === 'png' ? [behindHeader, pngChunk(profile)] : [behindJfif(encoded), jpegSegment(profile)];
  const whole = new Uint8Array(encoded.length + segment.length);
  whole.set(encoded.subarray(0, at));
  whole.set(segment, at);
  whole.set(encoded.subarray(at), at + segment.length);
  return whole;
}

/** Source: PNG §11.3.2.3 (iCCP). */
function pngChunk(profile: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** Source: ICC.1 §B.4: one of one, since a profile of ours fits. */
function jpegSegment(profile: Uint8Array): Uint8Array {
  const head = Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\x01\x01', 'latin1');
  head.writeUInt16BE(head.length - 2 + profile.length, 2);
  return Buffer.concat([head, profile]);
}

/** Where the first segment ends, if that is JFIF's, which comes first (JFIF 1.02). */
function behindJfif(jpeg: Uint8Array): number {
  const isJfif = jpeg[2] === 0xff && jpeg[3] === 0xe0;
  return isJfif ? 4 + 256 * (jpeg[4] as number) + (jpeg[5] as number) : 2;
}
