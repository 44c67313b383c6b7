/** So much waits in the pipe before a writer has to. Bytes. */
const mostWaiting = 1024 * 1024;

/**
 * One writes pieces, another takes them; a store's `put` is the other.
 *
 * Law   pieces come out in the order they went in; what `fail` was given is thrown after them, to the taker.
 * Cost  memory: 1 MiB and the pieces of one `write`. A web stream does the same at ten times the time a piece: of an object of
 *       1 GB, in pieces of segments and tags, that was seconds.
 */
export class PiecePipe implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  #bytes = 0;
  #ended: { readonly error: unknown } | 'well' | undefined;
  #closed = false;
  #wakeTaker: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  /** Returns when there is room for more. @throws Error  where nobody takes any more */
  async write(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      this.#waiting.push(piece);
      this.#bytes += piece.length;
    }
    this.#wakeTaker?.();
    while (this.#bytes > mostWaiting && !this.#closed) {
      await new Promise<void>((wake) => {
        this.#wakeWriter = wake;
      });
    }
    if (this.#closed) throw new Error('nobody takes what is written here any more');
  }

  end(): void {
    this.#ended ??= 'well';
    this.#wakeTaker?.();
  }

  fail(error: unknown): void {
    this.#ended ??= { error };
    this.#wakeTaker?.();
  }

  /** By the taker: no more is wanted. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#wakeWriter?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: async () => {
        for (;;) {
          const value = this.#waiting.shift();
          if (value !== undefined) {
            this.#bytes -= value.length;
            if (this.#bytes <= mostWaiting) this.#wakeWriter?.();
            return { done: false, value };
          }
          if (this.#ended === 'well') return { done: true, value: undefined };
          if (this.#ended !== undefined) throw this.#ended.error;
          await new Promise<void>((wake) => {
            this.#wakeTaker = wake;
          });
        }
      },
      return: async () => {
        this.close();
        return { done: true, value: undefined };
      },
    };
  }
}
