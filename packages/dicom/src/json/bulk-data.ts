import { numberBytes } from '../dictionary/vr.ts';
import type { DataSet, Element } from '../element.ts';

/**
 * What a BulkDataURI of `toDicomJson` stands for: the value at `path`, little endian, or the fragments of encapsulated
 * pixel data, the first the basic offset table. `undefined` where there is no such value.
 *
 * Cost  O(path); a view of the data set's bytes, a copy only where words must be turned.
 */
export function bulkDataAt(ds: DataSet, path: readonly number[]): Uint8Array | readonly Uint8Array[] | undefined {
  let from = ds;
  for (let at = 0; at + 2 < path.length; at += 2) {
    const item = from.elements.get(path[at]!)?.items?.[path[at + 1]!];
    if (item === undefined) return undefined;
    from = item;
  }
  const element = from.elements.get(path.at(-1) ?? -1);
  if (element === undefined || element.items !== undefined) return undefined;
  const { fragments } = element;
  if (fragments === undefined) return littleEndianBytes(from, element, element.vr);
  return fragments.map(({ valueStart, valueEnd }) => from.bytes.subarray(valueStart, valueEnd));
}

/** Bulk data is little endian whatever the file was (PS3.18 §F.2.7, PS3.5 §A.3). */
export function littleEndianBytes(ds: DataSet, element: Element, vr: string): Uint8Array {
  const bytes = ds.bytes.subarray(element.valueStart, element.valueEnd);
  const size = vr === 'AT' ? 2 : numberBytes[vr];
  // UN is little endian whatever surrounds it (PS3.5 §6.2.2).
  if (ds.littleEndian || element.vr === 'UN' || size === undefined || bytes.length % size !== 0) return bytes;
  return turned(bytes, size);
}

/** The bytes of each number in the other order, in a copy. */
export function turned(bytes: Uint8Array, size: number): Uint8Array {
  const swapped = new Uint8Array(bytes.length);
  // By index: a view for every number took 2.1 s of 32 MiB, this takes 0.1 s.
  for (let at = 0; at < bytes.length; at += size)
    for (let from = at, to = at + size - 1; to >= at; from++, to--) swapped[to] = bytes[from]!;
  return swapped;
}
