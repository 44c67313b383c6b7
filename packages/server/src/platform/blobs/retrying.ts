import { BlobError, type BlobErrorCode, type ListedBlobStore, unlessStopped } from './blob-store.ts';

/** Units: milliseconds. The clock is an argument: tests do not wait. `random` is in [0, 1). */
export type Retries = {
  readonly tries: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  readonly random: () => number;
};

/** Trouble with the way to the store. What is missing, damaged, there already or without room is so the next time too. */
const passing: ReadonlySet<BlobErrorCode> = new Set(['BLOB_READ_FAILED', 'BLOB_WRITE_FAILED']);

export type Again = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/**
 * Does a piece of work again where that can help.
 *
 * Law   the n-th wait is between half and the whole of firstDelay × 2ⁿ, capped at maxDelay; after `tries` the last error
 *       is thrown on.
 */
export function again(retries: Retries): Again {
  return async (work, signal) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        await beforeAgain(retries, error, attempt, signal);
      }
    }
  };
}

async function beforeAgain(retries: Retries, error: unknown, attempt: number, signal?: AbortSignal): Promise<void> {
  const { tries, firstDelayMs, maxDelayMs, sleep, random } = retries;
  if (!(error instanceof BlobError) || !passing.has(error.code) || attempt + 1 >= tries) throw error;
  const whole = Math.min(maxDelayMs, firstDelayMs * 2 ** attempt);
  await sleep(whole * (0.5 + 0.5 * random()), signal).catch(() => {});
  unlessStopped(signal);
}

/**
 * A store that is asked again where that can help: reads, removals, lists from where they stopped, and objects whose bytes
 * are still in memory. What comes from a stream is gone once it was taken, and so is tried once.
 */
export function retrying(store: ListedBlobStore, retries: Retries): ListedBlobStore {
  const tryAgain = again(retries);
  return {
    put: (name, pieces, signal) =>
      Array.isArray(pieces) ? tryAgain(() => store.put(name, pieces, signal), signal) : store.put(name, pieces, signal),
    read: (name, start, end) => tryAgain(() => store.read(name, start, end)),
    facts: (name) => tryAgain(() => store.facts(name)),
    remove: (name) => tryAgain(() => store.remove(name)),
    unfinished: (before, what) => tryAgain(() => store.unfinished(before, what)),
    async *list(after) {
      let behind = after;
      for (let attempt = 0; ; ) {
        try {
          for await (const page of store.list(behind)) {
            yield page;
            behind = page.at(-1) ?? behind;
            attempt = 0;
          }
          return;
        } catch (error) {
          await beforeAgain(retries, error, attempt);
          attempt += 1;
        }
      }
    },
  };
}
