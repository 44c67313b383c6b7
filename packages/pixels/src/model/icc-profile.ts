import type { DataSet } from '@symbolon/dicom';
import { pixelTags as tags } from './pixel-tags.ts';
import { wordBytes } from './short-values.ts';
import { firstItem } from './value-transform.ts';

/** Profiles of scanners with tables are some hundred kilobytes. */
const maxProfileBytes = 1024 * 1024;
/** Header, tag count, and `acsp` at its place: ICC.1 §7.2. */
const leastProfileBytes = 132;
const signature = [0x61, 0x63, 0x73, 0x70];

/**
 * What the colours of an image mean: its ICC profile, or that of its first optical path, in a buffer of its own.
 *
 * Source  PS3.3 §C.11.15 (ICC Profile), §C.8.12.5 (Optical Path).
 */
export function iccProfileOf(ds: DataSet): Uint8Array | undefined {
  const path = firstItem(ds, tags.OpticalPathSequence);
  const bytes =
    wordBytes(ds, tags.ICCProfile, maxProfileBytes + 1) ??
    (path && wordBytes(path, tags.ICCProfile, maxProfileBytes + 1));
  if (bytes === undefined || bytes.length < leastProfileBytes || bytes.length > maxProfileBytes) return undefined;
  return signature.every((byte, at) => bytes[36 + at] === byte) ? bytes.slice() : undefined;
}
