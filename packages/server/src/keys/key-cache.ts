/**
 * Unwrapped keys, held briefly and boundedly: `maxEntries` of them, each for `maxAgeMs` from when it was unwrapped. One that nobody asks for
 * again goes when the next is put in behind its time.
 */
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
    const now = this.#now().getTime();
    this.#entries.delete(name);
    this.#entries.set(name, { key, until: now + this.#maxAgeMs });
    // The oldest stand first, and all are held for as long.
    for (const [oldest, { until }] of this.#entries) {
      if (until > now && this.#entries.size <= this.#maxEntries) break;
      this.#entries.delete(oldest);
    }
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }
}
