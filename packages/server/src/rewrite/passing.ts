import { BlobError } from '../platform/blobs/blob-store.ts';
import { isDatabaseAway } from '../platform/db/database.ts';

/** Trouble with no pack: it passes or is mended, and what was to be written anew waits for that. */
export function isPassing(error: unknown): boolean {
  return isDatabaseAway(error) || (error instanceof BlobError && error.code !== 'BLOB_READ_FAILED');
}
