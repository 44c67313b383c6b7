import { type Pieces, unlessStopped } from './blob-store.ts';

/** What is to be written, told apart from the writing of it: whose fault it was decides who hears of it. */
export class PieceSource {
  readonly pieces: Pieces;
  failed: { readonly error: unknown } | undefined;
  readonly #iterator: AsyncIterator<Uint8Array> | undefined;
  #ended = false;

  constructor(pieces: Pieces, signal: AbortSignal | undefined) {
    if (Array.isArray(pieces)) {
      this.pieces = pieces as readonly Uint8Array[];
      return;
    }
    const iterator = (pieces as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    this.#iterator = iterator;
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      try {
        unlessStopped(signal);
        const result = await stoppable(iterator.next(), signal);
        if (result.done) this.#ended = true;
        return result;
      } catch (error) {
        this.failed = { error };
        throw error;
      }
    };
    this.pieces = { [Symbol.asyncIterator]: () => ({ next }) };
  }

  /** Tells whoever gives the pieces that no more are wanted, where that is not clear already. Never waits for them. */
  close(): void {
    if (this.#iterator === undefined || this.#ended) return;
    this.#iterator.return?.()?.catch(() => {});
  }
}

/** A sender who says nothing must not keep a stopped `put` waiting. */
async function stoppable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => {
    try {
      unlessStopped(signal);
    } catch (error) {
      stopped.reject(error);
    }
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
