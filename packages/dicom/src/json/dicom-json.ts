import { isPixelTag, tagText } from '../dictionary/tags.ts';
import { binary, knownVrs, numberBytes } from '../dictionary/vr.ts';
import type { DataSet, Element } from '../element.ts';
import { personName } from '../text/person-name.ts';
import { effectiveVr, elementBigInts, elementNumbers, elementTexts } from '../value.ts';
import { toBase64 } from './base64.ts';

export type DicomJsonPersonName = { Alphabetic?: string; Ideographic?: string; Phonetic?: string };
export type DicomJsonValue = string | number | null | DicomJsonPersonName | DicomJson;
export type DicomJsonAttribute = { vr: string; Value?: DicomJsonValue[]; InlineBinary?: string; BulkDataURI?: string };
/** Without a prototype, so that no key means anything to JavaScript. */
export type DicomJson = Record<string, DicomJsonAttribute>;

export type DicomJsonOptions = {
  /**
   * Where a value may be fetched; `undefined` puts it inline (pixel data is then left without a value).
   * `path` alternates tags and item indices, 0-based: [0x00880200, 0, 0x7fe00010].
   */
  bulkDataUri?: (path: readonly number[], element: Element) => string | undefined;
  /** Values of binary VRs longer than this are offered to `bulkDataUri`. Default 1,024; pixel data is always offered. */
  inlineLimitBytes?: number;
  /** Elements to leave out, at every depth. */
  omit?: (tag: number) => boolean;
};

/**
 * One data set in the DICOM JSON Model.
 *
 * Left out: group 0002, group lengths, and whatever `omit` says.
 * UN      a value whose tag the dictionary knows is given with the dictionary's VR; one that it does not, as bytes.
 * Numbers IS, DS, SV and UV are numbers where a double holds them exactly, else strings; FL and FD beyond JSON are "NaN", "inf", "-inf".
 * Cost    O(values); iterative.
 * Source  PS3.18 §F.2.
 */
export function toDicomJson(ds: DataSet, options: DicomJsonOptions = {}): DicomJson {
  const root: DicomJson = Object.create(null);
  const work: { from: DataSet; to: DicomJson; path: readonly number[] }[] = [{ from: ds, to: root, path: [] }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { from, to, path } = next;
    // Ascending by tag, as §F.2.2 wants; files are nearly always in order already.
    for (const element of ascending(from)) {
      const { tag, items } = element;
      if (tag >>> 16 === 2 || (tag & 0xffff) === 0 || options.omit?.(tag)) continue;
      if (items === undefined) {
        to[tagText(tag)] = attribute(from, element, path, options);
        continue;
      }
      const values = items.map((item, index) => {
        const value: DicomJson = Object.create(null);
        work.push({ from: item, to: value, path: [...path, tag, index] });
        return value;
      });
      to[tagText(tag)] = values.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: values };
    }
  }
  return root;
}

function ascending(ds: DataSet): Iterable<Element> {
  let last = -1;
  for (const tag of ds.elements.keys()) {
    if (tag < last) return [...ds.elements.values()].sort((a, b) => a.tag - b.tag);
    last = tag;
  }
  return ds.elements.values();
}

function attribute(
  ds: DataSet,
  element: Element,
  path: readonly number[],
  options: DicomJsonOptions,
): DicomJsonAttribute {
  const effective = effectiveVr(ds, element);
  const vr = knownVrs.has(effective) ? effective : 'UN';
  const bytes = element.valueEnd - element.valueStart;
  if (bytes === 0) return { vr };
  if (binary.has(vr) || element.fragments !== undefined) {
    const pixels = isPixelTag(element.tag) || element.fragments !== undefined;
    if (pixels || bytes > (options.inlineLimitBytes ?? 1024)) {
      const uri = options.bulkDataUri?.([...path, element.tag], element);
      if (uri !== undefined) return { vr, BulkDataURI: uri };
      if (pixels) return { vr };
    }
    return { vr, InlineBinary: toBase64(littleEndianBytes(ds, element, vr)) };
  }
  const values = jsonValues(ds, element, vr);
  const nothing = values.length === 0 || (values.length === 1 && values[0] === null);
  return nothing ? { vr } : { vr, Value: values };
}

function jsonValues(ds: DataSet, element: Element, vr: string): DicomJsonValue[] {
  switch (vr) {
    case 'AT':
      return elementNumbers(ds, element).map(tagText);
    case 'FL':
    case 'FD':
      return elementNumbers(ds, element).map(jsonFloat);
    case 'SV':
    case 'UV':
      return elementBigInts(ds, element).map((value) => {
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : value.toString();
      });
    case 'IS':
    case 'DS':
      return elementTexts(ds, element).map(jsonNumber);
    case 'PN':
      return elementTexts(ds, element).map(jsonPersonName);
    default:
      if (Object.hasOwn(numberBytes, vr)) return elementNumbers(ds, element);
      return elementTexts(ds, element).map((value) => (value === '' ? null : value));
  }
}

function jsonFloat(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf';
}

/** A number where JSON loses no digit of it (PS3.18 table F.2.3-1 allows either). */
function jsonNumber(value: string): number | string | null {
  if (value === '') return null;
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value)) return value;
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  // 15 digits always survive a double; most values are shorter than that altogether.
  return value.length <= 15 || digits(value).length <= 15 || digits(value) === digits(String(number)) ? number : value;
}

/** The significant digits. */
function digits(value: string): string {
  const mantissa = value.split(/[eE]/)[0]!.replace(/[^\d]/g, '');
  let from = 0;
  let to = mantissa.length;
  while (from < to && mantissa[from] === '0') from++;
  while (to > from && mantissa[to - 1] === '0') to--;
  return mantissa.slice(from, to);
}

function jsonPersonName(value: string): DicomJsonPersonName | null {
  if (value === '') return null;
  const { alphabetic, ideographic, phonetic } = personName(value);
  return {
    ...(alphabetic === '' ? {} : { Alphabetic: alphabetic }),
    ...(ideographic === '' ? {} : { Ideographic: ideographic }),
    ...(phonetic === '' ? {} : { Phonetic: phonetic }),
  };
}

/** Bulk data is little endian whatever the file was (PS3.18 §F.2.7, PS3.5 §A.3). */
function littleEndianBytes(ds: DataSet, element: Element, vr: string): Uint8Array {
  const bytes = ds.bytes.subarray(element.valueStart, element.valueEnd);
  const size = numberBytes[vr];
  if (ds.littleEndian || size === undefined || bytes.length % size !== 0) return bytes;
  // Not slice(): on a Node Buffer that would share memory and turn the file's own bytes.
  const swapped = new Uint8Array(bytes);
  for (let at = 0; at < swapped.length; at += size) swapped.subarray(at, at + size).reverse();
  return swapped;
}
