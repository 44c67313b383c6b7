import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolderDurably } from '../durable-file.ts';
import { BlobError, type ListedBlobStore } from './blob-store.ts';

/** An empty folder. A file would be taken for an object that nobody knows. */
const markName = 'symbolon-store';

async function hasMark(folder: string): Promise<boolean> {
  return stat(join(folder, markName)).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * A folder whose disk is not mounted looks like an empty one: what is written into it is on another disk, and gone when the
 * right one comes back. So a store carries a mark, and without it nothing is made in its folder.
 *
 * @throws BlobError BLOB_WRITE_FAILED
 */
export async function requireMark(folder: string): Promise<void> {
  if (await hasMark(folder)) return;
  throw new BlobError('BLOB_WRITE_FAILED', `${folder} does not hold the store: its disk may not be there`);
}

/**
 * Marks a store at a start, where it is known to be the right one: it is new, or holds objects as an earlier version left it.
 *
 * @throws Error  in words for whoever starts the exchange
 */
export async function markStore(
  folder: string,
  store: ListedBlobStore,
  expected: () => Promise<boolean>,
): Promise<void> {
  if (await hasMark(folder)) return;
  if (!(await holdsAny(store)) && (await expected()))
    throw new Error(
      `${folder} is empty, and the database knows of objects in it. Is its disk mounted, and is it the right folder? Nothing was changed.`,
    );
  await makeFolderDurably(join(folder, markName), 0o700);
}

async function holdsAny(store: ListedBlobStore): Promise<boolean> {
  for await (const names of store.list()) if (names.length > 0) return true;
  return false;
}
