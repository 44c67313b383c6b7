/**
 * Where sealed objects lie. An object is written once under a name that says nothing, and never changed.
 *
 * Law   `put` returns only when the object and its name are durable; a crash leaves the whole object or none.
 *       `read` gives exactly the asked-for bytes or throws.
 */
/** An object's bytes in order; as they come, where nobody knows yet how many there will be. */
export type Pieces = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

export type BlobStore = {
  /** Writes a whole object; refuses a name that exists. Units: bytes. */
  put(name: string, pieces: Pieces): Promise<void>;
  /** Reads `start` to `end`, end exclusive. @throws BlobError BLOB_MISSING, BLOB_CUT_SHORT */
  read(name: string, start: number, end: number): Promise<Uint8Array>;
  /** Removes an object; one that is not there is no error. */
  remove(name: string): Promise<void>;
};

export type BlobErrorCode =
  | 'BLOB_MISSING'
  | 'BLOB_CUT_SHORT'
  | 'BLOB_EXISTS'
  | 'BLOB_NAME_INVALID'
  | 'BLOB_WRITE_FAILED';

export class BlobError extends Error {
  override readonly name = 'BlobError';
  readonly code: BlobErrorCode;
  constructor(code: BlobErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
