import { isPixelTag, tags } from '../dictionary/tags.ts';
import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  isDeflatedWhole,
  isTransferSyntax,
} from '../dictionary/transfer-syntax.ts';
import { vrForm, vrIndex } from '../dictionary/vr.ts';
import type { DataSet, DicomFile, Element, ParseOptions } from '../element.ts';
import { DicomError } from '../errors.ts';
import { text } from '../value.ts';
import { type Budget, budgetOf, warn } from './budget.ts';
import { ElementReader, type PixelHead, type ReadWhere } from './element-reader.ts';
import { type Encoding, encodingOf } from './encoding.ts';
import type { Mutable } from './level.ts';
import { tagAt, u16, u32 } from './numbers.ts';
import { need, type Source, suspension, wholeSource } from './source.ts';

const preambleBytes = 128;
const prefixBytes = 4;
/** Groups that a data set of an image may begin with, where nothing else says that there is one. */
const firstGroups: ReadonlySet<number> = new Set([0x0008, 0x0010, 0x0018, 0x0020, 0x0028]);

const repeatedUids = [
  [tags.MediaStorageSOPClassUID, tags.SOPClassUID],
  [tags.MediaStorageSOPInstanceUID, tags.SOPInstanceUID],
] as const;

/** "DICM" (PS3.10 §7.1). */
export function prefixAt(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    end >= at + prefixBytes &&
    bytes[at] === 0x44 &&
    bytes[at + 1] === 0x49 &&
    bytes[at + 2] === 0x43 &&
    bytes[at + 3] === 0x4d
  );
}

/**
 * Reads one Part 10 file, or a bare data set, from a source that is whole or grows: preamble, group 0002, data set.
 *
 * Source  PS3.10 §7.1, PS3.5 §7, §10, Annex A. @throws as `parseFile`
 */
export class Part10Reader {
  readonly budget: Budget;
  readonly #source: Source;
  readonly #options: ParseOptions;
  readonly #where: ReadWhere;
  /** Where group 0002 begins; undefined until the prefix was looked at, null where there is none. */
  #metaStart: number | null | undefined;
  #metaReader: ElementReader | undefined;
  #meta: Mutable<DataSet> | undefined;
  #reader: ElementReader | undefined;
  #datasetStart = 0;
  #transferSyntax = '';
  /** Of a data set that was deflated whole. */
  #inflatedReader: ElementReader | undefined;

  constructor(source: Source, options: ParseOptions, where: ReadWhere = {}) {
    this.#source = source;
    this.#options = options;
    this.#where = where;
    this.budget = budgetOf(options);
  }

  /** Reads as far as the bytes reach; `pixels` only where it was told to stop there. */
  advance(): 'done' | 'more' | 'pixels' {
    try {
      this.#metaStart = this.#metaStart === undefined ? this.#findMeta() : this.#metaStart;
      if (this.#meta === undefined && !this.#readMeta()) return 'more';
      if (this.#inflatedReader !== undefined) return 'done';
      this.#reader ??= this.#openDataSet();
    } catch (error) {
      if (error === suspension) return 'more';
      throw error;
    }
    return this.#reader?.advance() ?? this.#inflated();
  }

  get pixels(): PixelHead {
    return this.#reader!.pixels!;
  }

  /** Goes on behind pixel data that was taken out of the source. */
  passed(tag: number): void {
    this.#reader!.passed(tag);
  }

  /** What was read; `bytes` are those that its offsets count in. */
  result(bytes: Uint8Array): DicomFile {
    const reader = this.#inflatedReader ?? this.#reader;
    const meta = this.#meta;
    if (reader === undefined || meta === undefined)
      throw new DicomError('DICOM_TRUNCATED', 'The bytes end before the data set');
    meta.bytes = bytes;
    this.#metaReader?.rebase(bytes);
    this.#reader?.rebase(bytes);
    this.#checkMetaUids(meta, reader.dataset);
    return {
      bytes,
      meta,
      datasetStart: this.#datasetStart,
      dataset: reader.dataset,
      transferSyntax: this.#transferSyntax,
      deflated: this.#inflatedReader !== undefined,
      pixelElements: reader.pixelElements,
      end: reader.at,
      warnings: this.budget.warnings,
    };
  }

  #findMeta(): number | null {
    const source = this.#source;
    const metaStart = preambleBytes + prefixBytes;
    need(source, metaStart);
    const { bytes, end } = source;
    if (prefixAt(bytes, preambleBytes, end)) return metaStart;
    if (this.#options.bare !== 'accept')
      throw new DicomError('DICOM_PREAMBLE_MISSING', 'No "DICM" at offset 128: not a DICOM Part 10 file');
    const start = prefixAt(bytes, 0, end) ? prefixBytes : 0;
    const beginsMeta = end >= start + 8 && u16(bytes, start, true) === 2 && u16(bytes, start + 2, true) < 0x0200;
    if (!beginsMeta && bareEncoding(bytes, start, end) === undefined)
      throw new DicomError('DICOM_PREAMBLE_MISSING', 'Neither "DICM" nor an element that a data set begins with');
    warn(this.budget, 'DICOM_BARE', start);
    if (beginsMeta) return start;
    this.#datasetStart = start;
    return null;
  }

  /** Group 0002 ends where another group begins: its group length, often wrong, is compared and not believed. */
  #readMeta(): boolean {
    const source = this.#source;
    const at = this.#metaStart!;
    if (this.#metaStart === null) {
      const elements = new Map<number, Element>();
      this.#meta = { bytes: source.bytes, littleEndian: true, explicit: true, elements };
      return true;
    }
    if (this.#metaReader === undefined) {
      need(source, at + 8);
      const { bytes, end } = source;
      if (end < at + 8 || u16(bytes, at, true) !== 2) {
        if (this.#options.bare !== 'accept' || bareEncoding(bytes, at, end) === undefined)
          throw new DicomError('DICOM_META_MISSING', 'No group 0002 after "DICM"', at);
        warn(this.budget, 'DICOM_BARE', at);
        this.#datasetStart = at;
        this.#metaStart = null;
        return this.#readMeta();
      }
      const implicit = encodingOf(bytes, at, end, true) === 'implicit';
      if (implicit) warn(this.budget, 'DICOM_META_IMPLICIT', at);
      const encoding = { explicit: !implicit, littleEndian: true };
      this.#metaReader = new ElementReader(source, at, encoding, this.budget, { group: 2 });
    }
    if (this.#metaReader.advance() === 'more') return false;
    this.#meta = this.#metaReader.dataset;
    this.#metaReader.rebase(source.bytes);
    this.#datasetStart = this.#metaReader.at;
    this.#checkMetaLength(at);
    return true;
  }

  #checkMetaLength(at: number): void {
    const { elements, bytes } = this.#meta!;
    const length = elements.get(tags.FileMetaInformationGroupLength);
    if (length === undefined || length.valueEnd - length.valueStart !== 4) {
      warn(this.budget, 'DICOM_META_LENGTH_MISSING', at);
    } else if (length.end + u32(bytes, length.valueStart, true) !== this.#datasetStart)
      warn(this.budget, 'DICOM_META_LENGTH_WRONG', length.start);
  }

  /** Group 0002 repeats what the data set is and of which class (PS3.10 §7.1): two names for one object make two of it. */
  #checkMetaUids(meta: DataSet, dataset: DataSet): void {
    for (const [named, repeated] of repeatedUids) {
      const copy = meta.elements.get(named);
      const original = dataset.elements.get(repeated);
      if (copy === undefined || original === undefined) continue;
      if (!sameUid(meta.bytes, copy, dataset.bytes, original)) warn(this.budget, 'DICOM_META_CONTRADICTED', copy.start);
    }
  }

  /** Returns undefined where the data set is deflated whole, and can only be read when all of it is there. */
  #openDataSet(): ElementReader | undefined {
    const source = this.#source;
    const at = this.#datasetStart;
    const named = text(this.#meta!, tags.TransferSyntaxUID) ?? '';
    if (isDeflatedWhole(named)) {
      this.#transferSyntax = named;
      return undefined;
    }
    need(source, at + 8);
    this.#refusePixelsFirst(at);
    if (named === '') {
      const bare = this.#options.bare === 'accept' ? bareEncoding(source.bytes, at, source.end) : undefined;
      if (bare === undefined)
        throw new DicomError(
          'DICOM_TRANSFER_SYNTAX_MISSING',
          'Group 0002 names no transfer syntax',
          this.#metaStart ?? at,
        );
      if (this.#metaStart !== null) warn(this.budget, 'DICOM_BARE', at);
      this.#transferSyntax = syntaxOf(bare);
      return new ElementReader(source, at, bare, this.budget, this.#where);
    }
    this.#transferSyntax = named;
    return new ElementReader(source, at, this.#encoding(source.bytes, at, source.end), this.budget, this.#where);
  }

  /**
   * The first element shows how a data set is encoded, and its identity half must show the same: where pixel data came
   * first, the half would be read by another element, and perhaps as another patient's. No image begins so (PS3.5 §7.1).
   */
  #refusePixelsFirst(at: number): void {
    const { bytes, end } = this.#source;
    if (end < at + 4) return;
    for (const littleEndian of [true, false])
      if (isPixelTag(tagAt(bytes, at, littleEndian)))
        throw new DicomError('DICOM_PIXELS_FIRST', 'The data set begins with pixel data', at);
  }

  #encoding(bytes: Uint8Array, at: number, end: number): Encoding {
    const named = this.#transferSyntax;
    if (!isTransferSyntax(named)) warn(this.budget, 'DICOM_TRANSFER_SYNTAX_UNKNOWN', this.#metaStart ?? 0);
    const littleEndian = named !== explicitBigEndian;
    const claim = named === implicitLittleEndian ? 'implicit' : 'explicit';
    const found = encodingOf(bytes, at, end, littleEndian) ?? claim;
    if (found !== claim) warn(this.budget, 'DICOM_TRANSFER_SYNTAX_CONTRADICTED', at);
    return { explicit: found === 'explicit', littleEndian };
  }

  #inflated(): 'done' | 'more' {
    const source = this.#source;
    if (!source.final) {
      source.wanted = Number.POSITIVE_INFINITY;
      return 'more';
    }
    const deflated = source.bytes.subarray(this.#datasetStart, source.end);
    const data = inflate(deflated, this.#options, this.budget.maxInflatedBytes);
    const encoding = this.#encoding(data, 0, data.length);
    this.#inflatedReader = new ElementReader(wholeSource(data), 0, encoding, this.budget);
    this.#inflatedReader.advance();
    return 'done';
  }
}

/** Whether two UIDs are one, padding apart. */
function sameUid(bytes: Uint8Array, one: Element, others: Uint8Array, other: Element): boolean {
  const [end, otherEnd] = [unpaddedEnd(bytes, one), unpaddedEnd(others, other)];
  if (end - one.valueStart !== otherEnd - other.valueStart) return false;
  for (let at = one.valueStart, otherAt = other.valueStart; at < end; at++, otherAt++)
    if (bytes[at] !== others[otherAt]) return false;
  return true;
}

function unpaddedEnd(bytes: Uint8Array, { valueStart, valueEnd }: Element): number {
  let end = valueEnd;
  while (end > valueStart && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end--;
  return end;
}

/** What the first element shows where nothing names it; undefined where this is no data set. */
function bareEncoding(bytes: Uint8Array, at: number, end: number): Encoding | undefined {
  if (at + 8 > end) return undefined;
  for (const littleEndian of [true, false]) {
    if (!firstGroups.has(u16(bytes, at, littleEndian))) continue;
    if (vrForm(vrIndex(bytes[at + 4]!, bytes[at + 5]!)) !== 'unknown') return { explicit: true, littleEndian };
    // There is no implicit VR big endian.
    if (littleEndian && encodingOf(bytes, at, end, true) === 'implicit') return { explicit: false, littleEndian };
  }
  return undefined;
}

function syntaxOf({ explicit, littleEndian }: Encoding): string {
  if (!littleEndian) return explicitBigEndian;
  return explicit ? explicitLittleEndian : implicitLittleEndian;
}

function inflate(deflated: Uint8Array, { inflateRaw }: ParseOptions, maxBytes: number): Uint8Array {
  if (inflateRaw === undefined) {
    throw new DicomError('DICOM_INFLATE_UNAVAILABLE', 'The data set is deflated and no inflater was handed in');
  }
  let inflated: Uint8Array;
  try {
    inflated = inflateRaw(deflated, maxBytes);
  } catch (error) {
    // What node:zlib says when its maxOutputLength is reached; anything else is a broken stream.
    if (error instanceof RangeError || (error as { code?: unknown } | null)?.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DicomError('DICOM_INFLATED_TOO_LARGE', 'The inflated data set exceeds the budget');
    }
    throw new DicomError('DICOM_INFLATE_FAILED', 'The deflated data set does not inflate');
  }
  if (inflated.length > maxBytes)
    throw new DicomError('DICOM_INFLATED_TOO_LARGE', 'The inflated data set exceeds the budget');
  return inflated;
}
