import { ascending } from '../ascending.ts';
import { isPixelTag, tagText } from '../dictionary/tags.ts';
import { binary, knownVrs, numberBytes } from '../dictionary/vr.ts';
import type { DataSet, Element } from '../element.ts';
import { personName } from '../text/person-name.ts';
import { effectiveVr, elementBigInts, elementNumbers, elementTexts } from '../value.ts';
import { toBase64 } from './base64.ts';
import { littleEndianBytes } from './bulk-data.ts';
import { numberOfText } from './decimal-string.ts';

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
  /**
   * IS and DS. Default `number`: numbers where a double holds them exactly and the VR could, else strings. `string`: all
   * as they stand, which keeps `5.000000` and `+1` what they are on a road that leads back to bytes.
   */
  decimals?: 'number' | 'string';
  /** Elements to leave out, at every depth. */
  omit?: (tag: number) => boolean;
  /** The elements of the data set itself to give, whole; those of its items come with them. */
  pick?: (tag: number) => boolean;
};

/**
 * One data set in the DICOM JSON Model.
 *
 * Left out: group 0002, group lengths, and whatever `omit` and `pick` say.
 * Order   attributes are added ascending by tag, but JavaScript lists keys such as 30060020 first: `stringifyDicomJson`.
 * Charset (0008,0005) stands as it is in the file, though JSON is UTF-8: it tells what the bytes were (§F.2.2 note 3).
 * UN      a value whose tag the dictionary knows is given with the dictionary's VR; one that it does not, as bytes.
 * Numbers SV and UV are numbers where a double holds them exactly, else strings; IS and DS see `decimals`. FL and FD
 *         that JSON has no number for are "NaN", "inf", "-inf": bare, as some write them, they would be no JSON. -0 is a
 *         number, and -0.
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
      if (path.length === 0 && options.pick?.(tag) === false) continue;
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
  const values = jsonValues(ds, element, vr, options.decimals === 'string');
  const nothing = values.length === 0 || (values.length === 1 && values[0] === null);
  return nothing ? { vr } : { vr, Value: values };
}

function jsonValues(ds: DataSet, element: Element, vr: string, decimalStrings: boolean): DicomJsonValue[] {
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
      if (decimalStrings) break;
      return elementTexts(ds, element).map((value) => numberOfText(vr, value));
    case 'PN':
      return elementTexts(ds, element).map(jsonPersonName);
  }
  if (Object.hasOwn(numberBytes, vr)) return elementNumbers(ds, element);
  return elementTexts(ds, element).map((value) => (value === '' ? null : value));
}

function jsonFloat(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf';
}

function jsonPersonName(value: string): DicomJsonPersonName | null {
  if (value === '') return null;
  const { alphabetic, ideographic, phonetic } = personName(value);
  if (alphabetic === '' && ideographic === '' && phonetic === '') return null;
  return {
    ...(alphabetic === '' ? {} : { Alphabetic: alphabetic }),
    ...(ideographic === '' ? {} : { Ideographic: ideographic }),
    ...(phonetic === '' ? {} : { Phonetic: phonetic }),
  };
}
