import { isPixelTag } from '../dictionary/tags.ts';
import { implicitLittleEndian } from '../dictionary/transfer-syntax.ts';
import type { DataSet, DicomFile } from '../element.ts';
import { DicomError } from '../errors.ts';
import { type Encoding, encodingOf } from '../parse/encoding.ts';
import { tagAt, u32, undefinedLength } from '../parse/numbers.ts';
import type { Splice } from './splice.ts';

/**
 * The first element of a data set shows readers how the rest is encoded, and in a file that group 0002 is over. What an
 * edit puts there, uncovers or makes longer must show the same as what was there, or other elements read otherwise.
 */
const headBytes = 8;

/** Group 0002, of which readers say that it is explicit where they do not see that it is not. `splices` in order. */
export function refuseOtherMeta({ bytes, meta, datasetStart }: DicomFile, splices: readonly Splice[]): void {
  const [first] = meta.elements.values();
  if (first === undefined) return;
  const { head } = headAfter(bytes, splices, { from: first.start, to: datasetStart, depth: 0 });
  refuseOtherEncoding(head, meta, 'explicit');
}

/** The data set of a file, or of an identity half. `splices` in order. */
export function refuseOtherStart(file: DicomFile, splices: readonly Splice[]): void {
  const { dataset, deflated, datasetStart, end, transferSyntax } = file;
  const from = deflated ? 0 : datasetStart;
  const { head, cut } = headAfter(dataset.bytes, splices, { from, to: end, depth: 0 });
  if (head.length === 0 && !cut && end < dataset.bytes.length)
    throw new DicomError('DICOM_EDIT_INVALID', 'Trailing bytes would be the first element');
  // In either byte order: what is first is looked at before anything else is known.
  const pixels = head.length > 0 && [true, false].some((littleEndian) => isPixelTag(tagAt(head, 0, littleEndian)));
  // A cut is pixel data that is elsewhere.
  if (cut || pixels) throw new DicomError('DICOM_EDIT_INVALID', 'The data set would begin with pixel data');
  // Group 0002 is little endian, whatever the data set is (PS3.10 §7.1), and ends with the first element of another group.
  if (!deflated && head[0] === 2 && head[1] === 0)
    throw new DicomError('DICOM_EDIT_INVALID', 'The first element would be one of group 0002');
  refuseOtherEncoding(head, dataset, transferSyntax === implicitLittleEndian ? 'implicit' : 'explicit');
}

/** An item of a UN sequence: implicit unless it shows that it is not. `splices` in order. */
export function refuseOtherItem(item: DataSet, depth: number, splices: readonly Splice[]): void {
  const { valueStart, valueEnd } = item.item!;
  const { head } = headAfter(item.bytes, splices, { from: valueStart, to: valueEnd, depth });
  refuseOtherEncoding(head, item, 'implicit');
}

/** A new one, from its tag on; an empty one shows nothing, delimited or not. */
export function refuseOtherNewItem(bytes: Uint8Array, encoding: Encoding): void {
  const delimited = u32(bytes, 4, encoding.littleEndian) === undefinedLength;
  const content = bytes.subarray(8, delimited ? bytes.length - 8 : bytes.length);
  refuseOtherEncoding(content.subarray(0, headBytes), encoding, 'implicit');
}

/** `assumed`: how it is read where the head shows nothing. */
function refuseOtherEncoding(
  head: Uint8Array,
  { explicit, littleEndian }: Encoding,
  assumed: 'explicit' | 'implicit',
): void {
  const read = encodingOf(head, 0, head.length, littleEndian) ?? assumed;
  if (head.length === headBytes && (read === 'explicit') !== explicit)
    throw new DicomError('DICOM_EDIT_INVALID', 'A first element would show another encoding than its data set has');
}

/** What a data set begins with once the splices in it are done, at most 8 bytes, and whether pixel data was cut out there. */
function headAfter(
  bytes: Uint8Array,
  splices: readonly Splice[],
  { from, to, depth }: { readonly from: number; readonly to: number; readonly depth: number },
): { head: Uint8Array; cut: boolean } {
  const head = new Uint8Array(headBytes);
  let filled = 0;
  const put = (piece: Uint8Array): void => {
    head.set(piece.subarray(0, headBytes - filled), filled);
    filled += Math.min(piece.length, headBytes - filled);
  };
  let at = from;
  for (let next = firstAt(splices, from); filled < headBytes; next++) {
    const splice = splices[next];
    // Where the data set ends, what is in it comes first (`Splice.depth`), and what stands behind it after that.
    const inside = splice !== undefined && (splice.at < to || (splice.at === to && splice.depth >= depth));
    put(bytes.subarray(at, inside ? splice.at : to));
    if (!inside) break;
    if (splice.cut !== undefined && filled === 0) return { head: head.subarray(0, 0), cut: true };
    put(splice.insert);
    at = splice.at + splice.remove;
  }
  return { head: head.subarray(0, filled), cut: false };
}

/** The first splice at or behind an offset. */
function firstAt(splices: readonly Splice[], at: number): number {
  let low = 0;
  let high = splices.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (splices[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
