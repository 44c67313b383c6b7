import { tags } from '../dictionary/tags.ts';
import type { DicomFile } from '../element.ts';
import { DicomError } from '../errors.ts';
import type { DicomJson, DicomJsonAttribute } from '../json/dicom-json.ts';
import type { Cut } from '../split/split.ts';
import type { WriteElementOptions } from '../write/write-data-set.ts';
import { recodeAsUtf8, refuseChangedMeaning } from './charset.ts';
import { refuseOtherMeta, refuseOtherStart } from './first-element.ts';
import { type FilePlan, planOf } from './plan.ts';
import { type Splice, type Spliced, spliced } from './splice.ts';
import { splicesOf } from './splices-of.ts';

/** A private element by its creator (PS3.5 §7.8.1): its block is found, or reserved where a value is set. */
export type PrivateTag = {
  /** Odd. */
  readonly group: number;
  readonly creator: string;
  /** The last two digits of the tag: 0x00 to 0xff. */
  readonly element: number;
};

/** Tags and item indices in turn, from the data set (or group 0002) down: `[0x00400275, 0, 0x00321060]`. */
export type EditPath = readonly (number | PrivateTag)[];

export type Edit =
  /** Puts an element in place of the one at `path`, or where it belongs when there is none. A BulkDataURI needs `write.bulkData`. */
  | { readonly path: EditPath; readonly set: DicomJsonAttribute }
  /** Puts an item in place of the one at `path`, or behind the last when the index is the number of items. */
  | { readonly path: EditPath; readonly item: DicomJson }
  /** Takes away an element, or an item when the path ends with an index. What is not there is away already. */
  | { readonly path: EditPath; readonly remove: true };

export type EditOptions = {
  /** Sequences and items on the way to what is set that do not exist. Default `refuse`. */
  missing?: 'create' | 'refuse';
  /**
   * Text that the character set in force cannot hold, or an edit of (0008,0005) that would change what other text says.
   * Default `refuse`. `utf-8-if-needed`: then all text of the data set becomes ISO_IR 192. `redeclare`: the bytes of
   * other text stay as they are under a new (0008,0005), because the old one was wrong.
   */
  charset?: 'refuse' | 'utf-8-if-needed' | 'redeclare';
  /** Of an identity half: where pixel data was cut out. They move with the bytes; pixel data itself cannot be edited. */
  cuts?: readonly Cut[];
  /** Raw deflate (RFC 1951), for files that are deflated whole. */
  deflateRaw?: (bytes: Uint8Array) => Uint8Array;
  /** How new sequences are written. Values handed in are bound by the same budgets as JSON that is read. */
  write?: WriteElementOptions;
};

export type EditedFile = {
  /** Views of what was handed in, and new bytes, in order. */
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
  /** Those handed in, moved with the bytes. */
  readonly cuts: readonly Cut[];
};

/**
 * Changes elements of one file, and nothing else.
 *
 * Shape   in: a file as `parseFile` read it, to its end, or an identity half as `parseIdentityHalf` did. out: views of its bytes
 *         with new bytes between them; what is not touched is not copied, a data set deflated whole apart.
 * Law     every byte that no edit names stays: order, padding, VR spelling, unknown VRs, kinds of length, trailing
 *         bytes. Named as well are: lengths of what encloses a change; (0002,0000) when group 0002 changes; group
 *         lengths that were right; repeats of an element that an edit names or passes through.
 * Law     `merge(edit(identity, { cuts }), image)` is `edit(merge(identity, image))`, and what one refuses the other does,
 *         edits of pixel data apart, which a half does not hold. So both refuse edits of (7FE0,000A) to (7FE0,000F), which
 *         may stand between two kinds of it, and those after which a data set would begin with pixel data.
 * Order   paths speak of the file as it is, not as another edit leaves it. Two edits of one place are refused, and so
 *         is one inside what another replaces.
 * Place   a new element stands before the first one with a greater tag; what lacks its delimiter before it gets it.
 * Limit   (0002,0010), pixel geometry and signatures mean what the caller makes of them. A DICOMDIR, whose offsets
 *         count bytes, takes no edit that moves any.
 * Cost    O(elements of the data sets that edits lead through + edits · log edits), iterative.
 * Source  PS3.5 §7, §7.5, §7.8.1, §6.1.2; PS3.3 §C.12.1.1.2; PS3.10 §7.1.
 *
 * @throws DicomError DICOM_EDIT_INVALID        a path that is none, a place edited twice, pixel data of an identity half,
 *                                              what stands between two kinds of it, a DICOMDIR, within a
 *                                              sequence whose head has a length of 16 bits, a first element (of the
 *                                              data set, group 0002 or an item of a UN) that shows another encoding,
 *                                              is pixel data, or looks like group 0002
 * @throws DicomError DICOM_EDIT_PATH_MISSING   no such sequence or item; `at` is the nearest element there is
 * @throws DicomError DICOM_EDIT_CHARSET        (0008,0005) would change what other text says, or other text says
 *                                              nothing that UTF-8 could
 * @throws DicomError DICOM_DEFLATE_UNAVAILABLE a data set deflated whole and no `deflateRaw`
 * @throws DicomError those of `writeElement`, DICOM_TEXT_NOT_ENCODABLE among them
 */
export function edit(file: DicomFile, edits: readonly Edit[], options: EditOptions = {}): EditedFile {
  if (options.charset !== 'utf-8-if-needed') return applied(file, planOf(file, edits, options), options);
  try {
    return applied(file, planOf(file, edits, options), options);
  } catch (error) {
    const charset =
      error instanceof DicomError && (error.code === 'DICOM_TEXT_NOT_ENCODABLE' || error.code === 'DICOM_EDIT_CHARSET');
    if (!charset) throw error;
  }
  const plan = planOf(file, edits, options);
  recodeAsUtf8(file, plan.dataset);
  return applied(file, plan, { ...options, charset: 'redeclare' });
}

function applied(file: DicomFile, plan: FilePlan, options: EditOptions): EditedFile {
  if (options.charset !== 'redeclare') refuseChangedMeaning(plan.dataset);
  const { write = {}, cuts = [] } = options;
  const [first] = file.meta.elements.values();
  const metaBounds = { from: first?.start ?? 0, to: file.datasetStart, meta: true };
  const meta = splicesOf(plan.meta, metaBounds, write);
  const from = file.deflated ? 0 : file.datasetStart;
  const data = splicesOf(plan.dataset, { from, to: file.end, cuts: file.deflated ? [] : cuts }, write);
  const moves = [...meta, ...data].some(({ remove, insert }) => insert.length !== remove);
  if (moves && file.dataset.elements.has(tags.DirectoryRecordSequence))
    throw new DicomError('DICOM_EDIT_INVALID', 'A DICOMDIR counts its bytes: it takes no edit that moves any');
  if (plan.meta.elements.size > 0) refuseOtherMeta(file, meta);
  if (plan.dataset.elements.size > 0) refuseOtherStart(file, data);
  if (!file.deflated) return spliced(file.bytes, [...meta, ...data]);
  return deflated(file, meta, data.length === 0 ? undefined : spliced(file.dataset.bytes, data), options);
}

function deflated(
  file: DicomFile,
  meta: readonly Splice[],
  data: Spliced | undefined,
  { deflateRaw }: EditOptions,
): EditedFile {
  const head = spliced(file.bytes.subarray(0, file.datasetStart), meta);
  const tail = data === undefined ? [file.bytes.subarray(file.datasetStart)] : [];
  if (data !== undefined) {
    if (deflateRaw === undefined)
      throw new DicomError('DICOM_DEFLATE_UNAVAILABLE', 'The data set is deflated and no deflater was handed in');
    const inflated = new Uint8Array(data.bytes);
    let at = 0;
    for (const piece of data.pieces) {
      inflated.set(piece, at);
      at += piece.length;
    }
    const bytes = deflateRaw(inflated);
    // PS3.5 §A.5: padded to an even length.
    tail.push(bytes, new Uint8Array(bytes.length % 2));
  }
  const pieces = [...head.pieces, ...tail.filter(({ length }) => length > 0)];
  return { pieces, bytes: pieces.reduce((sum, { length }) => sum + length, 0), cuts: [] };
}
