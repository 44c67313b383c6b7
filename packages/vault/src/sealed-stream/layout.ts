import { VaultError } from '../errors.ts';

export const leadingBytes = 64;
export const tinkHeaderBytes = 40;
/** Both headers: segment 0 begins here. */
export const streamHeaderBytes = leadingBytes + tinkHeaderBytes;
const tagBytes = 16;
export const smallestSegmentLog2 = 16;
export const largestSegmentLog2 = 20;
const mostSegments = 2 ** 31 - 1;

/** The usual segment: what a small object or one frame of a CT pays for random access. */
export const streamSegmentBytes = 2 ** smallestSegmentLog2;

/** The plaintext bytes that segment 0 holds; the Tink header stands in its place. */
export function firstPlainBytes(segmentBytes: number): number {
  return segmentBytes - tinkHeaderBytes - tagBytes;
}

/** The plaintext bytes that every later segment holds. */
export function laterPlainBytes(segmentBytes: number): number {
  return segmentBytes - tagBytes;
}

/** @throws VaultError VAULT_LENGTH_WRONG  not a power of two from 64 KiB to 1 MiB */
export function segmentLog2(segmentBytes: number): number {
  const log2 = Math.log2(segmentBytes);
  if (Number.isInteger(log2) && log2 >= smallestSegmentLog2 && log2 <= largestSegmentLog2) return log2;
  throw new VaultError('VAULT_LENGTH_WRONG', `a segment of ${segmentBytes} bytes is no power of two, 64 KiB to 1 MiB`);
}

/** @throws VaultError VAULT_LENGTH_WRONG  the stream would have more than 2³¹ − 1 segments */
export function requireSegmentCount(segments: number): void {
  if (segments <= mostSegments) return;
  throw new VaultError('VAULT_LENGTH_WRONG', `a stream has at most ${mostSegments} segments`);
}

/**
 * The length of the sealed stream of so many plaintext bytes.
 *
 * Law     `plainSize(sealedSize(n))` is `n`.
 * Source  docs/formats/sealed-stream.md, "Bytes".
 *
 * @throws VaultError VAULT_LENGTH_WRONG  negative, fractional, or more than 2³¹ − 1 segments hold
 */
export function sealedSize(plainBytes: number, segmentBytes: number = streamSegmentBytes): number {
  segmentLog2(segmentBytes);
  if (!Number.isSafeInteger(plainBytes) || plainBytes < 0) {
    throw new VaultError('VAULT_LENGTH_WRONG', `no plaintext has ${plainBytes} bytes`);
  }
  const afterFirst = Math.max(0, plainBytes - firstPlainBytes(segmentBytes));
  const segments = 1 + Math.ceil(afterFirst / laterPlainBytes(segmentBytes));
  requireSegmentCount(segments);
  return streamHeaderBytes + plainBytes + tagBytes * segments;
}

/**
 * The length of the plaintext in a sealed stream of so many bytes.
 *
 * Law     `sealedSize(plainSize(n))` is `n`, for every `n` that does not throw.
 * Source  docs/formats/sealed-stream.md, "Bytes".
 *
 * @throws VaultError VAULT_TRUNCATED     too short for the headers and one tag
 * @throws VaultError VAULT_LENGTH_WRONG  no plaintext gives this length
 */
export function plainSize(sealedBytes: number, segmentBytes: number = streamSegmentBytes): number {
  const segments = segmentCount(sealedBytes, segmentBytes);
  return sealedBytes - streamHeaderBytes - tagBytes * segments;
}

/** Throws as `plainSize` does. */
export function segmentCount(sealedBytes: number, segmentBytes: number): number {
  segmentLog2(segmentBytes);
  if (!Number.isSafeInteger(sealedBytes)) {
    throw new VaultError('VAULT_LENGTH_WRONG', `no sealed stream has ${sealedBytes} bytes`);
  }
  if (sealedBytes < streamHeaderBytes + tagBytes) {
    throw new VaultError('VAULT_TRUNCATED', `a sealed stream of ${sealedBytes} bytes has no room for a segment`);
  }
  const segments = Math.ceil((sealedBytes - leadingBytes) / segmentBytes);
  requireSegmentCount(segments);
  const lastBytes = sealedBytes - segmentStart(segments - 1, segmentBytes);
  requireSegmentLength(segments - 1, lastBytes, sealedBytes);
  return segments;
}

/** Refuses a last segment without room for its tag and, unless it is the only one, for a byte of plaintext. */
export function requireSegmentLength(index: number, bytes: number, sealedBytes: number): void {
  if (index === 0 && bytes < tagBytes) {
    throw new VaultError('VAULT_TRUNCATED', `a sealed stream of ${sealedBytes} bytes has no room for a segment`);
  }
  if (index > 0 && bytes <= tagBytes) {
    throw new VaultError('VAULT_LENGTH_WRONG', `no sealed stream has ${sealedBytes} bytes`);
  }
}

/** The offset in the sealed stream at which a segment begins. */
export function segmentStart(index: number, segmentBytes: number): number {
  return index === 0 ? streamHeaderBytes : leadingBytes + index * segmentBytes;
}

/** The plaintext offset at which a segment begins. */
export function segmentPlainStart(index: number, segmentBytes: number): number {
  return index === 0 ? 0 : firstPlainBytes(segmentBytes) + (index - 1) * laterPlainBytes(segmentBytes);
}

/** The segment that holds a plaintext offset. */
export function segmentHolding(plainOffset: number, segmentBytes: number): number {
  const afterFirst = plainOffset - firstPlainBytes(segmentBytes);
  return afterFirst < 0 ? 0 : 1 + Math.floor(afterFirst / laterPlainBytes(segmentBytes));
}
