import { implicitVr, lookupTag } from '../dictionary/dictionary.ts';
import { isPixelTag, tags } from '../dictionary/tags.ts';
import { vrAt, vrForm, vrIndex } from '../dictionary/vr.ts';
import type { DataSet, Element } from '../element.ts';
import { DicomError, type DicomErrorCode, type DicomWarningCode } from '../errors.ts';
import { type Budget, spend, warn } from './budget.ts';
import { type Encoding, encodingOf, guessForm } from './encoding.ts';
import { FragmentWalk } from './fragment-walk.ts';
import { itemLevel, type Level, type Mutable, rootLevel, sequenceLevel } from './level.ts';
import { tagAt, u16, u32, undefinedLength } from './numbers.ts';
import { need, type Source, suspension } from './source.ts';

const maxRecoveries = 100;

/** The head of a top-level pixel data element; `length` may be undefined (fragments). */
export type PixelHead = {
  readonly tag: number;
  readonly vr: string;
  readonly start: number;
  readonly valueStart: number;
  readonly length: number;
  readonly littleEndian: boolean;
};

export type ReadWhere = {
  /** Reads that group alone, and ends where another one begins (group 0002). */
  readonly group?: number;
  /**
   * Where pixel data was cut out of an identity half, ascending: nothing is read across a cut that was not when the
   * pixel data stood there, and what follows the last one is judged as what follows pixels.
   */
  readonly cuts?: readonly number[];
  /** Stops before each top-level pixel data element; `passed` goes on behind it. */
  readonly stopAtPixels?: boolean;
};

/** Structural errors: behind the pixels they may mean that what is there is no element at all. */
const structural: ReadonlySet<DicomErrorCode> = new Set([
  'DICOM_TRUNCATED',
  'DICOM_LENGTH_PAST_END',
  'DICOM_LENGTH_UNDEFINED',
  'DICOM_ITEM_EXPECTED',
] as const);

/** PS3.5 §8.2 and PS3.6; UN by whoever did not know them. Anything else, a sequence even, would be taken for pixels. */
const pixelVrs: ReadonlySet<string> = new Set(['OB', 'OW', 'OF', 'OD', 'UN']);

const messages = {
  DICOM_PIXEL_VR_INVALID: 'Pixel data under a VR that pixel data never has',
  DICOM_VR_AMBIGUOUS: 'An unknown VR whose element could end in two places',
  DICOM_TRUNCATED: 'The bytes end inside an element, an item or a sequence',
  DICOM_ITEM_EXPECTED: 'Neither an item nor a delimiter where a sequence needs one',
  DICOM_LENGTH_UNDEFINED: 'An undefined length where none is allowed',
  DICOM_LENGTH_PAST_END: 'An element or item claims more bytes than remain around it',
  DICOM_DUPLICATE_ELEMENT: 'The same element stands twice in one data set',
  DICOM_TOO_DEEP: 'Sequences nest deeper than allowed',
} as const;

/** Stops `#run` where a top-level pixel data element begins. */
const pixelsAhead = new Error('pixel data begins here');

/**
 * Reads the elements of one data set, nested ones included, without touching native values.
 *
 * Shape   in: a source, where the data set starts in it. out: elements as offsets; nothing is copied or decoded.
 * Law     however the bytes are cut, the same elements, warnings and errors come out: every step first waits for all that
 *         it looks at, and for the end of what has a length, and only then changes anything.
 * Cost    O(elements) time and memory; one explicit stack, no recursion, depth and elements budgeted.
 * Source  PS3.5 §7.1, §7.5, §A.4, §6.2.2 note (UN of undefined length is implicit VR little endian).
 *
 * @throws DicomError DICOM_TRUNCATED DICOM_LENGTH_PAST_END DICOM_LENGTH_UNDEFINED DICOM_ITEM_EXPECTED
 *                    DICOM_DUPLICATE_ELEMENT DICOM_TOO_DEEP DICOM_TOO_MANY_ELEMENTS
 */
export class ElementReader {
  readonly dataset: DataSet;
  readonly pixelElements: Element[] = [];
  /** Set when `advance` says `pixels`. */
  pixels: PixelHead | undefined;
  readonly #source: Source;
  readonly #budget: Budget;
  readonly #where: ReadWhere;
  readonly #start: number;
  readonly #lastCut: number;
  #nextCut: number;
  readonly #explicit: boolean;
  readonly #stack: Level[] = [];
  /** Those whose `bytes` change while the source grows. */
  readonly #dataSets: Mutable<DataSet>[] = [];
  #level: Level;
  #depth = 0;
  #pos: number;
  /** The top-level element being read. */
  #rootStart: number;
  /** End of the last top-level pixel data element: what follows it and makes no sense is trailing bytes. */
  #pixelsEnd = -1;
  #passed: Set<number> | undefined;
  #walk: FragmentWalk | undefined;
  #zerosFrom = -1;
  #zerosTo = -1;
  #nonZeroAt = -1;
  #recoveries = 0;
  /** Once over it stays over, whatever more comes. */
  #done = false;

  constructor(source: Source, start: number, encoding: Encoding, budget: Budget, where: ReadWhere = {}) {
    this.#source = source;
    this.#budget = budget;
    this.#where = where;
    this.#start = start;
    this.#lastCut = where.cuts?.at(-1) ?? -1;
    this.#nextCut = where.cuts?.[0] ?? -1;
    this.#explicit = encoding.explicit;
    this.#pos = start;
    this.#rootStart = start;
    this.#level = rootLevel(source.bytes, start, source.final ? source.end : Number.POSITIVE_INFINITY, encoding);
    this.dataset = this.#level.dataset;
    if (source.grows) this.#dataSets.push(this.dataset);
  }

  /** Where reading stands at the top level: at the end, before trailing bytes, or before the element that is not read whole. */
  get at(): number {
    return this.#stack.length === 0 ? this.#pos : this.#rootStart;
  }

  /** Reads as far as the bytes reach. */
  advance(): 'done' | 'more' | 'pixels' {
    if (this.#source.final) this.#setEnd(this.#source.end);
    while (!this.#done) {
      try {
        this.#run();
        this.#done = true;
      } catch (error) {
        if (error === suspension) return 'more';
        if (error === pixelsAhead) return 'pixels';
        this.#done = this.#recover(error);
      }
    }
    return 'done';
  }

  /** Goes on behind a pixel data element that was taken out of the source. @throws DicomError DICOM_DUPLICATE_ELEMENT */
  passed(tag: number): void {
    const { start } = this.pixels!;
    if (tag <= this.#level.lastTag)
      this.#below(tag, (this.#passed?.has(tag) ?? false) && this.#budget.duplicates !== 'accept', start);
    else this.#level.lastTag = tag;
    this.#passed ??= new Set();
    this.#passed.add(tag);
    this.#pixelsEnd = start;
    this.pixels = undefined;
    // What was found of zeros lay in what was taken out.
    this.#nonZeroAt = -1;
    this.#zerosFrom = -1;
    // Nothing but the root is open, and more may come behind what was taken out.
    this.#level.end = Number.POSITIVE_INFINITY;
  }

  /** Points all data sets to where the bytes are now. */
  rebase(bytes: Uint8Array): void {
    for (const dataset of this.#dataSets) dataset.bytes = bytes;
  }

  #setEnd(end: number): void {
    if (this.#level.end === Number.POSITIVE_INFINITY) this.#level.end = end;
    for (const level of this.#stack) if (level.end === Number.POSITIVE_INFINITY) level.end = end;
  }

  #fail(code: keyof typeof messages, at: number): DicomError {
    return new DicomError(code, messages[code], at + this.#source.taken);
  }

  #warn(code: DicomWarningCode, at: number): void {
    warn(this.#budget, code, at + this.#source.taken);
  }

  /** Whether what is open goes as far as `to`; waits where that cannot be known yet. */
  #reaches(to: number): boolean {
    const { end } = this.#level;
    need(this.#source, to < end ? to : end);
    return to <= end;
  }

  #checkEnd(valueStart: number, length: number, at: number): number {
    const valueEnd = valueStart + length;
    if (valueEnd > this.#level.end) throw this.#fail('DICOM_LENGTH_PAST_END', at);
    return valueEnd;
  }

  /** Reads on until the root ends. */
  #run(): void {
    const source = this.#source;
    for (;;) {
      const level = this.#level;
      if (level.items !== undefined) {
        this.#stepSequence(level);
        continue;
      }
      const at = this.#pos;
      if (this.#stack.length === 0) {
        if (this.#rootEnds(at)) return;
      } else if (at === level.end) {
        if (level.delimited) {
          if (!level.bounded) throw this.#fail('DICOM_TRUNCATED', at);
          this.#warn('DICOM_DELIMITER_MISSING', at);
        }
        this.#closeItem(at, at);
        continue;
      } else if (!this.#reaches(at + 8)) throw this.#fail('DICOM_TRUNCATED', at);
      const tag = tagAt(source.bytes, at, level.littleEndian);
      if (tag >= tags.Item && tag <= tags.SequenceDelimitationItem) this.#stepDelimiter(tag);
      else this.#stepElement(tag);
    }
  }

  /** Whether the root data set is over, at its end or before bytes that are none of it. */
  #rootEnds(at: number): boolean {
    const source = this.#source;
    this.#rootStart = at;
    if (at === this.#nextCut) {
      this.#pixelsEnd = at;
      const cuts = this.#where.cuts ?? [];
      // Which of them stood there nobody knows any more; the first of their tags is certain.
      this.#level.lastTag = Math.max(this.#level.lastTag, tags.FloatPixelData);
      this.#nextCut = cuts.find((one) => one > at) ?? -1;
    }
    const { group } = this.#where;
    if (group !== undefined) {
      need(source, at + 2);
      if (at + 2 > source.end || u16(source.bytes, at, this.#level.littleEndian) !== group) return true;
    }
    need(source, at + 8);
    if (at === source.end) return true;
    const short = at + 8 > source.end;
    if (!short && (source.bytes[at] !== 0 || source.bytes[at + 1] !== 0)) return false;
    if (this.#isZero() || (short && this.#isTrailing())) {
      this.#warn('DICOM_TRAILING_BYTES', at);
      return true;
    }
    if (short) throw this.#fail('DICOM_TRUNCATED', at);
    return false;
  }

  /** One step inside an open sequence: an item, its delimiter, or its end. */
  #stepSequence(level: Level): void {
    const at = this.#pos;
    if (!this.#reaches(at + 8)) {
      if (at !== level.end) throw this.#fail('DICOM_TRUNCATED', at);
      if (level.delimited) {
        if (!level.bounded) throw this.#fail('DICOM_TRUNCATED', at);
        this.#warn('DICOM_DELIMITER_MISSING', at);
      }
      this.#closeSequence(at, at);
      return;
    }
    const { bytes } = this.#source;
    const tag = tagAt(bytes, at, level.littleEndian);
    const length = u32(bytes, at + 4, level.littleEndian);
    if (tag === tags.Item) {
      this.#openItem(level, at, length);
      return;
    }
    if (tag !== tags.SequenceDelimitationItem) throw this.#fail('DICOM_ITEM_EXPECTED', at);
    if (length !== 0) this.#warn('DICOM_DELIMITER_LENGTH', at);
    if (level.delimited) {
      this.#closeSequence(at, at + 8);
      return;
    }
    this.#warn('DICOM_DELIMITER_STRAY', at);
    this.#pos = at + 8;
  }

  #openItem(sequence: Level, at: number, length: number): void {
    const delimited = length === undefinedLength;
    if (!delimited) this.#reaches(at + 8 + length);
    else if (sequence.vr === 'UN') this.#reaches(at + 16);
    spend(this.#budget, at + this.#source.taken);
    const end = delimited ? sequence.end : this.#checkEnd(at + 8, length, at);
    const { bytes } = this.#source;
    const explicit =
      sequence.explicit ||
      (sequence.vr === 'UN' &&
        encodingOf(bytes, at + 8, Math.min(end, this.#source.end), sequence.littleEndian) === 'explicit');
    const level = itemLevel(sequence, bytes, at, end, { explicit, delimited });
    sequence.items!.push(level.dataset);
    if (this.#source.grows) this.#dataSets.push(level.dataset);
    this.#stack.push(sequence);
    this.#level = level;
    this.#pos = at + 8;
  }

  /** The end of an item's data set, by length or by delimiter. */
  #closeItem(valueEnd: number, end: number): void {
    const item = this.#level.item!;
    item.valueEnd = valueEnd;
    item.end = end;
    this.#level = this.#stack.pop()!;
    this.#pos = end;
  }

  #openSequence(head: { tag: number; vr: string; start: number; valueStart: number }, length: number): void {
    if (++this.#depth > this.#budget.maxDepth) throw this.#fail('DICOM_TOO_DEEP', head.start);
    const delimited = length === undefinedLength;
    const end = delimited ? this.#level.end : this.#checkEnd(head.valueStart, length, head.start);
    this.#stack.push(this.#level);
    this.#level = sequenceLevel(this.#level, head, end, delimited);
    this.#pos = head.valueStart;
  }

  #closeSequence(valueEnd: number, end: number): void {
    const { tag, vr, start, valueStart, items } = this.#level;
    this.#level = this.#stack.pop()!;
    this.#depth--;
    this.#put({ tag, vr, start, valueStart, valueEnd, end, items, fragments: undefined });
    this.#pos = end;
  }

  /** Delimiters among elements: the item's own, or one that broken writers leave out or add. */
  #stepDelimiter(tag: number): void {
    const at = this.#pos;
    if (u32(this.#source.bytes, at + 4, this.#level.littleEndian) !== 0) this.#warn('DICOM_DELIMITER_LENGTH', at);
    if (tag === tags.ItemDelimitationItem && this.#level.delimited) {
      this.#closeItem(at, at + 8);
      return;
    }
    if (tag === tags.SequenceDelimitationItem && this.#level.delimited) {
      this.#warn('DICOM_DELIMITER_MISSING', at);
      this.#closeItem(at, at);
      return;
    }
    if (tag === tags.Item) throw this.#fail('DICOM_ITEM_EXPECTED', at);
    this.#warn('DICOM_DELIMITER_STRAY', at);
    this.#pos = at + 8;
  }

  #stepElement(tag: number): void {
    const at = this.#pos;
    const level = this.#level;
    const source = this.#source;
    const { bytes } = source;
    const { littleEndian } = level;
    let vr: string;
    let valueStart = at + 8;
    let length: number;
    let unknown = false;
    if (!level.explicit) {
      vr = implicitVr(tag, level.signed);
      length = u32(bytes, at + 4, littleEndian);
    } else {
      const index = vrIndex(bytes[at + 4]!, bytes[at + 5]!);
      const form = vrForm(index);
      vr = index < 0 ? 'UN' : vrAt(index);
      if (form === 'short') length = u16(bytes, at + 6, littleEndian);
      else if (form === 'long') {
        valueStart = at + 12;
        if (!this.#reaches(valueStart)) throw this.#fail('DICOM_TRUNCATED', at);
        length = u32(bytes, at + 8, littleEndian);
      } else {
        unknown = true;
        const cut = this.#where.cuts?.find((one) => one > at) ?? Number.POSITIVE_INFINITY;
        const guess = guessForm(bytes, at, littleEndian, (to) => to <= cut && this.#reaches(to));
        if (guess.ambiguous === true) throw this.#fail('DICOM_VR_AMBIGUOUS', at);
        valueStart = guess.valueStart;
        length = guess.length;
        if (guess.implicit) vr = implicitVr(tag, level.signed);
      }
    }
    const isPixels = this.#stack.length === 0 && isPixelTag(tag);
    const stops = isPixels && this.#where.stopAtPixels === true;
    if (isPixels && level.explicit && !unknown && !pixelVrs.has(vr)) throw this.#fail('DICOM_PIXEL_VR_INVALID', at);
    const undefinedEnd = length === undefinedLength;
    // What has a length is waited for whole, so that nothing is begun that the end of the bytes would undo.
    const begins = undefinedEnd && !isPixels && this.#startsItem(valueStart, false);
    if (!source.final && !undefinedEnd && !stops) this.#reaches(valueStart + length);

    if (this.#walk === undefined) {
      spend(this.#budget, at + source.taken);
      if (unknown) this.#warn('DICOM_VR_UNKNOWN', at);
      if (!undefinedEnd && (length & 1) === 1) this.#warn('DICOM_ODD_LENGTH', at);
    }
    if (stops) {
      this.pixels = { tag, vr, start: at, valueStart, length, littleEndian };
      throw pixelsAhead;
    }
    if (undefinedEnd) {
      if (isPixels || tag === tags.PixelData || (vr.charCodeAt(0) === 0x4f && vr.length === 2)) {
        this.#readFragments({ tag, vr, start: at, valueStart });
      } else if (vr === 'SQ' || vr === 'UN' || begins) {
        this.#openSequence({ tag, vr, start: at, valueStart }, length);
      } else throw this.#fail('DICOM_LENGTH_UNDEFINED', at);
      return;
    }
    // A sequence that some sender did not know: its items are implicit VR (PS3.5 §6.2.2 note 2), if it is one.
    if (
      !isPixels &&
      (vr === 'SQ' ||
        (vr === 'UN' &&
          level.explicit &&
          length > 0 &&
          implicitVr(tag, false) === 'SQ' &&
          length >= 8 &&
          this.#startsItem(valueStart, true)))
    ) {
      this.#openSequence({ tag, vr, start: at, valueStart }, length);
      return;
    }
    const valueEnd = this.#checkEnd(valueStart, length, at);
    if (tag === tags.PixelRepresentation && length === 2) level.signed = u16(bytes, valueStart, littleEndian) === 1;
    this.#pos = valueEnd;
    this.#put({ tag, vr, start: at, valueStart, valueEnd, end: valueEnd, items: undefined, fragments: undefined });
  }

  #readFragments(head: { tag: number; vr: string; start: number; valueStart: number }): void {
    const source = this.#source;
    const level = this.#level;
    this.#walk ??= new FragmentWalk(head.valueStart, level.littleEndian, this.#budget, source.taken);
    const walk = this.#walk;
    walk.take(source.bytes, walk.at, Math.min(level.end, source.end));
    if (!walk.done) {
      need(source, Math.min(source.end + 1, level.end));
      throw walk.cutShort();
    }
    this.#walk = undefined;
    this.#pos = walk.at;
    const { fragments } = walk;
    this.#put({ ...head, valueEnd: walk.at - 8, end: walk.at, items: undefined, fragments });
  }

  #startsItem(at: number, untyped: boolean): boolean {
    if (!this.#reaches(at + 8)) return false;
    const tag = tagAt(this.#source.bytes, at, untyped || this.#level.littleEndian);
    return tag === tags.Item || tag === tags.SequenceDelimitationItem;
  }

  #put(element: Element): void {
    const { tag } = element;
    const level = this.#level;
    if (tag > level.lastTag) {
      level.lastTag = tag;
      level.elements.append(element);
    } else {
      const first = level.elements.get(tag);
      if (first === undefined) level.elements.append(element);
      this.#below(tag, first !== undefined && !this.#mayRepeat(first, element), element.start, first !== undefined);
    }
    if (this.#stack.length === 0 && isPixelTag(tag)) {
      this.pixelElements.push(element);
      this.#pixelsEnd = element.end;
    }
  }

  /** Below the highest tag seen so far: either a second one, or out of order. */
  #below(tag: number, refused: boolean, at: number, repeats = this.#passed?.has(tag) ?? false): void {
    if (refused) throw this.#fail('DICOM_DUPLICATE_ELEMENT', at);
    if (repeats) this.#warn('DICOM_DUPLICATE_ELEMENT', at);
    this.#warn('DICOM_OUT_OF_ORDER', at);
  }

  #mayRepeat(first: Element, second: Element): boolean {
    const { duplicates } = this.#budget;
    if (duplicates !== 'identical') return duplicates === 'accept';
    const { bytes } = this.#source;
    const size = first.end - first.start;
    // Only what is cheap to compare, and never pixel data: two of those leave it open which one is the image.
    if (isPixelTag(first.tag) || size !== second.end - second.start || size > 4096) return false;
    for (let at = 0; at < size; at++) if (bytes[first.start + at] !== bytes[second.start + at]) return false;
    return true;
  }

  /** Whether nothing but zeros is left. What was found is remembered: zeros are looked at once. */
  #isZero(): boolean {
    const source = this.#source;
    if (this.#rootStart === this.#start && this.#pixelsEnd < 0) return false;
    if (this.#nonZeroAt >= this.#rootStart || this.#rootStart < this.#lastCut) return false;
    if (this.#zerosFrom !== this.#rootStart) {
      this.#zerosFrom = this.#rootStart;
      this.#zerosTo = this.#rootStart;
    }
    while (this.#zerosTo < source.end && source.bytes[this.#zerosTo] === 0) this.#zerosTo++;
    if (this.#zerosTo === source.end) {
      need(source, source.end + 1);
      return true;
    }
    this.#nonZeroAt = this.#zerosTo;
    return false;
  }

  /** Whether what stands at `#rootStart` is no element of this data set but bytes after its end. */
  #isTrailing(): boolean {
    const { bytes, end } = this.#source;
    const at = this.#rootStart;
    if (at === this.#start && this.#pixelsEnd < 0) return false;
    const rest = end - at;
    if (this.#pixelsEnd < 0) return this.#isZero();
    if (rest < 4) return true;
    const root = this.#level;
    const tag = tagAt(bytes, at, root.littleEndian);
    // Pixel data must never be left behind in the identity half as a mere tail.
    if (isPixelTag(tag)) return false;
    // What looks like an element is one cut short, or a second patient that others would read; what does not is padding or
    // rubbish.
    // Behind a cut nobody knows which of the pixel data's tags came last: all of them count as passed, with it and without.
    const passed = tag <= Math.max(root.lastTag, tags.PixelData);
    if (!this.#explicit) return passed && lookupTag(tag) === undefined;
    return rest < 6 ? passed : vrForm(vrIndex(bytes[at + 4]!, bytes[at + 5]!)) === 'unknown';
  }

  /**
   * After a structural error: leaves unread what can be left without doubt about what follows, or throws.
   * Returns whether that ends the data set.
   */
  #recover(error: unknown): boolean {
    if (!(error instanceof DicomError) || !structural.has(error.code)) throw error;
    this.#walk = undefined;
    // The length of a UN value stands, whatever is in it: what looked like a sequence was none.
    while (
      this.#stack.length > 0 &&
      !(this.#level.items !== undefined && this.#level.vr === 'UN' && !this.#level.delimited)
    ) {
      if (this.#level.items !== undefined) this.#depth--;
      this.#level = this.#stack.pop()!;
    }
    if (this.#stack.length > 0) {
      // An error costs microseconds: a file that is nothing but such values is no file to be kind to.
      if (++this.#recoveries > maxRecoveries) throw error;
      const { tag, vr, start, valueStart, end } = this.#level;
      this.#warn('DICOM_SEQUENCE_UNREADABLE', start);
      this.#level = this.#stack.pop()!;
      this.#depth--;
      this.#pos = end;
      this.#put({ tag, vr, start, valueStart, valueEnd: end, end, items: undefined, fragments: undefined });
      return false;
    }
    if (this.#pixelsEnd < 0 || this.#rootStart < this.#pixelsEnd || !this.#isTrailing()) throw error;
    this.#warn('DICOM_TRAILING_BYTES', this.#rootStart);
    this.#pos = this.#rootStart;
    return true;
  }
}
