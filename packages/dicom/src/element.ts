import type { DicomWarning, DicomWarningCode } from './errors.ts';

/** One fragment of encapsulated pixel data: the item's tag, then its value. */
export type Fragment = { readonly start: number; readonly valueStart: number; readonly valueEnd: number };

/**
 * One data element, as offsets into the bytes of its data set; end exclusive.
 * `vr` is what the file says (explicit) or what the dictionary says (implicit; `UN` where that knows nothing).
 */
export type Element = {
  readonly tag: number;
  readonly vr: string;
  readonly start: number;
  readonly valueStart: number;
  /** Before the delimiter, where there is one. */
  readonly valueEnd: number;
  readonly end: number;
  /** Present for sequences, empty ones included. */
  readonly items?: readonly DataSet[] | undefined;
  /** Present for encapsulated pixel data; the first is the basic offset table. */
  readonly fragments?: readonly Fragment[] | undefined;
};

/** Where an item stands in its sequence: its tag, its elements, and its delimiter where there is one. */
export type ItemPlace = {
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly end: number;
};

export type DataSet = {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  /** Whether its elements name their VR: items of a UN sequence do not, whatever surrounds them (PS3.5 §6.2.2). */
  readonly explicit: boolean;
  readonly elements: ReadonlyMap<number, Element>;
  /** The data set whose sequence holds this item; where the character set is inherited from. */
  readonly parent?: DataSet | undefined;
  /** Present for items. */
  readonly item?: ItemPlace | undefined;
};

export type DicomFile = {
  readonly bytes: Uint8Array;
  /** Empty where the file has no group 0002. */
  readonly meta: DataSet;
  /** Offset of the first byte after group 0002. */
  readonly datasetStart: number;
  /** Its `bytes` are the file's, except where the data set was deflated. */
  readonly dataset: DataSet;
  /** What group 0002 names; of a bare data set what its first element shows. */
  readonly transferSyntax: string;
  readonly deflated: boolean;
  /** Top-level (7FE0,0008), (7FE0,0009), (7FE0,0010), in file order. */
  readonly pixelElements: readonly Element[];
  /** Where reading ended in the bytes of the data set: before trailing bytes, or before what was not to be read. */
  readonly end: number;
  readonly warnings: readonly DicomWarning[];
};

export type ParseOptions = {
  /** Sequences within sequences. Default 100. */
  maxDepth?: number;
  /** Elements, items and fragments together. Default 1,000,000: some 300 MiB of heap at worst. */
  maxElements?: number;
  /** What is kept of a file that comes in chunks: all of it but the pixel data. Default 256 MiB. */
  maxHeaderBytes?: number;
  /** What a deflated data set may become. Default 256 MiB. */
  maxInflatedBytes?: number;
  /** Raw inflate (RFC 1951), handed in; throws when the result would exceed `maxBytes`. */
  inflateRaw?: (bytes: Uint8Array, maxBytes: number) => Uint8Array;
  /**
   * Files that do not begin with a preamble and "DICM", or have no group 0002, or one that names no transfer syntax.
   * Default `refuse`. `accept` reads what the first element shows, with a warning; anything else is refused still.
   */
  bare?: 'accept' | 'refuse';
  /**
   * The same tag twice in one data set. Readers disagree about which one counts, so that an image could be filed under
   * one patient and shown as another's. Default `identical`: a byte-for-byte repeat (short, no pixel data) is accepted
   * with a warning, anything else refused. `accept` keeps the first, with a warning.
   */
  duplicates?: 'accept' | 'identical' | 'refuse';
  /** Doubts that are errors here: everything else of `DicomWarningCode` is accepted, with a warning. Default none. */
  refuse?: readonly DicomWarningCode[];
};
