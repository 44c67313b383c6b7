import { ascending } from '../ascending.ts';
import { lookupTag } from '../dictionary/dictionary.ts';
import { isPixelTag, tagText } from '../dictionary/tags.ts';
import { binary, knownVrs, numberBytes } from '../dictionary/vr.ts';
import type { DataSet, Element } from '../element.ts';
import { toBase64 } from '../json/base64.ts';
import { littleEndianBytes } from '../json/bulk-data.ts';
import type { DicomJsonOptions } from '../json/dicom-json.ts';
import { personName } from '../text/person-name.ts';
import { effectiveVr, elementBigInts, elementNumbers, elementTexts } from '../value.ts';
import { xmlQuoted, xmlText } from './escape.ts';
import { privateCreator } from './private-blocks.ts';

export const nativeXmlNamespace = 'http://dicom.nema.org/PS3.19/models/NativeDICOM';

/** PS3.19 table 10.2-1, in the order of PS3.5 §6.2.1. */
export const componentNames = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const;

/** Bytes of one piece of base64; a multiple of 3, so that pieces join. */
const pieceBytes = 49_152;
const pieceChars = 65_536;

/** A data set being written; `items` while one of its sequences is. */
type Level = {
  readonly ds: DataSet;
  readonly elements: Iterator<Element>;
  readonly path: readonly number[];
  readonly creators: Map<number, string>;
  sequence?: { readonly tag: number; readonly items: readonly DataSet[]; next: number } | undefined;
};

/** `nativeXml`, joined. */
export function toNativeXml(ds: DataSet, options: DicomJsonOptions = {}): string {
  return [...nativeXml(ds, options)].join('');
}

/**
 * One data set in the Native DICOM Model, piece by piece: an XML 1.0 document, to be encoded as UTF-8.
 *
 * Left out: group 0002, group lengths, and whatever `omit` and `pick` say; elements ascend by tag.
 * Values  text decoded and without padding; IS and DS as they are written in the file; FL and FD as the shortest decimal
 *         that reads back to the same bits, `-0`, `NaN`, `INF`, `-INF` (XML Schema's words; PS3.19 has none).
 * UN      as in `toDicomJson`; encapsulated and other pixel data is a reference or nothing, never inline.
 * Private elements carry their creator, and 00 for its block. The creators' own elements are written too, as DCMTK
 *         does, so that a reader finds the same blocks; to leave them out is up to `omit`. An element whose block
 *         nobody reserved keeps its whole tag.
 * (0008,0005) stays as it is: it governs textual bulk data and nothing else here (table A.1.5-2).
 * Names   components beyond the fifth stay in NameSuffix, carets included; a trailing empty one is written as such.
 * Law     every document is well-formed; what XML 1.0 cannot carry reads U+FFFD.
 * Cost    O(values); iterative; a piece is some 64 KiB, or one value where that is longer. Numbers are read as they are written.
 * Source  PS3.19 §A.1.
 */
export function* nativeXml(ds: DataSet, options: DicomJsonOptions = {}): Generator<string, void, undefined> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xmlns="${nativeXmlNamespace}" xml:space="preserve">`;
  const open = [levelOf(ds, [])];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { sequence } = top;
    if (sequence !== undefined) {
      const item = sequence.items[sequence.next];
      if (item === undefined) {
        top.sequence = undefined;
        yield '</DicomAttribute>';
      } else {
        open.push(levelOf(item, [...top.path, sequence.tag, sequence.next++]));
        yield `<Item number="${sequence.next}">`;
      }
      continue;
    }
    const next = top.elements.next();
    if (next.done === true) {
      open.pop();
      yield open.length === 0 ? '</NativeDicomModel>' : '</Item>';
      continue;
    }
    const element = next.value;
    const { tag, items } = element;
    if (tag >>> 16 === 2 || (tag & 0xffff) === 0 || options.omit?.(tag)) continue;
    if (open.length === 1 && options.pick?.(tag) === false) continue;
    if (items === undefined) yield* attribute(top, element, options);
    else {
      yield startTag(top, tag, 'SQ');
      top.sequence = { tag, items, next: 0 };
    }
  }
}

function levelOf(ds: DataSet, path: readonly number[]): Level {
  return { ds, elements: ascending(ds)[Symbol.iterator](), path, creators: new Map() };
}

function startTag({ ds, creators }: Level, tag: number, vr: string): string {
  const creator = privateCreator(ds, tag, creators);
  const keyword = lookupTag(tag)?.keyword;
  const written = creator === '' ? tagText(tag) : tagText((tag & 0xffff00ff) >>> 0);
  return `<DicomAttribute tag="${written}" vr="${vr}"${keyword ? ` keyword="${keyword}"` : ''}${
    creator === '' ? '' : ` privateCreator=${xmlQuoted(creator)}`
  }>`;
}

function* attribute(level: Level, element: Element, options: DicomJsonOptions): Generator<string, void, undefined> {
  const { ds, path } = level;
  const effective = effectiveVr(ds, element);
  const vr = knownVrs.has(effective) ? effective : 'UN';
  const bytes = element.valueEnd - element.valueStart;
  let piece = startTag(level, element.tag, vr);
  if (bytes > 0 && (binary.has(vr) || element.fragments !== undefined)) {
    const pixels = isPixelTag(element.tag) || element.fragments !== undefined;
    const offered = pixels || bytes > (options.inlineLimitBytes ?? 1024);
    const uri = offered ? options.bulkDataUri?.([...path, element.tag], element) : undefined;
    if (uri !== undefined) piece += bulkData(uri);
    else if (!pixels) {
      yield `${piece}<InlineBinary>`;
      const value = littleEndianBytes(ds, element, vr);
      for (let at = 0; at < value.length; at += pieceBytes) yield toBase64(value.subarray(at, at + pieceBytes));
      piece = '</InlineBinary>';
    }
  } else if (bytes > 0) {
    let number = 0;
    for (const part of together(element, vr)) {
      const values = valuesOf(ds, part, vr);
      // A sole empty value is no value: PS3.19 writes none where the value field is empty.
      if (values.length === 1 && values[0] === '') continue;
      for (const value of values) {
        const name = vr === 'PN' ? 'PersonName' : 'Value';
        number += 1;
        piece += `<${name} number="${number}">${value}</${name}>`;
        if (piece.length < pieceChars) continue;
        yield piece;
        piece = '';
      }
    }
  }
  yield `${piece}</DicomAttribute>`;
}

/** So many numbers are read and written before a piece is given out: contours have millions, and each takes a microsecond. */
const numbersTogether = 1024;

/** An element of numbers in parts of some; any other as it is. */
function* together(element: Element, vr: string): Generator<Element, void, undefined> {
  const size = numberBytes[vr];
  if (size === undefined) return yield element;
  const { valueStart, valueEnd } = element;
  for (let at = valueStart; at < valueEnd; at += numbersTogether * size)
    yield { ...element, valueStart: at, valueEnd: Math.min(at + numbersTogether * size, valueEnd) };
}

/** Each value as it stands between its tags. */
function valuesOf(ds: DataSet, element: Element, vr: string): string[] {
  switch (vr) {
    case 'AT':
      return elementNumbers(ds, element).map(tagText);
    case 'FL':
      return elementNumbers(ds, element).map(singleText);
    case 'FD':
      return elementNumbers(ds, element).map(doubleText);
    case 'SV':
    case 'UV':
      return elementBigInts(ds, element).map(String);
    case 'PN':
      return elementTexts(ds, element).map(nameXml);
    default:
      if (Object.hasOwn(numberBytes, vr)) return elementNumbers(ds, element).map(String);
      return elementTexts(ds, element).map(xmlText);
  }
}

/** XML Schema part 2 §3.2.5.1 writes the values that have no digits so; DCMTK writes `nan` and `inf`. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF';
  return Object.is(value, -0) ? '-0' : String(value);
}

const smallestNormal = 2 ** -126;

/** A double that came from 32 bits needs 6 to 9 digits (IEEE 754 §5.12.2), fewer where it is subnormal. */
function singleText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return doubleText(value);
  for (let digits = Math.abs(value) < smallestNormal ? 1 : 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function nameXml(value: string): string {
  const { alphabetic, ideographic, phonetic } = personName(value);
  return groupXml('Alphabetic', alphabetic) + groupXml('Ideographic', ideographic) + groupXml('Phonetic', phonetic);
}

function groupXml(name: string, group: string): string {
  if (group === '') return '';
  const components = group.split('^');
  const last = Math.min(components.length, componentNames.length) - 1;
  components[last] = components.slice(last).join('^');
  let xml = '';
  for (let index = 0; index <= last; index++) {
    const component = components[index]!;
    // The last one even when empty: it says how many carets there are.
    if (component === '' && index < last) continue;
    xml += `<${componentNames[index]}>${xmlText(component)}</${componentNames[index]}>`;
  }
  return `<${name}>${xml}</${name}>`;
}

/** A UUID has its own attribute, a URI its own; DICOM JSON knows URIs only, so that a UUID is a URN there (RFC 9562 §4). */
function bulkData(uri: string): string {
  return uri.startsWith('urn:uuid:')
    ? `<BulkData uuid=${xmlQuoted(uri.slice(9))}></BulkData>`
    : `<BulkData uri=${xmlQuoted(uri)}></BulkData>`;
}
