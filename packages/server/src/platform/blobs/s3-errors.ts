import { BlobError } from './blob-store.ts';

/** What an S3 server answered, or why there was no answer. Of the SDK's error no more: it carries signatures and key ids. */
export class S3Trouble extends Error {
  override readonly name = 'S3Trouble';
  readonly status: number | undefined;
  readonly code: string;
  constructor(status: number | undefined, code: string) {
    super(status === undefined ? `no answer: ${code}` : `answered ${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

export function troubleOf(error: unknown): S3Trouble {
  if (error instanceof S3Trouble) return error;
  if (error instanceof BlobError) return troubleOf(error.cause);
  const { $metadata, name, code, cause } = Object(error) as {
    $metadata?: { httpStatusCode?: number };
    name?: string;
    code?: unknown;
    cause?: { code?: unknown };
  };
  const status = $metadata?.httpStatusCode;
  const said = status === undefined ? (code ?? cause?.code ?? name) : name;
  return new S3Trouble(status, String(said ?? 'unknown').replace(/[^A-Za-z0-9_]/g, ''));
}

/** A request that was refused changed nothing; of any other failure nobody knows. */
export function isRefusal(error: unknown): boolean {
  const { status } = troubleOf(error);
  return status !== undefined && status >= 400 && status < 500;
}

/** HEAD has no body to say which: a bucket that is missing is met at the next request. */
export function isMissing(error: unknown): boolean {
  const { status, code } = troubleOf(error);
  return status === 404 && code !== 'NoSuchBucket';
}

/** @returns BlobError BLOB_MISSING BLOB_READ_FAILED, or what it was already */
export function s3ReadFailed(what: string, error: unknown): BlobError {
  if (error instanceof BlobError) return error;
  const cause = troubleOf(error);
  return isMissing(cause)
    ? new BlobError('BLOB_MISSING', `${what} is not there`, { cause })
    : new BlobError('BLOB_READ_FAILED', `${what} could not be read`, { cause });
}

/** @returns BlobError BLOB_STORE_FULL BLOB_WRITE_FAILED, or what it was already */
export function s3WriteFailed(what: string, error: unknown): BlobError {
  if (error instanceof BlobError) return error;
  const cause = troubleOf(error);
  return new BlobError(isFull(cause) ? 'BLOB_STORE_FULL' : 'BLOB_WRITE_FAILED', what, { cause });
}

/** 413: an object is never too large for S3, but may be for what is left of a quota of Swift's. */
function isFull({ status, code }: S3Trouble): boolean {
  return status === 507 || status === 413 || /Quota|StorageFull|InsufficientStorage/.test(code);
}
