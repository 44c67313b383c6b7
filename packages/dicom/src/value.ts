import { implicitVr } from './dictionary/dictionary.ts';
import { tags } from './dictionary/tags.ts';
import { binary, charsetGoverned, leadingSpaceInsignificant, numberBytes, singleValued } from './dictionary/vr.ts';
import type { DataSet, Element } from './element.ts';
import { DicomError } from './errors.ts';
import { type Charset, charsetOf, decodeValues, defaultCharset } from './text/charset.ts';

const charsets = new WeakMap<DataSet, Charset>();

/** The character set of a data set: its own (0008,0005), or its parents' (PS3.3 §C.12.1.1.2). */
function charsetFor(ds: DataSet): Charset {
  const known = charsets.get(ds);
  if (known !== undefined) return known;
  let from: DataSet | undefined = ds;
  while (from !== undefined && !from.elements.has(tags.SpecificCharacterSet)) from = from.parent;
  const element = from?.elements.get(tags.SpecificCharacterSet);
  const charset =
    from === undefined || element === undefined
      ? defaultCharset
      : charsetOf(decodeElement(from, element, 'CS', defaultCharset));
  charsets.set(ds, charset);
  return charset;
}

/** The VR to read an element by: what the file says, or for UN what the dictionary knows (PS3.5 §6.2.2). */
export function effectiveVr(ds: DataSet, element: Element): string {
  if (element.vr !== 'UN' || element.items !== undefined) return element.vr;
  const vr = implicitVr(element.tag, isSigned(ds));
  // An unread sequence stays opaque; pixel data with VR UN is bytes all the same.
  return vr === 'SQ' ? 'UN' : vr;
}

/** Pixel Representation decides between US and SS, here or where it is inherited from. */
function isSigned(ds: DataSet): boolean {
  for (let from: DataSet | undefined = ds; from !== undefined; from = from.parent) {
    const element = from.elements.get(tags.PixelRepresentation);
    if (element !== undefined) return from.bytes[from.littleEndian ? element.valueStart : element.valueStart + 1] === 1;
  }
  return false;
}

/** No attribute has a million values; what has more was made to fill memory, which JavaScript gives up on for good. */
const maxValues = 1024 * 1024;
/** Lookup tables and spectra have many. */
const maxNumbers = 16 * 1024 * 1024;
const backslash = 0x5c;

function tooMany(at: number): DicomError {
  return new DicomError('DICOM_TOO_MANY_VALUES', 'An element has more values than can be read', at);
}

/** @throws DicomError DICOM_TOO_MANY_VALUES */
function countValues({ bytes }: DataSet, { start, valueStart, valueEnd }: Element): void {
  if (valueEnd - valueStart < maxValues) return;
  let values = 1;
  for (let at = valueStart; at < valueEnd; at++)
    if (bytes[at] === backslash && ++values > maxValues) throw tooMany(start);
}

function decodeElement(ds: DataSet, element: Element, vr: string, charset: Charset): string[] {
  if (!singleValued.has(vr)) countValues(ds, element);
  const raw = decodeValues(ds.bytes, element.valueStart, element.valueEnd, charset, !singleValued.has(vr), vr === 'PN');
  return raw.map((value) => trim(value, leadingSpaceInsignificant.has(vr)));
}

/** Without padding: trailing spaces and NULs, and leading spaces where they mean nothing. */
function trim(value: string, leading: boolean): string {
  let end = value.length;
  while (end > 0 && (value.charCodeAt(end - 1) === 0x20 || value.charCodeAt(end - 1) === 0)) end--;
  let start = 0;
  if (leading) while (start < end && value.charCodeAt(start) === 0x20) start++;
  return start === 0 && end === value.length ? value : value.slice(start, end);
}

/**
 * Every value of a textual element, decoded and without padding. Empty when the element is absent or empty.
 *
 * @throws DicomError DICOM_TOO_MANY_VALUES  above a million, as `text`, `numbers` and what is built on them do
 */
export function texts(ds: DataSet, tag: number): string[] {
  const element = ds.elements.get(tag);
  return element === undefined ? [] : elementTexts(ds, element);
}

export function elementTexts(ds: DataSet, element: Element): string[] {
  if (element.valueEnd === element.valueStart || element.items !== undefined || element.fragments !== undefined)
    return [];
  const vr = effectiveVr(ds, element);
  if (binary.has(vr) && vr !== 'UN') return [];
  if (Object.hasOwn(numberBytes, vr)) return elementNumbers(ds, element).map(String);
  const charset = charsetGoverned.has(vr) || vr === 'UN' ? charsetFor(ds) : defaultCharset;
  const values = decodeElement(ds, element, vr, charset);
  return values.length === 1 && values[0] === '' ? [] : values;
}

/** The first value, decoded; `undefined` when the element is absent, empty, or its first value is. */
export function text(ds: DataSet, tag: number): string | undefined {
  return texts(ds, tag)[0] || undefined;
}

/** Every value as a number; what is no number is NaN. 64-bit integers beyond 2^53 lose digits: see `elementBigInts`. */
export function numbers(ds: DataSet, tag: number): number[] {
  const element = ds.elements.get(tag);
  return element === undefined ? [] : elementNumbers(ds, element);
}

/** The first value as a number; `undefined` when there is none or it is not a number. */
export function number(ds: DataSet, tag: number): number | undefined {
  const element = ds.elements.get(tag);
  if (element === undefined) return undefined;
  const size = numberBytes[effectiveVr(ds, element)];
  // The first of a lookup table's thousands is read without the others.
  const valueEnd = size === undefined ? element.valueEnd : Math.min(element.valueEnd, element.valueStart + size);
  const first = elementNumbers(ds, { ...element, valueEnd })[0];
  return first === undefined || Number.isNaN(first) ? undefined : first;
}

export function elementNumbers(ds: DataSet, element: Element): number[] {
  if (element.items !== undefined || element.fragments !== undefined) return [];
  const vr = effectiveVr(ds, element);
  const size = numberBytes[vr];
  if (size === undefined)
    return elementTexts(ds, element).map((value) => (/^[-+.\dEe]+$/.test(value) ? Number(value) : Number.NaN));
  return readNumbers(ds, element, size, (view, at, le) => {
    switch (vr) {
      case 'US':
      case 'OW':
        return view.getUint16(at, le);
      case 'SS':
        return view.getInt16(at, le);
      case 'UL':
      case 'OL':
        return view.getUint32(at, le);
      case 'SL':
        return view.getInt32(at, le);
      case 'FL':
      case 'OF':
        return view.getFloat32(at, le);
      case 'FD':
      case 'OD':
        return view.getFloat64(at, le);
      case 'SV':
        return Number(view.getBigInt64(at, le));
      case 'UV':
      case 'OV':
        return Number(view.getBigUint64(at, le));
      default:
        return view.getUint16(at, le) * 0x10000 + view.getUint16(at + 2, le);
    }
  });
}

/** SV, UV and OV exactly. */
export function elementBigInts(ds: DataSet, element: Element): bigint[] {
  const signed = effectiveVr(ds, element) === 'SV';
  return readNumbers(ds, element, 8, (view, at, le) => (signed ? view.getBigInt64(at, le) : view.getBigUint64(at, le)));
}

let lastBytes: Uint8Array | undefined;
let lastView: DataView | undefined;

/** Values are read from one file after another: one view a file, not one a value. */
function viewOf(bytes: Uint8Array): DataView {
  if (lastBytes !== bytes || lastView === undefined) {
    lastView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    lastBytes = bytes;
  }
  return lastView;
}

function readNumbers<T>(
  ds: DataSet,
  element: Element,
  size: number,
  read: (view: DataView, at: number, littleEndian: boolean) => T,
): T[] {
  const { valueStart, valueEnd } = element;
  const view = viewOf(ds.bytes);
  // UN is implicit VR little endian whatever surrounds it; a rest shorter than one number is padding.
  const littleEndian = ds.littleEndian || element.vr === 'UN';
  if ((valueEnd - valueStart) / size > maxNumbers) throw tooMany(element.start);
  const values: T[] = [];
  for (let at = valueStart; at + size <= valueEnd; at += size) values.push(read(view, at, littleEndian));
  return values;
}
