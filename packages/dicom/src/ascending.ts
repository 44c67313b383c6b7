import type { DataSet, Element } from './element.ts';

/** The elements of a data set in the order of their tags, in which they nearly always stand already. */
export function ascending(ds: DataSet): Iterable<Element> {
  let last = -1;
  for (const tag of ds.elements.keys()) {
    if (tag < last) return [...ds.elements.values()].sort((a, b) => a.tag - b.tag);
    last = tag;
  }
  return ds.elements.values();
}
