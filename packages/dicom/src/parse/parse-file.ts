import { tags } from '../dictionary/tags.ts';
import {
  explicitBigEndian,
  implicitLittleEndian,
  isDeflatedWhole,
  isTransferSyntax,
} from '../dictionary/transfer-syntax.ts';
import type { DataSet, DicomFile, ParseOptions } from '../element.ts';
import { DicomError } from '../errors.ts';
import type { Cut } from '../split/split.ts';
import { text } from '../value.ts';
import { type Budget, warn } from './budget.ts';
import { encodingOf } from './encoding.ts';
import { readElements } from './read-elements.ts';

const preambleBytes = 128;
const metaStart = preambleBytes + 4;

/** "DICM" after the preamble (PS3.10 §7.1). */
export function looksLikePart10(bytes: Uint8Array): boolean {
  return (
    bytes.length >= metaStart &&
    bytes[128] === 0x44 &&
    bytes[129] === 0x49 &&
    bytes[130] === 0x43 &&
    bytes[131] === 0x4d
  );
}

/**
 * Reads one Part 10 file that is whole in memory.
 *
 * Shape   in: the bytes of one file. out: elements as offsets into them (or into the inflated data set).
 * Units   offsets in bytes from the first preamble byte, 0-based, end exclusive; in a deflated data set from its own start.
 * Cost    O(elements): native pixel data is skipped, not touched; budgets bound time and memory for hostile input.
 * Source  PS3.10 §7.1, PS3.5 §7, §10, Annex A.
 *
 * @throws DicomError DICOM_PREAMBLE_MISSING         bytes 128-131 are not "DICM"
 * @throws DicomError DICOM_META_MISSING             no group 0002 after them
 * @throws DicomError DICOM_TRANSFER_SYNTAX_MISSING  group 0002 names none
 * @throws DicomError DICOM_TRUNCATED, DICOM_LENGTH_PAST_END   cut short; `at` is the element
 * @throws DicomError DICOM_INFLATE_UNAVAILABLE, DICOM_INFLATE_FAILED, DICOM_INFLATED_TOO_LARGE
 * @throws DicomError the others of `readElements`
 */
export function parseFile(bytes: Uint8Array, options: ParseOptions = {}): DicomFile {
  return parse(bytes, options);
}

/**
 * Reads the identity half of a split file, which is a Part 10 file without its pixel data elements.
 *
 * `cuts`  those of `split`: with them, exactly the elements come out that `parseFile` saw in the whole file, trailing
 *         bytes included. Without them, a file with rubbish behind its pixels may be refused here and not there.
 * Offsets count in the half; `pixelElements` is empty. Errors as `parseFile`.
 */
export function parseIdentityHalf(identity: Uint8Array, options: IdentityHalfOptions = {}): DicomFile {
  return parse(identity, options, options.cuts?.at(-1)?.at);
}

export type IdentityHalfOptions = ParseOptions & { cuts?: readonly Cut[] };

function parse(bytes: Uint8Array, options: ParseOptions, cutAt?: number): DicomFile {
  const budget: Budget = {
    maxDepth: options.maxDepth ?? 100,
    maxElements: options.maxElements ?? 1_000_000,
    oddLength: options.oddLength ?? 'accept',
    duplicates: options.duplicates ?? 'identical',
    warnings: [],
    elements: 0,
  };
  if (!looksLikePart10(bytes)) {
    throw new DicomError('DICOM_PREAMBLE_MISSING', 'No "DICM" at offset 128: not a DICOM Part 10 file');
  }
  const { dataset: meta, end: datasetStart } = readMeta(bytes, budget);
  const transferSyntax = text(meta, tags.TransferSyntaxUID) ?? '';
  if (transferSyntax === '') {
    throw new DicomError('DICOM_TRANSFER_SYNTAX_MISSING', 'Group 0002 names no transfer syntax', metaStart);
  }
  if (!isTransferSyntax(transferSyntax)) warn(budget, 'DICOM_TRANSFER_SYNTAX_UNKNOWN', metaStart);

  const deflated = isDeflatedWhole(transferSyntax);
  const data = deflated ? inflate(bytes.subarray(datasetStart), options) : bytes;
  const start = deflated ? 0 : datasetStart;
  const littleEndian = transferSyntax !== explicitBigEndian;
  const claim = transferSyntax === implicitLittleEndian ? 'implicit' : 'explicit';
  const found = encodingOf(data, start, littleEndian) ?? claim;
  if (found !== claim) warn(budget, 'DICOM_TRANSFER_SYNTAX_CONTRADICTED', start);
  const encoding = { explicit: found === 'explicit', littleEndian };
  const { dataset, pixelElements } = readElements(
    data,
    start,
    data.length,
    encoding,
    budget,
    cutAt === undefined ? {} : { cutAt },
  );
  return { bytes, meta, datasetStart, dataset, transferSyntax, deflated, pixelElements, warnings: budget.warnings };
}

/** Group 0002 ends where another group begins: its group length, often wrong, is compared and not believed. */
function readMeta(bytes: Uint8Array, budget: Budget): { dataset: DataSet; end: number } {
  if (bytes.length < metaStart + 8 || bytes[metaStart] !== 2 || bytes[metaStart + 1] !== 0) {
    throw new DicomError('DICOM_META_MISSING', 'No group 0002 after "DICM"', metaStart);
  }
  const implicit = encodingOf(bytes, metaStart, true) === 'implicit';
  if (implicit) warn(budget, 'DICOM_META_IMPLICIT', metaStart);
  const encoding = { explicit: !implicit, littleEndian: true };
  const meta = readElements(bytes, metaStart, bytes.length, encoding, budget, { group: 2 });
  const length = meta.dataset.elements.get(tags.FileMetaInformationGroupLength);
  if (length === undefined || length.valueEnd - length.valueStart !== 4) {
    warn(budget, 'DICOM_META_LENGTH_MISSING', metaStart);
  } else {
    const declared = new DataView(bytes.buffer, bytes.byteOffset + length.valueStart, 4).getUint32(0, true);
    if (length.end + declared !== meta.end) warn(budget, 'DICOM_META_LENGTH_WRONG', length.start);
  }
  return meta;
}

function inflate(deflated: Uint8Array, options: ParseOptions): Uint8Array {
  const maxBytes = options.maxInflatedBytes ?? 256 * 1024 * 1024;
  if (options.inflateRaw === undefined) {
    throw new DicomError('DICOM_INFLATE_UNAVAILABLE', 'The data set is deflated and no inflater was handed in');
  }
  let inflated: Uint8Array;
  try {
    inflated = options.inflateRaw(deflated, maxBytes);
  } catch (error) {
    // What node:zlib says when its maxOutputLength is reached; anything else is a broken stream.
    if (error instanceof RangeError || (error as { code?: unknown } | null)?.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DicomError('DICOM_INFLATED_TOO_LARGE', 'The inflated data set exceeds the budget');
    }
    throw new DicomError('DICOM_INFLATE_FAILED', 'The deflated data set does not inflate');
  }
  if (inflated.length > maxBytes)
    throw new DicomError('DICOM_INFLATED_TOO_LARGE', 'The inflated data set exceeds the budget');
  return inflated;
}
