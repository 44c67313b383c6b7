import type { Element } from '../element.ts';

/**
 * The elements of one data set by tag, in the order of the file.
 *
 * A file's tags nearly always ascend: then they are found by halving, and no hash table has to be filled for elements of
 * which most are never asked for. Where they do not, a table is made.
 *
 * Cost  `append` O(1); `get` O(log n), or O(1) with the table.
 */
export class ElementMap implements ReadonlyMap<number, Element> {
  readonly #elements: Element[] = [];
  #byTag: Map<number, Element> | undefined;
  /** The highest tag so far. */
  #last = -1;

  get size(): number {
    return this.#elements.length;
  }

  /** Adds an element whose tag is not in it. */
  append(element: Element): void {
    const { tag } = element;
    if (this.#byTag === undefined && tag < this.#last)
      this.#byTag = new Map(this.#elements.map((known) => [known.tag, known]));
    this.#elements.push(element);
    this.#byTag?.set(tag, element);
    if (tag > this.#last) this.#last = tag;
  }

  get(tag: number): Element | undefined {
    if (this.#byTag !== undefined) return this.#byTag.get(tag);
    const elements = this.#elements;
    let low = 0;
    let high = elements.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const element = elements[middle]!;
      if (element.tag === tag) return element;
      if (element.tag < tag) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  has(tag: number): boolean {
    return this.get(tag) !== undefined;
  }

  forEach(callback: (element: Element, tag: number, map: ReadonlyMap<number, Element>) => void): void {
    for (const element of this.#elements) callback(element, element.tag, this);
  }

  *keys(): MapIterator<number> {
    for (const { tag } of this.#elements) yield tag;
  }

  values(): ArrayIterator<Element> {
    return this.#elements.values();
  }

  *entries(): MapIterator<[number, Element]> {
    for (const element of this.#elements) yield [element.tag, element];
  }

  [Symbol.iterator](): MapIterator<[number, Element]> {
    return this.entries();
  }
}
