import * as whole from '@symbolon/dicom';
import { type DataSet, type Element, tags } from '@symbolon/dicom';

/** No value that a picture is made by is longer, tables aside; of a longer one this much is read. Bytes. */
const valueBytes = 4_096;
/** What decides how a value is read, and may stand in a data set around it. */
const inherited = [tags.SpecificCharacterSet, tags.PixelRepresentation];

/*
 * The readers of `@symbolon/dicom`, for values of a bounded length: thousands of frames may each say something, and one of
 * them 64 MiB.
 */

export const number = (ds: DataSet, tag: number): number | undefined => whole.number(short(ds, tag), tag);
export const text = (ds: DataSet, tag: number): string | undefined => whole.text(short(ds, tag), tag);
export const texts = (ds: DataSet, tag: number): string[] => whole.texts(short(ds, tag), tag);
export const numbers = (ds: DataSet, tag: number, maxBytes = valueBytes): number[] =>
  whole.numbers(short(ds, tag, maxBytes), tag);

/** The beginning of a text, as a string of its own: a slice would keep all of the text it was cut from in memory. */
export function beginning(value: string, characters: number): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(value.slice(0, characters)));
}

const nothing: ReadonlyMap<number, Element> = new Map();

function short(ds: DataSet, tag: number, maxBytes = valueBytes): DataSet {
  const { bytes, littleEndian, explicit } = ds;
  const element = ds.elements.get(tag);
  if (element === undefined) return { bytes, littleEndian, explicit, elements: nothing };
  let parent: DataSet | undefined;
  for (const name of inherited) parent = around(ds, name, parent) ?? parent;
  return { bytes, littleEndian, explicit, elements: new Map([[tag, cut(element, maxBytes)]]), parent };
}

/** A data set that holds nothing but what this one says of that, or inherits. */
function around(ds: DataSet, tag: number, parent: DataSet | undefined): DataSet | undefined {
  for (let from: DataSet | undefined = ds; from !== undefined; from = from.parent) {
    const { bytes, littleEndian, explicit } = from;
    const found = from.elements.get(tag);
    if (found) return { bytes, littleEndian, explicit, elements: new Map([[tag, cut(found, valueBytes)]]), parent };
  }
  return undefined;
}

function cut(element: Element, maxBytes: number): Element {
  const valueEnd = Math.min(element.valueEnd, element.valueStart + maxBytes);
  return valueEnd === element.valueEnd ? element : { ...element, valueEnd };
}

/**
 * The bytes of a value of 16-bit words or of bytes, in the order in which a little endian file has them; a view where that is
 * what stands there. Undefined where there are none.
 */
export function wordBytes(ds: DataSet, tag: number, maxBytes: number): Uint8Array | undefined {
  const element = ds.elements.get(tag);
  if (element === undefined || element.items !== undefined || element.valueEnd === element.valueStart) return undefined;
  // Whole words: of a word cut in two it could not be told which byte comes first.
  const most = 2 * Math.ceil(maxBytes / 2);
  const bytes = ds.bytes.subarray(element.valueStart, Math.min(element.valueEnd, element.valueStart + most));
  if (ds.littleEndian || element.vr === 'OB' || element.vr === 'UN') return bytes;
  const swapped = bytes.slice();
  for (let at = 0; at + 1 < swapped.length; at += 2) {
    swapped[at] = bytes[at + 1]!;
    swapped[at + 1] = bytes[at]!;
  }
  return swapped;
}
