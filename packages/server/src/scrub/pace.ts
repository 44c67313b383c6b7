/** Waits are gathered until they are worth a timer. Milliseconds. */
const leastWaitMs = 20;
const mostWaitMs = 1_000;

/** Thrown in the middle of what is read: one pack may take minutes. */
export class Stopped extends Error {}

/** Holds a reader to so many bytes a second, over the whole time that it reads; what it was ahead is not saved up for later. */
export class Pace {
  readonly #bytesPerMs: number;
  readonly #stopped: () => boolean;
  #owedMs = 0;
  #last = performance.now();

  constructor(bytesPerSecond: number, stopped: () => boolean) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#stopped = stopped;
  }

  /** Returns when more may be read. @throws Stopped  nothing more is to be read */
  async took(bytes: number): Promise<void> {
    const now = performance.now();
    this.#owedMs = Math.max(0, this.#owedMs - (now - this.#last)) + bytes / this.#bytesPerMs;
    this.#last = now;
    while (this.#owedMs >= leastWaitMs && !this.#stopped()) {
      const ms = Math.min(this.#owedMs, mostWaitMs);
      await new Promise((next) => setTimeout(next, ms).unref());
      const later = performance.now();
      this.#owedMs = Math.max(0, this.#owedMs - (later - this.#last));
      this.#last = later;
    }
    if (this.#stopped()) throw new Stopped();
  }
}
