/** What one reader made of one file. */
export type Reading =
  | { readonly elements: ReadonlyMap<string, ElementRead>; readonly warnings?: readonly string[] }
  | { readonly failed: 'refused' | 'crashed'; readonly why: string };

/** One data element as one reader sees it; what that reader does not tell is absent. */
export type ElementRead = {
  readonly vr: string;
  /** Bytes of the value as the file declares them. */
  readonly length?: number | 'undefined' | undefined;
  readonly items?: number | undefined;
  /** Bytes of each fragment of encapsulated pixel data, offset table included. */
  readonly fragments?: readonly number[] | undefined;
  /** Of the value's bytes as they stand in the file. */
  readonly sha256?: string | undefined;
  readonly texts?: unknown;
  /** The element's attribute in the DICOM JSON Model, binary values by their hash. */
  readonly json?: unknown;
};

/** An element's key: `00081140[0].00081155`. */
export function pathOf(prefix: string, tag: string, item?: number): string {
  return item === undefined ? prefix + tag : `${prefix}${tag}[${item}].`;
}
