import { BlobError, type ListedBlobStore, unlessStopped } from './blob-store.ts';

/** At most so many at once of each kind; beyond that at most `waiting` of a kind wait their turn. */
export type Limits = { readonly writes: number; readonly reads: number; readonly waiting: number };

/**
 * A store that is asked for little at once: whoever came first is served first, and reads never wait for writes. Streams
 * are not counted: one lasts as long as its sender's line takes, and two slow senders would keep all others out.
 * A queue that is full says so at once. Listing is one at a time by whoever lists, and is not counted.
 *
 * @throws BlobError BLOB_STORE_BUSY
 */
export function limited(store: ListedBlobStore, { writes, reads, waiting }: Limits): ListedBlobStore {
  const writing = new Turns(writes, waiting);
  const reading = new Turns(reads, waiting);
  return {
    put: (name, pieces, signal) =>
      Array.isArray(pieces)
        ? writing.take(() => store.put(name, pieces, signal), signal)
        : store.put(name, pieces, signal),
    remove: (name) => writing.take(() => store.remove(name)),
    read: (name, start, end) => reading.take(() => store.read(name, start, end)),
    facts: (name) => reading.take(() => store.facts(name)),
    list: (after) => store.list(after),
    unfinished: (before, what) => writing.take(() => store.unfinished(before, what)),
  };
}

class Turns {
  readonly #waiting: number;
  /** Who waits, in the order in which they came; a set, so that one who gives up leaves without a search. */
  readonly #queue = new Set<() => void>();
  #free: number;

  constructor(atOnce: number, waiting: number) {
    this.#free = atOnce;
    this.#waiting = waiting;
  }

  async take<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    unlessStopped(signal);
    await this.#turn(signal);
    try {
      return await work();
    } finally {
      const [next] = this.#queue;
      if (next) next();
      else this.#free += 1;
    }
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    if (this.#queue.size >= this.#waiting) throw new BlobError('BLOB_STORE_BUSY', 'too many wait for the store');
    const turn = Promise.withResolvers<void>();
    const go = (): void => {
      this.#queue.delete(go);
      turn.resolve();
    };
    const stop = (): void => {
      if (this.#queue.delete(go)) turn.reject(new BlobError('BLOB_STOPPED', 'stopped while waiting'));
    };
    this.#queue.add(go);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await turn.promise;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }
}
