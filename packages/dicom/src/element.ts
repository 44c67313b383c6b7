import type { DicomWarning } from './errors.ts';

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

export type DataSet = {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly elements: ReadonlyMap<number, Element>;
  /** The data set whose sequence holds this item; where the character set is inherited from. */
  readonly parent?: DataSet | undefined;
};

export type DicomFile = {
  readonly bytes: Uint8Array;
  readonly meta: DataSet;
  /** Offset of the first byte after group 0002. */
  readonly datasetStart: number;
  /** Its `bytes` are the file's, except where the data set was deflated. */
  readonly dataset: DataSet;
  readonly transferSyntax: string;
  readonly deflated: boolean;
  /** Top-level (7FE0,0008), (7FE0,0009), (7FE0,0010), in file order. */
  readonly pixelElements: readonly Element[];
  readonly warnings: readonly DicomWarning[];
};

export type ParseOptions = {
  /** Sequences within sequences. Default 100. */
  maxDepth?: number;
  /** Elements, items and fragments together. Default 1,000,000: some 150 MiB of heap at worst. */
  maxElements?: number;
  /** What a deflated data set may become. Default 256 MiB. */
  maxInflatedBytes?: number;
  /** Raw inflate (RFC 1951), handed in; throws when the result would exceed `maxBytes`. */
  inflateRaw?: (bytes: Uint8Array, maxBytes: number) => Uint8Array;
  /** Odd value lengths, forbidden by PS3.5 §7.1.1 and seen daily. Default `accept`, with a warning. */
  oddLength?: 'accept' | 'refuse';
  /**
   * The same tag twice in one data set. Readers disagree about which one counts, so that an image could be filed under
   * one patient and shown as another's. Default `identical`: a byte-for-byte repeat (short, no pixel data) is accepted
   * with a warning, anything else refused. `accept` keeps the first, with a warning.
   */
  duplicates?: 'accept' | 'identical' | 'refuse';
};
