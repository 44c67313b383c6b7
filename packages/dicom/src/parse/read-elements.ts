import { implicitVr } from '../dictionary/dictionary.ts';
import { isPixelTag, tags } from '../dictionary/tags.ts';
import { vrAt, vrForm, vrIndex } from '../dictionary/vr.ts';
import type { DataSet, Element, Fragment } from '../element.ts';
import { DicomError } from '../errors.ts';
import { type Budget, spend, warn } from './budget.ts';
import { type Encoding, encodingOf, guessForm } from './encoding.ts';
import type { Level } from './level.ts';

const undefinedLength = 0xffffffff;
const maxRecoveries = 100;

/**
 * Reads the elements of one data set, nested ones included, without touching native values.
 *
 * Shape   in: bytes, where the data set starts and must end. out: elements as offsets; nothing is copied or decoded.
 * Cost    O(elements) time and memory; one explicit stack, no recursion, depth and elements budgeted.
 * `group` reads that group alone and ends where another one begins (group 0002).
 * `cutAt` is where pixel data was cut out of an identity half: what follows is judged as what follows pixels.
 * Source  PS3.5 §7.1, §7.5, §A.4, §6.2.2 note (UN of undefined length is implicit VR little endian).
 *
 * @throws DicomError DICOM_TRUNCATED DICOM_LENGTH_PAST_END DICOM_LENGTH_UNDEFINED DICOM_ITEM_EXPECTED
 *                    DICOM_ODD_LENGTH DICOM_DUPLICATE_ELEMENT DICOM_TOO_DEEP DICOM_TOO_MANY_ELEMENTS
 */
export function readElements(
  bytes: Uint8Array,
  start: number,
  end: number,
  encoding: Encoding,
  budget: Budget,
  where: { readonly group?: number; readonly cutAt?: number } = {},
): { dataset: DataSet; end: number; pixelElements: Element[] } {
  const rootElements = new Map<number, Element>();
  const root: DataSet = { bytes, littleEndian: encoding.littleEndian, elements: rootElements, parent: undefined };
  let level: Level = {
    dataset: root,
    elements: rootElements,
    explicit: encoding.explicit,
    littleEndian: encoding.littleEndian,
    end,
    delimited: false,
    items: undefined,
    tag: 0,
    vr: '',
    start,
    valueStart: start,
    lastTag: -1,
    signed: false,
  };
  const stack: Level[] = [];
  let depth = 0;
  let pos = start;
  /** End of the last top-level pixel data element: what follows it and makes no sense is trailing bytes. */
  let pixelsEnd = -1;
  const pixelElements: Element[] = [];
  /** The top-level element being read. */
  let rootStart = start;

  const u16 = (at: number): number =>
    level.littleEndian ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!;
  const u32 = (at: number): number =>
    level.littleEndian
      ? (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
      : ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  const tagAt = (at: number): number => u16(at) * 0x10000 + u16(at + 2);
  const fail = (code: 'DICOM_TRUNCATED' | 'DICOM_ITEM_EXPECTED' | 'DICOM_LENGTH_UNDEFINED', at: number): DicomError =>
    new DicomError(code, messages[code], at);

  function checkEnd(valueStart: number, length: number, at: number): number {
    const valueEnd = valueStart + length;
    if (valueEnd > level.end) {
      throw new DicomError('DICOM_LENGTH_PAST_END', 'An element or item claims more bytes than remain around it', at);
    }
    return valueEnd;
  }

  function openSequence(tag: number, vr: string, at: number, valueStart: number, length: number): void {
    if (++depth > budget.maxDepth) throw new DicomError('DICOM_TOO_DEEP', 'Sequences nest deeper than allowed', at);
    const delimited = length === undefinedLength;
    const untyped = vr === 'UN' && level.explicit;
    const sequenceEnd = delimited ? level.end : checkEnd(valueStart, length, at);
    stack.push(level);
    level = {
      dataset: level.dataset,
      elements: level.elements,
      explicit: level.explicit && !untyped,
      littleEndian: level.littleEndian || untyped,
      end: sequenceEnd,
      delimited,
      items: [],
      tag,
      vr,
      start: at,
      valueStart,
      lastTag: -1,
      signed: level.signed,
    };
    pos = valueStart;
  }

  function closeSequence(valueEnd: number, sequenceEnd: number): void {
    const { tag, vr, start: at, valueStart, items } = level;
    level = stack.pop()!;
    depth--;
    put({ tag, vr, start: at, valueStart, valueEnd, end: sequenceEnd, items, fragments: undefined });
    pos = sequenceEnd;
  }

  function openItem(at: number, length: number): void {
    spend(budget, at);
    const delimited = length === undefinedLength;
    const itemEnd = delimited ? level.end : checkEnd(at + 8, length, at);
    const elements = new Map<number, Element>();
    const dataset: DataSet = { bytes, littleEndian: level.littleEndian, elements, parent: level.dataset };
    level.items!.push(dataset);
    const explicit =
      level.explicit || (level.vr === 'UN' && encodingOf(bytes, at + 8, level.littleEndian) === 'explicit');
    stack.push(level);
    level = {
      dataset,
      elements,
      explicit,
      littleEndian: level.littleEndian,
      end: itemEnd,
      delimited,
      items: undefined,
      tag: 0,
      vr: '',
      start: at,
      valueStart: at + 8,
      lastTag: -1,
      signed: level.signed,
    };
    pos = at + 8;
  }

  function put(element: Element): void {
    const { tag } = element;
    if (tag > level.lastTag) {
      level.lastTag = tag;
      level.elements.set(tag, element);
    } else {
      // Below the highest tag seen so far: either a second one, or out of order.
      if (!level.elements.has(tag)) level.elements.set(tag, element);
      else if (!mayRepeat(level.elements.get(tag)!, element)) {
        throw new DicomError('DICOM_DUPLICATE_ELEMENT', 'The same element stands twice in one data set', element.start);
      } else {
        warn(budget, 'DICOM_DUPLICATE_ELEMENT', element.start);
      }
      warn(budget, 'DICOM_OUT_OF_ORDER', element.start);
    }
    if (stack.length === 0 && isPixelTag(tag)) {
      pixelElements.push(element);
      pixelsEnd = element.end;
    }
  }

  function mayRepeat(first: Element, second: Element): boolean {
    if (budget.duplicates !== 'identical') return budget.duplicates === 'accept';
    const size = first.end - first.start;
    // Only what is cheap to compare, and never pixel data: two of those leave it open which one is the image.
    if (isPixelTag(first.tag) || size !== second.end - second.start || size > 4096) return false;
    for (let at = 0; at < size; at++) if (bytes[first.start + at] !== bytes[second.start + at]) return false;
    return true;
  }

  function readFragments(tag: number, vr: string, at: number, valueStart: number): void {
    const fragments: Fragment[] = [];
    let cursor = valueStart;
    for (;;) {
      if (cursor + 8 > level.end) throw fail('DICOM_TRUNCATED', cursor);
      const itemTag = tagAt(cursor);
      const length = u32(cursor + 4);
      if (itemTag === tags.SequenceDelimitationItem) {
        if (length !== 0) warn(budget, 'DICOM_DELIMITER_LENGTH', cursor);
        break;
      }
      if (itemTag !== tags.Item) throw fail('DICOM_ITEM_EXPECTED', cursor);
      if (length === undefinedLength) throw fail('DICOM_LENGTH_UNDEFINED', cursor);
      spend(budget, cursor);
      if ((length & 1) === 1) odd(cursor);
      const valueEnd = checkEnd(cursor + 8, length, cursor);
      fragments.push({ start: cursor, valueStart: cursor + 8, valueEnd });
      cursor = valueEnd;
    }
    pos = cursor + 8;
    put({ tag, vr, start: at, valueStart, valueEnd: cursor, end: pos, items: undefined, fragments });
  }

  function odd(at: number): void {
    if (budget.oddLength === 'refuse') throw new DicomError('DICOM_ODD_LENGTH', 'An odd value length', at);
    warn(budget, 'DICOM_ODD_LENGTH', at);
  }

  /** One step inside an open sequence: an item, its delimiter, or its end. */
  function stepSequence(): void {
    if (pos === level.end) {
      if (!level.delimited) {
        closeSequence(pos, pos);
        return;
      }
      if (level.end === end) throw fail('DICOM_TRUNCATED', pos);
      warn(budget, 'DICOM_DELIMITER_MISSING', pos);
      closeSequence(pos, pos);
      return;
    }
    if (pos + 8 > level.end) throw fail('DICOM_TRUNCATED', pos);
    const tag = tagAt(pos);
    const length = u32(pos + 4);
    if (tag === tags.Item) {
      openItem(pos, length);
      return;
    }
    if (tag !== tags.SequenceDelimitationItem) throw fail('DICOM_ITEM_EXPECTED', pos);
    if (length !== 0) warn(budget, 'DICOM_DELIMITER_LENGTH', pos);
    if (level.delimited) {
      closeSequence(pos, pos + 8);
      return;
    }
    warn(budget, 'DICOM_DELIMITER_STRAY', pos);
    pos += 8;
  }

  /** The end of an item's data set, by length or by delimiter. */
  function closeItem(next: number): void {
    level = stack.pop()!;
    pos = next;
  }

  /** Delimiters among elements: the item's own, or one that broken writers leave out or add. */
  function stepDelimiter(tag: number): void {
    if (u32(pos + 4) !== 0) warn(budget, 'DICOM_DELIMITER_LENGTH', pos);
    if (tag === tags.ItemDelimitationItem && level.delimited) {
      closeItem(pos + 8);
      return;
    }
    if (tag === tags.SequenceDelimitationItem && level.delimited) {
      warn(budget, 'DICOM_DELIMITER_MISSING', pos);
      closeItem(pos);
      return;
    }
    if (tag === tags.Item) throw new DicomError('DICOM_ITEM_EXPECTED', 'An item outside a sequence', pos);
    warn(budget, 'DICOM_DELIMITER_STRAY', pos);
    pos += 8;
  }

  function stepElement(tag: number): void {
    const at = pos;
    spend(budget, at);
    let vr: string;
    let valueStart = at + 8;
    let length: number;
    if (!level.explicit) {
      vr = implicitVr(tag, level.signed);
      length = u32(at + 4);
    } else {
      const index = vrIndex(bytes[at + 4]!, bytes[at + 5]!);
      const form = vrForm(index);
      vr = index < 0 ? 'UN' : vrAt(index);
      if (form === 'short') length = u16(at + 6);
      else if (form === 'long') {
        valueStart = at + 12;
        if (valueStart > level.end) throw fail('DICOM_TRUNCATED', at);
        length = u32(at + 8);
      } else {
        warn(budget, 'DICOM_VR_UNKNOWN', at);
        const guess = guessForm(bytes, at, level.end, level.littleEndian);
        valueStart = guess.valueStart;
        length = guess.length;
        if (guess.implicit) vr = implicitVr(tag, level.signed);
      }
    }

    if (length === undefinedLength) {
      const isPixels = tag === tags.PixelData || (vr[0] === 'O' && vr.length === 2);
      if (isPixels) {
        readFragments(tag, vr, at, valueStart);
        return;
      }
      if (vr === 'SQ' || vr === 'UN' || startsItem(valueStart)) {
        openSequence(tag, vr, at, valueStart, length);
        return;
      }
      throw fail('DICOM_LENGTH_UNDEFINED', at);
    }
    if ((length & 1) === 1) odd(at);
    // A sequence that some sender did not know: its items are implicit VR (PS3.5 §6.2.2 note 2), if it is one.
    const hidden =
      vr === 'UN' && level.explicit && length > 0 && implicitVr(tag, false) === 'SQ' && startsItem(valueStart, true);
    if (vr === 'SQ' || hidden) {
      openSequence(tag, vr, at, valueStart, length);
      return;
    }
    const valueEnd = checkEnd(valueStart, length, at);
    if (tag === tags.PixelRepresentation && length === 2) level.signed = u16(valueStart) === 1;
    pos = valueEnd;
    put({ tag, vr, start: at, valueStart, valueEnd, end: valueEnd, items: undefined, fragments: undefined });
  }

  function startsItem(at: number, untyped = false): boolean {
    if (at + 8 > level.end) return false;
    const tag = untyped
      ? (bytes[at]! | (bytes[at + 1]! << 8)) * 0x10000 + (bytes[at + 2]! | (bytes[at + 3]! << 8))
      : tagAt(at);
    return tag === tags.Item || tag === tags.SequenceDelimitationItem;
  }

  /** Whether nothing but zeros is left. What was found other than zero is remembered: zeros are looked at once. */
  function isZero(): boolean {
    if (rootStart === start && pixelsEnd < 0) return false;
    if (nonZeroAt >= rootStart) return false;
    nonZeroAt = rootStart;
    while (nonZeroAt < end && bytes[nonZeroAt] === 0) nonZeroAt++;
    return nonZeroAt === end;
  }

  /** Whether what stands at `rootStart` is no element of this data set but bytes after its end. */
  function isTrailing(): boolean {
    if (rootStart === start && pixelsEnd < 0) return false;
    const rest = end - rootStart;
    if (pixelsEnd < 0) return isZero();
    if (rest < 4) return true;
    const tag = tagAt(rootStart);
    // Pixel data must never be left behind in the identity half as a mere tail.
    if (isPixelTag(tag)) return false;
    // A later element cut short is a truncated file; anything else behind the pixels is padding or rubbish.
    if (tag <= level.lastTag) return true;
    return (
      rest >= 6 && encoding.explicit && vrForm(vrIndex(bytes[rootStart + 4]!, bytes[rootStart + 5]!)) === 'unknown'
    );
  }

  /** Reads on until the root ends. */
  function run(): void {
    for (;;) {
      if (level.items !== undefined) {
        stepSequence();
        continue;
      }
      if (stack.length === 0) {
        rootStart = pos;
        if (pos === where.cutAt) {
          pixelsEnd = pos;
          level.lastTag = Math.max(level.lastTag, tags.PixelData);
        }
        if (pos === end) break;
        if (where.group !== undefined && (pos + 2 > end || u16(pos) !== where.group)) break;
        const short = pos + 8 > end;
        if (short || (bytes[pos] === 0 && bytes[pos + 1] === 0)) {
          if (isZero() || (short && isTrailing())) {
            warn(budget, 'DICOM_TRAILING_BYTES', pos);
            break;
          }
          if (short) throw fail('DICOM_TRUNCATED', pos);
        }
      } else if (pos === level.end) {
        if (level.delimited) {
          if (level.end === end) throw fail('DICOM_TRUNCATED', pos);
          warn(budget, 'DICOM_DELIMITER_MISSING', pos);
        }
        closeItem(pos);
        continue;
      } else if (pos + 8 > level.end) throw fail('DICOM_TRUNCATED', pos);
      const tag = tagAt(pos);
      if (tag >= tags.Item && tag <= tags.SequenceDelimitationItem) stepDelimiter(tag);
      else stepElement(tag);
    }
  }

  /** After a structural error: what can be left unread without doubt about what follows. Otherwise it throws. */
  function recover(error: unknown): void {
    if (!(error instanceof DicomError) || !structural.has(error.code)) throw error;
    // The length of a UN value stands, whatever is in it: what looked like a sequence was none.
    while (stack.length > 0 && !(level.items !== undefined && level.vr === 'UN' && !level.delimited)) {
      if (level.items !== undefined) depth--;
      level = stack.pop()!;
    }
    if (stack.length > 0) {
      // An error costs microseconds: a file that is nothing but such values is no file to be kind to.
      if (++recoveries > maxRecoveries) throw error;
      const { tag, vr, start: at, valueStart, end: valueEnd } = level;
      warn(budget, 'DICOM_SEQUENCE_UNREADABLE', at);
      level = stack.pop()!;
      depth--;
      pos = valueEnd;
      put({ tag, vr, start: at, valueStart, valueEnd, end: valueEnd, items: undefined, fragments: undefined });
      return;
    }
    if (pixelsEnd < 0 || rootStart < pixelsEnd || !isTrailing()) throw error;
    warn(budget, 'DICOM_TRAILING_BYTES', rootStart);
    pos = rootStart;
    finished = true;
  }

  let nonZeroAt = -1;
  let recoveries = 0;
  let finished = false;
  while (!finished) {
    try {
      run();
      finished = true;
    } catch (error) {
      recover(error);
    }
  }
  return { dataset: root, end: pos, pixelElements };
}

const structural = new Set([
  'DICOM_TRUNCATED',
  'DICOM_LENGTH_PAST_END',
  'DICOM_LENGTH_UNDEFINED',
  'DICOM_ITEM_EXPECTED',
]);

const messages = {
  DICOM_TRUNCATED: 'The bytes end inside an element, an item or a sequence',
  DICOM_ITEM_EXPECTED: 'Neither an item nor a delimiter where a sequence needs one',
  DICOM_LENGTH_UNDEFINED: 'An undefined length where none is allowed',
} as const;
