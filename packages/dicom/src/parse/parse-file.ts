import type { DicomFile, ParseOptions } from '../element.ts';
import type { Cut } from '../split/split.ts';
import { Part10Reader, prefixAt } from './part10-reader.ts';
import { wholeSource } from './source.ts';

/** "DICM" after the preamble (PS3.10 §7.1). */
export function looksLikePart10(bytes: Uint8Array): boolean {
  return prefixAt(bytes, 128, bytes.length);
}

/**
 * Reads one Part 10 file that is whole in memory.
 *
 * Shape   in: the bytes of one file. out: elements as offsets into them (or into the inflated data set).
 * Units   offsets in bytes from the first byte of the file, 0-based, end exclusive; in a deflated data set from its own start.
 * Cost    O(elements): native pixel data is skipped, not touched; budgets bound time and memory for hostile input.
 * Source  PS3.10 §7.1, PS3.5 §7, §10, Annex A.
 *
 * @throws DicomError DICOM_PREAMBLE_MISSING         bytes 128-131 are not "DICM"; with `bare`, nor does a data set begin
 * @throws DicomError DICOM_META_MISSING             no group 0002 after them
 * @throws DicomError DICOM_TRANSFER_SYNTAX_MISSING  group 0002 names none
 * @throws DicomError DICOM_TRUNCATED, DICOM_LENGTH_PAST_END   cut short; `at` is the element
 * @throws DicomError DICOM_INFLATE_UNAVAILABLE, DICOM_INFLATE_FAILED, DICOM_INFLATED_TOO_LARGE
 * @throws DicomError the others of `ElementReader`, and every doubt that `refuse` names
 */
export function parseFile(bytes: Uint8Array, options: ParseOptions = {}): DicomFile {
  const reader = new Part10Reader(wholeSource(bytes), options);
  reader.advance();
  return reader.result(bytes);
}

/**
 * Reads the identity half of a split file, which is a Part 10 file without its pixel data elements.
 *
 * `cuts`  those of `split`: with them, exactly the elements come out that `parseFile` saw in the whole file, trailing
 *         bytes included. Without them, a file with rubbish behind its pixels may be refused here and not there.
 * Offsets count in the half; `pixelElements` is empty. Errors as `parseFile`.
 */
export function parseIdentityHalf(identity: Uint8Array, options: IdentityHalfOptions = {}): DicomFile {
  const reader = new Part10Reader(wholeSource(identity), options, { cuts: (options.cuts ?? []).map(({ at }) => at) });
  reader.advance();
  return reader.result(identity);
}

export type IdentityHalfOptions = ParseOptions & { cuts?: readonly Cut[] };

/**
 * Reads what stands before the pixel data, from the beginning of a file: any number of its first bytes will do.
 *
 * Shape   as `parseFile`; `pixelElements` is empty. `end` is where reading ended: before the pixel data, or before the
 *         first element that the bytes do not hold whole, or do not tell yet.
 * Cost    O(elements before the pixel data), which is not touched.
 * @throws DicomError as `parseFile`; DICOM_TRUNCATED where the bytes end within group 0002. Of a data set deflated whole
 *         all bytes are needed: `final` says that they are.
 */
export function parseHeader(bytes: Uint8Array, options: ParseOptions & { final?: boolean } = {}): DicomFile {
  const source = wholeSource(bytes, options.final ?? false);
  const reader = new Part10Reader(source, options, { stopAtPixels: true });
  reader.advance();
  return reader.result(bytes);
}
