import type { DicomFile } from '../element.ts';
import { DicomError } from '../errors.ts';

/** Where image bytes stood: `at` is an offset in the identity half, `bytes` how many go there. */
export type Cut = { readonly at: number; readonly bytes: number };

export type Split = {
  readonly identity: readonly Uint8Array[];
  readonly image: readonly Uint8Array[];
  readonly cuts: readonly Cut[];
  readonly identityBytes: number;
  readonly imageBytes: number;
};

/**
 * Cuts one Part 10 file at its pixel data, so that each half can be sealed and stored alone.
 *
 * Shape   in: a parsed file. out: views of its bytes, in order; nothing is copied.
 * Law     the image half is the whole top-level pixel data elements and nothing else; `merge(split(file))` is `file`.
 * Limit   a data set deflated whole cannot be cut: it stays in the identity half (design §2 rule 1).
 * Source  PS3.5 §7.1, §8.1.
 */
export function split(file: DicomFile): Split {
  const { bytes } = file;
  const identity: Uint8Array[] = [];
  const image: Uint8Array[] = [];
  const cuts: Cut[] = [];
  let identityBytes = 0;
  let imageBytes = 0;
  let from = 0;
  for (const element of file.deflated ? [] : file.pixelElements) {
    if (element.start > from) identity.push(bytes.subarray(from, element.start));
    identityBytes += element.start - from;
    image.push(bytes.subarray(element.start, element.end));
    imageBytes += element.end - element.start;
    cuts.push({ at: identityBytes, bytes: element.end - element.start });
    from = element.end;
  }
  if (from < bytes.length) identity.push(bytes.subarray(from));
  identityBytes += bytes.length - from;
  return { identity, image, cuts, identityBytes, imageBytes };
}

/**
 * Puts the halves of one file together again.
 *
 * Shape   in: both halves, whole, and where the cuts were. out: views in file order; nothing is copied.
 * @throws DicomError DICOM_CUTS_INVALID  the cuts do not ascend, or do not use up the image half exactly
 */
export function merge(identity: Uint8Array, image: Uint8Array, cuts: readonly Cut[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  let used = 0;
  for (const cut of cuts) {
    if (!(cut.at >= from) || cut.at > identity.length || !(cut.bytes >= 0) || used + cut.bytes > image.length) {
      throw new DicomError('DICOM_CUTS_INVALID', 'A cut does not fit the halves');
    }
    if (cut.at > from) parts.push(identity.subarray(from, cut.at));
    if (cut.bytes > 0) parts.push(image.subarray(used, used + cut.bytes));
    used += cut.bytes;
    from = cut.at;
  }
  if (used !== image.length) throw new DicomError('DICOM_CUTS_INVALID', 'The cuts leave image bytes over');
  if (from < identity.length) parts.push(identity.subarray(from));
  return parts;
}
