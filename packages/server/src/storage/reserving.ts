import { BlobError, type ListedBlobStore, type Pieces } from '../platform/blobs/blob-store.ts';
import type { DiskWatch } from './disk-watch.ts';
import { StorageError } from './errors.ts';

/** A stream, of which nobody knows how long it will be, asks again whenever so much more of it was written. Bytes. */
const askEveryBytes = 16 * 1024 * 1024;

/** A blob store that takes nothing new once the disks are down to their reserve. Whoever wraps it sees a store that is full. */
export function reserving(store: ListedBlobStore, watch: Pick<DiskWatch, 'require'>): ListedBlobStore {
  const require = async (bytes: number): Promise<void> => {
    await watch.require(bytes).catch((cause: unknown) => {
      if (cause instanceof StorageError) throw new BlobError('BLOB_STORE_FULL', cause.message, { cause });
      throw cause;
    });
  };
  async function* asking(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let since = 0;
    for await (const piece of pieces) {
      since += piece.length;
      if (since >= askEveryBytes) {
        await require(since);
        since = 0;
      }
      yield piece;
    }
  }
  return {
    ...store,
    async put(name, pieces, signal) {
      await require(isWhole(pieces) ? pieces.reduce((sum, piece) => sum + piece.length, 0) : askEveryBytes);
      return store.put(name, isWhole(pieces) ? pieces : asking(pieces), signal);
    },
  };
}

const isWhole = (pieces: Pieces): pieces is readonly Uint8Array[] => Array.isArray(pieces);
