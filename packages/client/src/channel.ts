/** Hands things from one producer to many consumers; who puts waits while `capacity` of them lie there. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  readonly #capacity: number;
  #closed = false;
  #changed = Promise.withResolvers<void>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async put(thing: T): Promise<void> {
    while (this.#waiting.length >= this.#capacity) await this.#changed.promise;
    this.#waiting.push(thing);
    this.#notify();
  }

  close(): void {
    this.#closed = true;
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const thing = this.#waiting.shift();
      if (thing !== undefined) {
        this.#notify();
        yield thing;
      } else if (this.#closed) return;
      else await this.#changed.promise;
    }
  }
}
