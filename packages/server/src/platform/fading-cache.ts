export type FadingCacheOptions<T = never> = {
  readonly maxBytes: number;
  /** What nobody has used for so long goes. */
  readonly idleMs: number;
  readonly now: () => Date;
  /** Hears of each value that is kept no longer, for whatever reason. */
  readonly gone?: (value: T) => void;
};

/** So many looks at what is idle in one idle time: nothing stays longer than one and a quarter of it. */
const looksPerLife = 4;

/**
 * What was made, in memory for a while: at most `maxBytes` by the sizes given, least recently used first out, and nothing
 * for longer than `idleMs` after its last use, whoever asks or not. A name is of an owner, with whom all of theirs goes.
 */
export class FadingCache<T> {
  readonly #entries = new Map<string, { owner: string; value: T; bytes: number; usedAt: number }>();
  readonly #options: FadingCacheOptions<T>;
  #bytes = 0;
  #hits = 0;
  #misses = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FadingCacheOptions<T>) {
    this.#options = options;
  }

  /** `hits` and `misses` since the exchange started. */
  get figures(): { readonly bytes: number; readonly entries: number; readonly hits: number; readonly misses: number } {
    return { bytes: this.#bytes, entries: this.#entries.size, hits: this.#hits, misses: this.#misses };
  }

  get(name: string): T | undefined {
    this.#fade();
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    this.#entries.delete(name);
    this.#entries.set(name, { ...entry, usedAt: this.#now() });
    return entry.value;
  }

  /** As `get`, for who was counted before: this is neither a hit nor a miss, nor a use. */
  peek(name: string): T | undefined {
    this.#fade();
    return this.#entries.get(name)?.value;
  }

  /** Keeps a value, unless it alone exceeds the budget. */
  set(owner: string, name: string, value: T, bytes: number): void {
    this.#drop(name);
    const { maxBytes, idleMs, gone } = this.#options;
    if (bytes > maxBytes) {
      gone?.(value);
      return;
    }
    this.#entries.set(name, { owner, value, bytes, usedAt: this.#now() });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= maxBytes) break;
      this.#drop(oldest);
    }
    this.#timer ??= setInterval(() => this.#fade(), idleMs / looksPerLife).unref();
  }

  /** Gives up all that is of these owners; what it was is handed to `dropped`. */
  forget(owners: ReadonlySet<string>, dropped: (value: T) => void = () => {}): void {
    for (const [name, { owner, value }] of this.#entries) {
      if (!owners.has(owner)) continue;
      this.#drop(name);
      dropped(value);
    }
  }

  #now(): number {
    return this.#options.now().getTime();
  }

  /** In the order of their last use: the first that is not idle ends it. What was used later than now waits for a clock that was set back. */
  #fade(): void {
    const now = this.#now();
    const since = now - this.#options.idleMs;
    for (const [name, { usedAt }] of this.#entries) {
      if (usedAt > since && usedAt <= now) break;
      this.#drop(name);
    }
    if (this.#entries.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #drop(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#entries.delete(name);
    this.#bytes -= entry.bytes;
    this.#options.gone?.(entry.value);
  }
}
