import { createHash } from 'node:crypto';
import type { BlobStore, ListedBlobStore } from '../platform/blobs/blob-store.ts';
import { BackupError } from './errors.ts';

/** Read at once of an object that is copied. Bytes. */
const pieceBytes = 4 * 1024 * 1024;
const digestBytes = 32;

async function* rangesOf(store: Pick<BlobStore, 'read'>, name: string, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes; at += pieceBytes) yield await store.read(name, at, Math.min(bytes, at + pieceBytes));
}

/** Copies a sealed object as it is, and its SHA-256 behind it. Format: docs/formats/backup.md. */
export async function copyOf(
  from: Pick<BlobStore, 'read'>,
  to: Pick<BlobStore, 'put'>,
  name: string,
  bytes: number,
): Promise<void> {
  await to.put(
    name,
    (async function* () {
      const hash = createHash('sha256');
      for await (const piece of rangesOf(from, name, bytes)) {
        hash.update(piece);
        yield piece;
      }
      yield hash.digest();
    })(),
  );
}

/**
 * The sealed object in such a copy. Whoever writes what this gives has a whole object only when it ended without throwing.
 *
 * @throws BackupError BACKUP_DAMAGED
 * @throws BlobError  of the store
 */
export async function* readCopy(
  from: Pick<ListedBlobStore, 'read' | 'facts'>,
  name: string,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  const found = (await from.facts(name)).bytes;
  if (found !== bytes + digestBytes)
    throw new BackupError(
      'BACKUP_DAMAGED',
      `the copy of object ${name} has ${found} bytes and not ${bytes + digestBytes}`,
    );
  const hash = createHash('sha256');
  for await (const piece of rangesOf(from, name, bytes)) {
    hash.update(piece);
    yield piece;
  }
  const digest = await from.read(name, bytes, bytes + digestBytes);
  if (!hash.digest().equals(digest))
    throw new BackupError('BACKUP_DAMAGED', `the copy of object ${name} is not what was copied`);
}

/** Does the work for each, so many at once; the first trouble ends it, once those under way are done. */
export async function eachOf<T>(
  items: AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | undefined;
  try {
    for await (const item of items) {
      const one: Promise<void> = work(item)
        .catch((error: unknown) => {
          failed ??= { error };
        })
        .finally(() => underWay.delete(one));
      underWay.add(one);
      if (underWay.size >= atOnce) await Promise.race(underWay);
      if (failed) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failed) throw failed.error;
}
