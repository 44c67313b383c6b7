/** Least recently used values by name, at most `maxBytes` of them by the sizes given. */
export class BoundedCache<T> {
  readonly #entries = new Map<string, { value: T; bytes: number }>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(name: string): T | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry.value;
  }

  /** Keeps a value, unless it alone exceeds the budget. */
  set(name: string, value: T, bytes: number): void {
    this.delete(name);
    if (bytes > this.#maxBytes) return;
    this.#entries.set(name, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#entries.delete(name);
    this.#bytes -= entry.bytes;
  }

  /** Gives up all whose names are like this. */
  deleteWhere(isGone: (name: string) => boolean): void {
    for (const name of this.#entries.keys()) if (isGone(name)) this.delete(name);
  }
}
