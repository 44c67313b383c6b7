/** Unwrapped keys, held briefly and boundedly: `maxEntries` of them, each for `maxAgeMs` from when it was unwrapped. */
export class KeyCache<T = Uint8Array> {
  readonly #entries = new Map<string, { key: T; until: number }>();
  readonly #maxEntries: number;
  readonly #maxAgeMs: number;
  readonly #now: () => Date;

  constructor(now: () => Date, maxAgeMs = 300_000, maxEntries = 20_000) {
    this.#now = now;
    this.#maxEntries = maxEntries;
    this.#maxAgeMs = maxAgeMs;
  }

  get(name: string): T | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    if (entry.until > this.#now().getTime()) return entry.key;
    this.#entries.delete(name);
    return undefined;
  }

  set(name: string, key: T): void {
    this.#entries.delete(name);
    this.#entries.set(name, { key, until: this.#now().getTime() + this.#maxAgeMs });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > this.#maxEntries && !oldest.done) this.#entries.delete(oldest.value);
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }
}
