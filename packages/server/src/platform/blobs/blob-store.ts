/** Bytes in order; as they come, where nobody knows yet how many there will be. */
export type Pieces = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

/** How large an object is, and when its last byte was written. Units: bytes. */
export type BlobFacts = { readonly bytes: number; readonly writtenAt: Date };

/** What `put`s that never ended left behind. Units: bytes. */
export type Unfinished = { readonly count: number; readonly bytes: number };

/**
 * Where sealed objects lie. An object is written once under a name that says nothing, and never changed.
 *
 * Law   `put` returns only when the object and its name are durable; a crash, or a `put` that throws, leaves the whole
 *       object or none that anyone can see. `read` gives exactly the asked-for bytes or throws.
 *
 * Wrappers of the same shape stand beside it: `retrying`, `limited`, `cached`. All pass `blob-store.suite.ts`.
 */
export type BlobStore = {
  /**
   * Writes a whole object; of two under one name one is refused. What `pieces` throws is thrown on as it is.
   *
   * @throws BlobError BLOB_EXISTS BLOB_STORE_FULL BLOB_WRITE_FAILED BLOB_STOPPED  by `signal`
   */
  put(name: string, pieces: Pieces, signal?: AbortSignal): Promise<void>;
  /** Reads `start` to `end`, end exclusive. @throws BlobError BLOB_MISSING BLOB_CUT_SHORT BLOB_READ_FAILED */
  read(name: string, start: number, end: number): Promise<Uint8Array>;
  /** Removes an object; one that is not there is no error. @throws BlobError BLOB_WRITE_FAILED */
  remove(name: string): Promise<void>;
};

/** A store that also tells what lies in it, as every real one does. Whoever only puts and reads asks for a `BlobStore`. */
export type ListedBlobStore = BlobStore & {
  /** @throws BlobError BLOB_MISSING BLOB_READ_FAILED */
  facts(name: string): Promise<BlobFacts>;
  /**
   * The names of all objects in ascending order, in pages of at most `listPageNames`, from behind `after` on. What is put
   * or removed meanwhile may be among them or not. Names alone: a sweep asks for the facts of what nobody knows, and of
   * ten million objects that is hardly any.
   */
  list(after?: string): AsyncIterable<readonly string[]>;
  /** What unfinished `put`s left that had their last byte before `before`; with `remove` it is there no more. */
  unfinished(before: Date, what: 'count' | 'remove'): Promise<Unfinished>;
};

export const listPageNames = 1000;

export type BlobErrorCode =
  | 'BLOB_MISSING'
  | 'BLOB_CUT_SHORT'
  | 'BLOB_EXISTS'
  | 'BLOB_NAME_INVALID'
  | 'BLOB_READ_FAILED'
  | 'BLOB_WRITE_FAILED'
  | 'BLOB_STORE_FULL'
  | 'BLOB_STORE_BUSY'
  | 'BLOB_STOPPED';

export class BlobError extends Error {
  override readonly name = 'BlobError';
  readonly code: BlobErrorCode;
  constructor(code: BlobErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whether what is kept is not what it should be; everything else is trouble with the store, and may pass. */
export function isDamage(error: unknown): boolean {
  return error instanceof BlobError && (error.code === 'BLOB_MISSING' || error.code === 'BLOB_CUT_SHORT');
}

const nameForm = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

export const isBlobName = (name: string): boolean => nameForm.test(name);

/** @throws BlobError BLOB_NAME_INVALID */
export function requireBlobName(name: string): void {
  if (!isBlobName(name)) throw new BlobError('BLOB_NAME_INVALID', 'an object name is a UUID');
}

/** @throws BlobError BLOB_STOPPED */
export function unlessStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new BlobError('BLOB_STOPPED', 'stopped by whoever asked', { cause: signal.reason });
}
