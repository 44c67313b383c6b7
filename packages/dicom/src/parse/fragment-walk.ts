import { tags } from '../dictionary/tags.ts';
import type { Fragment } from '../element.ts';
import { DicomError } from '../errors.ts';
import { type Budget, spend, warn } from './budget.ts';
import { tagAt, u32, undefinedLength } from './numbers.ts';

const headBytes = 8;

/**
 * Walks through the items of encapsulated pixel data, whole or as its bytes come; values are skipped, never touched.
 *
 * Units   offsets as `at` counts, which is where the first item stands; errors and warnings add `shift`.
 * Cost    O(items), whatever the bytes are cut into.
 * Source  PS3.5 §A.4.
 */
export class FragmentWalk {
  readonly fragments: Fragment[] = [];
  /** Whether the sequence delimiter was read; then `at` stands behind it. */
  done = false;
  /** Where the next byte stands that is to be taken. */
  at: number;
  /** Where the head of the next item stands. */
  #next: number;
  /** Bytes of the item's value still to be skipped. */
  #left = 0;
  readonly #head = new Uint8Array(headBytes);
  #have = 0;
  readonly #littleEndian: boolean;
  readonly #budget: Budget;
  readonly #shift: number;

  constructor(at: number, littleEndian: boolean, budget: Budget, shift: number) {
    this.at = at;
    this.#next = at;
    this.#littleEndian = littleEndian;
    this.#budget = budget;
    this.#shift = shift;
  }

  /**
   * Takes of these bytes what belongs to the fragments, and returns the position behind it.
   *
   * @throws DicomError DICOM_ITEM_EXPECTED DICOM_LENGTH_UNDEFINED DICOM_TOO_MANY_ELEMENTS
   */
  take(bytes: Uint8Array, from: number, to: number): number {
    let pos = from;
    while (pos < to && !this.done) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, to - pos);
        this.#left -= skipped;
        pos += skipped;
      } else if (this.#have === 0 && to - pos >= headBytes) {
        this.#read(bytes, pos);
        pos += headBytes;
      } else {
        this.#head[this.#have++] = bytes[pos++]!;
        if (this.#have === headBytes) this.#read(this.#head, 0);
      }
    }
    this.at += pos - from;
    return pos;
  }

  /** Why it did not come to its end, when no more bytes come. */
  cutShort(): DicomError {
    const last = this.fragments.at(-1);
    if (this.#left > 0 && last !== undefined)
      return new DicomError(
        'DICOM_LENGTH_PAST_END',
        'A fragment claims more bytes than remain',
        last.start + this.#shift,
      );
    return new DicomError('DICOM_TRUNCATED', 'The bytes end inside encapsulated pixel data', this.#next + this.#shift);
  }

  #read(head: Uint8Array, at: number): void {
    const start = this.#next;
    const tag = tagAt(head, at, this.#littleEndian);
    const length = u32(head, at + 4, this.#littleEndian);
    this.#have = 0;
    const place = start + this.#shift;
    if (tag === tags.SequenceDelimitationItem) {
      if (length !== 0) warn(this.#budget, 'DICOM_DELIMITER_LENGTH', place);
      this.done = true;
      return;
    }
    if (tag !== tags.Item)
      throw new DicomError('DICOM_ITEM_EXPECTED', 'Neither an item nor a delimiter among fragments', place);
    if (length === undefinedLength)
      throw new DicomError('DICOM_LENGTH_UNDEFINED', 'A fragment of undefined length', place);
    spend(this.#budget, place);
    if ((length & 1) === 1) warn(this.#budget, 'DICOM_ODD_LENGTH', place);
    this.fragments.push({ start, valueStart: start + headBytes, valueEnd: start + headBytes + length });
    this.#left = length;
    this.#next += headBytes + length;
  }
}
