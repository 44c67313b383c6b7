import type { DataSet, Element } from '@symbolon/dicom';

/** PS3.5 Table 7.1-1. */
const longForm = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));
const shortForm = new Set('AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' '));
/** Bytes that change places where the byte order does; a tag is two words. */
const wordBytes: Readonly<Record<string, number>> = {
  ...{ AT: 2, US: 2, SS: 2, OW: 2 },
  ...{ UL: 4, SL: 4, FL: 4, OF: 4, OL: 4 },
  ...{ FD: 8, OD: 8, SV: 8, UV: 8, OV: 8 },
};
const undefinedLength = 0xffffffff;
const longestShort = 0xfffe;

type Level =
  | { readonly kind: 'elements'; readonly ds: DataSet; readonly elements: readonly Element[]; next: number }
  | { readonly kind: 'items'; readonly items: readonly DataSet[]; next: number };

/**
 * Writes the elements of a data set in explicit VR little endian, their values byte for byte where these are not numbers.
 *
 * Text is not decoded: what its character set cannot say, and many a file says all the same, stays what it is.
 * Left out: group lengths, which would be wrong. Sequences are delimited. A value too long for 16 bits has VR UN (PS3.5 §6.2.2).
 * Shape   out: what stands before an element `tag`, and what stands behind it.
 * Cost    O(elements), iterative.
 * Source  PS3.5 §7.1.2, §7.3, §7.5, §A.2.
 */
export function explicitElements(dataset: DataSet, tag: number): { before: Uint8Array[]; behind: Uint8Array[] } {
  const before: Uint8Array[] = [];
  const behind: Uint8Array[] = [];
  let parts = before;
  const stack: Level[] = [elementsOf(dataset)];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    if (level.kind === 'items') {
      const item = level.items[level.next++];
      if (item === undefined) {
        stack.pop();
        parts.push(bareHead(0xfffee0dd, 0));
      } else {
        parts.push(bareHead(0xfffee000, undefinedLength));
        stack.push(elementsOf(item));
      }
      continue;
    }
    const element = level.elements[level.next++];
    if (element === undefined) {
      stack.pop();
      if (stack.length > 0) parts.push(bareHead(0xfffee00d, 0));
      continue;
    }
    if (stack.length === 1 && element.tag > tag) parts = behind;
    if (element.items === undefined) parts.push(...leaf(level.ds, element));
    else {
      parts.push(head(element.tag, 'SQ', undefinedLength));
      stack.push({ kind: 'items', items: element.items, next: 0 });
    }
  }
  return { before, behind };
}

function elementsOf(ds: DataSet): Level {
  const elements = [...ds.elements.values()].filter(({ tag }) => (tag & 0xffff) !== 0).sort((a, b) => a.tag - b.tag);
  return { kind: 'elements', ds, elements, next: 0 };
}

function leaf(ds: DataSet, { tag, vr, valueStart, valueEnd, end, fragments }: Element): Uint8Array[] {
  // Of an icon: the items are little endian, and end with their delimiter.
  if (fragments !== undefined) return [head(tag, 'OB', undefinedLength), ds.bytes.subarray(valueStart, end)];
  const bytes = ds.bytes.subarray(valueStart, valueEnd);
  const size = ds.littleEndian || vr === 'UN' ? undefined : wordBytes[vr];
  const value = size === undefined || bytes.length % size !== 0 ? bytes : turned(bytes, size);
  const odd = value.length % 2;
  const known = longForm.has(vr) || (shortForm.has(vr) && value.length + odd <= longestShort);
  const parts = [head(tag, known ? vr : 'UN', value.length + odd), value];
  if (odd === 1) parts.push(Uint8Array.of(shortForm.has(vr) && vr !== 'UI' && !(vr in wordBytes) ? 0x20 : 0));
  return parts;
}

function turned(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += size)
    for (let byte = 0; byte < size; byte++) out[at + byte] = bytes[at + size - 1 - byte]!;
  return out;
}

/** The head of an element in explicit VR little endian. */
export function head(tag: number, vr: string, length: number): Uint8Array {
  const long = longForm.has(vr);
  const bytes = new Uint8Array(long ? 12 : 8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  bytes[4] = vr.charCodeAt(0);
  bytes[5] = vr.charCodeAt(1);
  if (long) view.setUint32(8, length, true);
  else view.setUint16(6, length, true);
  return bytes;
}

/** The head of an item or of a delimiter, which have no VR. */
export function bareHead(tag: number, length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  view.setUint32(4, length, true);
  return new Uint8Array(view.buffer);
}
