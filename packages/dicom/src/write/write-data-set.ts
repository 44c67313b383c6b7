import { implicitVr } from '../dictionary/dictionary.ts';
import { tags, tagText } from '../dictionary/tags.ts';
import { explicitBigEndian, implicitLittleEndian, isEncapsulated } from '../dictionary/transfer-syntax.ts';
import { vrForm, vrIndex } from '../dictionary/vr.ts';
import { DicomError } from '../errors.ts';
import type { DicomJson, DicomJsonAttribute } from '../json/dicom-json.ts';
import { fromDicomJson } from '../json/from-dicom-json.ts';
import { undefinedLength } from '../parse/numbers.ts';
import { ByteSink } from './byte-sink.ts';
import { encodeValue, padding } from './encode-value.ts';

/** The bytes behind a BulkDataURI: one value, or fragments of encapsulated pixel data, the first the basic offset table. */
export type BulkData = (uri: string, path: readonly number[]) => Uint8Array | readonly Uint8Array[] | undefined;

export type WriteElementOptions = {
  /** Sequences and items. Default 'explicit'. */
  lengths?: 'explicit' | 'undefined';
  /**
   * Bytes are little endian as in DICOM JSON, text is UTF-8. `path` alternates tags and item indices, 0-based, as in
   * `toDicomJson`. Without it, or where it returns undefined, a BulkDataURI is DICOM_BULK_DATA_MISSING.
   */
  bulkData?: BulkData;
  /** As in `fromDicomJson`. */
  maxDepth?: number;
  maxElements?: number;
};

export type WriteOptions = WriteElementOptions & {
  /** Implicit little endian, explicit little endian (default), explicit big endian; all others are explicit little endian. */
  transferSyntax?: string;
  /**
   * What happens to text that the declared Specific Character Set cannot hold. `utf-8-if-needed`: the whole data set
   * is written in, and declares, ISO_IR 192; the default where it declares nothing or ISO_IR 192. `as-declared`:
   * DICOM_TEXT_NOT_ENCODABLE; the default elsewhere. Values of VR UN keep their bytes either way.
   */
  charset?: 'as-declared' | 'utf-8-if-needed';
};

type Encoding = { readonly explicit: boolean; readonly littleEndian: boolean };
type Context = Encoding & {
  readonly sink: ByteSink;
  readonly delimited: boolean;
  readonly fragments: boolean;
  readonly utf8: boolean;
  /** Group 0002 and group lengths are written when they are asked for by name, and never as part of a data set. */
  readonly single: boolean;
  readonly bulkData: BulkData | undefined;
};

/**
 * Writes one data set, as `parseFile` reads it.
 *
 * Shape   in: a DICOM JSON Model, checked as by `fromDicomJson`. out: its elements ascending by tag, even lengths.
 * Left out: group 0002, which belongs to the file, and group lengths.
 * Charset what (0008,0005) declares, of the item or of what holds it: in the model it names the encoding of the
 *         bytes, not of the JSON (PS3.18 §F.2.2 note 3).
 * UN      a value too long for its VR's 16-bit length has VR UN, little endian in any syntax (PS3.5 §6.2.2).
 * DS      a number that needs more than 16 characters loses its last digits; a string is written as it stands.
 * Cost    O(output); iterative; memory is the output, the bulk data handed in, and a copy of the model.
 * Source  PS3.5 §6.2, §7.1, §7.5, §A.4.
 *
 * @throws DicomError DICOM_JSON_INVALID, DICOM_TOO_DEEP, DICOM_TOO_MANY_ELEMENTS  as `fromDicomJson`; the first also
 *                    for fragments in a transfer syntax that has none
 * @throws DicomError DICOM_BULK_DATA_MISSING, DICOM_TEXT_NOT_ENCODABLE
 */
export function writeDataSet(json: DicomJson, options: WriteOptions = {}): Uint8Array {
  return dataSetSink(json, options).joined();
}

/** `writeDataSet`, not joined yet. */
export function dataSetSink(json: DicomJson, options: WriteOptions): ByteSink {
  const { transferSyntax } = options;
  const model = fromDicomJson(json, options);
  const declared = termsOf(model) ?? [];
  const encoding = {
    explicit: transferSyntax !== implicitLittleEndian,
    littleEndian: transferSyntax !== explicitBigEndian,
    fragments: transferSyntax !== undefined && isEncapsulated(transferSyntax),
    single: false,
  };
  const undeclared = declared.length === 0 || (declared.length === 1 && declared[0] === 'ISO_IR 192');
  const fallback = (options.charset ?? (undeclared ? 'utf-8-if-needed' : 'as-declared')) === 'utf-8-if-needed';
  try {
    return written(model, declared, encoding, false, options);
  } catch (error) {
    if (!fallback || !(error instanceof DicomError) || error.code !== 'DICOM_TEXT_NOT_ENCODABLE') throw error;
  }
  model[tagText(tags.SpecificCharacterSet)] ??= { vr: 'CS' };
  return written(model, utf8Terms, encoding, true, options);
}

/**
 * Writes one element, head and value, sequences included: what an edit puts in place of another.
 * `terms` is the Specific Character Set in force where it stands. Errors as `writeDataSet`.
 */
export function writeElement(
  tag: number,
  attribute: DicomJsonAttribute,
  encoding: Encoding,
  terms: readonly string[],
  options: WriteElementOptions = {},
): Uint8Array {
  const model = fromDicomJson({ [tagText(tag)]: attribute }, options);
  const fragments = encoding.explicit && encoding.littleEndian;
  return written(model, terms, { ...encoding, fragments, single: true }, false, options).joined();
}

const utf8Terms = ['ISO_IR 192'];

function written(
  model: DicomJson,
  terms: readonly string[],
  encoding: Pick<Context, 'explicit' | 'littleEndian' | 'fragments' | 'single'>,
  utf8: boolean,
  { lengths, bulkData }: WriteElementOptions,
): ByteSink {
  const sink = new ByteSink(encoding.littleEndian);
  writeElements(model, terms, { ...encoding, sink, delimited: lengths === 'undefined', utf8, bulkData });
  return sink;
}

/** An open data set or, with `items`, an open sequence. */
type Level = {
  readonly json: DicomJson;
  readonly keys: readonly string[];
  readonly terms: readonly string[];
  readonly items: readonly DicomJson[] | undefined;
  /** Where the length of this sequence or item stands, -1 for none. */
  readonly lengthAt: number;
  readonly delimited: boolean;
  next: number;
};

const none: DicomJson = Object.create(null);

function writeElements(model: DicomJson, terms: readonly string[], context: Context): void {
  const { sink, delimited } = context;
  const stack: Level[] = [];
  let level: Level | undefined = dataSetLevel(model, terms, -1, false);
  while (level !== undefined) {
    if (level.items === undefined ? level.next === level.keys.length : level.next === level.items.length) {
      close(level, context);
      level = stack.pop();
      continue;
    }
    const index = level.next++;
    if (level.items !== undefined) {
      const item = level.items[index]!;
      stack.push(level);
      sink.tag(tags.Item);
      const itemTerms = context.utf8 ? level.terms : (termsOf(item) ?? level.terms);
      level = dataSetLevel(item, itemTerms, sink.length, delimited);
      sink.u32(delimited ? undefinedLength : 0);
      continue;
    }
    const key = level.keys[index]!;
    const tag = Number.parseInt(key, 16);
    const attribute = level.json[key]!;
    const asked = context.single && stack.length === 0;
    if (!asked && ((tag & 0xffff) === 0 || tag >>> 16 === 2)) continue;
    if (attribute.vr !== 'SQ') {
      const charset = tag === tags.SpecificCharacterSet && context.utf8;
      const leaf = charset ? { vr: 'CS', Value: utf8Terms } : attribute;
      writeLeaf(tag, leaf, level.terms, () => pathOf([...stack, level!]), context);
      continue;
    }
    stack.push(level);
    // In implicit VR only its undefined length tells that a tag unknown to the reader is a sequence (PS3.5 §6.2.2).
    const ends = delimited || (!context.explicit && implicitVr(tag, false) !== 'SQ');
    writeHead(tag, 'SQ', ends ? undefinedLength : 0, context);
    const items = (attribute.Value ?? []) as DicomJson[];
    level = { json: none, keys: [], terms: level.terms, items, lengthAt: sink.length - 4, delimited: ends, next: 0 };
  }
}

function dataSetLevel(json: DicomJson, terms: readonly string[], lengthAt: number, delimited: boolean): Level {
  // Sorted here too: JavaScript puts keys such as 30060020 before 00080005.
  return { json, keys: Object.keys(json).sort(), terms, items: undefined, lengthAt, delimited, next: 0 };
}

function close({ items, lengthAt, delimited }: Level, { sink }: Context): void {
  if (lengthAt < 0) return;
  if (delimited) {
    sink.tag(items === undefined ? tags.ItemDelimitationItem : tags.SequenceDelimitationItem);
    sink.u32(0);
  } else {
    sink.patch(lengthAt, checkedLength(sink.length - lengthAt - 4));
  }
}

function writeLeaf(
  tag: number,
  attribute: DicomJsonAttribute,
  terms: readonly string[],
  path: () => readonly number[],
  context: Context,
): void {
  const { sink, explicit, littleEndian } = context;
  const bulk = attribute.BulkDataURI === undefined ? undefined : bulkOf(attribute.BulkDataURI, path(), context);
  if (bulk !== undefined && !(bulk instanceof Uint8Array)) {
    writeFragments(tag, attribute.vr, bulk, context);
    return;
  }
  let { vr } = attribute;
  let value = encoded(attribute, littleEndian, terms, bulk, path);
  const pad = padding(vr);
  if (explicit && value.length > longestShort && isShort(vr)) {
    if (!littleEndian) value = encoded(attribute, true, terms, bulk, path);
    vr = 'UN';
  }
  const odd = value.length % 2;
  writeHead(tag, vr, checkedLength(value.length + odd), context);
  sink.bytes(value);
  if (odd === 1) sink.u8(pad);
}

/** `encodeValue`, whose error says where. */
function encoded(
  attribute: DicomJsonAttribute,
  littleEndian: boolean,
  terms: readonly string[],
  bulk: Uint8Array | undefined,
  path: () => readonly number[],
): Uint8Array {
  try {
    return encodeValue(attribute, littleEndian, terms, bulk);
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    throw new DicomError(error.code, `${pathText(path())}: ${error.message}`);
  }
}

/** Tags and item indices in turn, down to the element being written. */
function pathOf(levels: readonly Level[]): number[] {
  return levels.map(({ items, keys, next }) => (items === undefined ? Number.parseInt(keys[next - 1]!, 16) : next - 1));
}

function bulkOf(uri: string, path: readonly number[], { bulkData }: Context): Uint8Array | readonly Uint8Array[] {
  const bytes = bulkData?.(uri, path);
  if (bytes !== undefined) return bytes;
  throw new DicomError('DICOM_BULK_DATA_MISSING', `No bytes for the BulkDataURI of ${pathText(path)}`);
}

/** PS3.5 §A.4. */
function writeFragments(tag: number, vr: string, fragments: readonly Uint8Array[], context: Context): void {
  if (!context.fragments || (vr !== 'OB' && vr !== 'OW')) {
    throw new DicomError(
      'DICOM_JSON_INVALID',
      `${tagText(tag)} has fragments where its vr or the transfer syntax has none`,
    );
  }
  const { sink } = context;
  writeHead(tag, vr, undefinedLength, context);
  for (const fragment of fragments) {
    const odd = fragment.length % 2;
    sink.tag(tags.Item);
    sink.u32(checkedLength(fragment.length + odd));
    sink.bytes(fragment);
    if (odd === 1) sink.u8(0);
  }
  sink.tag(tags.SequenceDelimitationItem);
  sink.u32(0);
}

/** The longest even value of a 16-bit length. */
const longestShort = 0xfffe;

function isShort(vr: string): boolean {
  return vrForm(vrIndex(vr.charCodeAt(0), vr.charCodeAt(1))) === 'short';
}

/** PS3.5 §7.1.2. */
function writeHead(tag: number, vr: string, length: number, { sink, explicit }: Context): void {
  sink.tag(tag);
  if (explicit) {
    sink.u8(vr.charCodeAt(0));
    sink.u8(vr.charCodeAt(1));
    if (isShort(vr)) {
      sink.u16(length);
      return;
    }
    sink.u16(0);
  }
  sink.u32(length);
}

function checkedLength(length: number): number {
  if (length >= undefinedLength) throw new DicomError('DICOM_JSON_INVALID', 'A value is longer than DICOM can say');
  return length;
}

/** What a data set declares for itself; no value, or an empty first one, is the default repertoire. */
function termsOf(json: DicomJson): readonly string[] | undefined {
  const attribute = json[tagText(tags.SpecificCharacterSet)];
  return attribute && (attribute.Value ?? []).map((value) => (typeof value === 'string' ? value : ''));
}

function pathText(path: readonly number[]): string {
  return path.map((step, at) => (at % 2 === 0 ? `${at === 0 ? '' : '.'}${tagText(step)}` : `[${step}]`)).join('');
}
