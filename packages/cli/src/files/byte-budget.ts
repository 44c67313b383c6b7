/** Bytes that may be in memory at once. Whoever comes first is served first, so that files keep their order. */
export class ByteBudget {
  #free: number;
  readonly #all: number;
  readonly #queue: { bytes: number; go: () => void }[] = [];

  constructor(bytes: number) {
    this.#free = bytes;
    this.#all = bytes;
  }

  /** Waits for room; the answer gives it back, once, however often it is called. What exceeds the whole budget waits for all of it. */
  async acquire(wanted: number): Promise<() => void> {
    const bytes = Math.min(wanted, this.#all);
    if (this.#queue.length > 0 || bytes > this.#free) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#queue.push({ bytes, go: resolve });
      await promise;
    } else this.#free -= bytes;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#free += bytes;
      this.#serve();
    };
  }

  #serve(): void {
    for (let next = this.#queue[0]; next !== undefined && next.bytes <= this.#free; next = this.#queue[0]) {
      this.#queue.shift();
      this.#free -= next.bytes;
      next.go();
    }
  }
}
