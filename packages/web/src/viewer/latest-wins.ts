/**
 * Does one thing at a time; of what is asked meanwhile only the latest is done. Dragging asks for more renderings than
 * anybody needs, and each that is not wanted would stand in the way of the one that is.
 */
export class LatestWins<T> {
  readonly #work: (item: T) => Promise<void>;
  #busy = false;
  #next: { readonly item: T } | undefined;

  constructor(work: (item: T) => Promise<void>) {
    this.#work = work;
  }

  ask(item: T): void {
    this.#next = { item };
    if (!this.#busy) void this.#run();
  }

  /** Forgets what waits; what is under way goes on. */
  forget(): void {
    this.#next = undefined;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    try {
      while (this.#next !== undefined) {
        const { item } = this.#next;
        this.#next = undefined;
        await this.#work(item);
      }
    } finally {
      this.#busy = false;
    }
  }
}
