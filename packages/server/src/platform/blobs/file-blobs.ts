import { access, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolderDurably, writeDurably } from '../durable-file.ts';
import {
  BlobError,
  isBlobName,
  type ListedBlobStore,
  listPageNames,
  requireBlobName,
  unlessStopped,
} from './blob-store.ts';
import { requireMark } from './file-store-mark.ts';
import { OpenFiles } from './open-files.ts';
import { PieceSource } from './piece-source.ts';

/** What is not whole yet lies apart: a crash leaves it here and nowhere else, whatever the number of objects. */
const incoming = 'incoming';
const shelfForm = /^[0-9a-f]{2}$/;
/** Reading a frame takes two reads of one file, and the next frame is mostly in the same one. */
const openAtOnce = 64;

/**
 * Objects as files under `folder`, spread over 256 shelves by the first two digits of their random names. `marked`: nothing is
 * made in a folder that does not carry the mark of a store.
 */
export function fileBlobs(folder: string, { marked = false } = {}): ListedBlobStore {
  const made = new Map<string, Promise<void>>();
  const files = new OpenFiles(openAtOnce);
  /** Names being written here. Between two programs on one folder the temporary name decides, which only one can make. */
  const underWay = new Set<string>();

  const fileOf = (name: string): string => {
    requireBlobName(name);
    return join(folder, name.slice(0, 2), name);
  };
  const makeHere = async (place: string): Promise<void> => {
    if (marked) await requireMark(folder);
    await makeFolderDurably(place, 0o700);
  };
  /** Whoever comes while a folder is being made waits for it, too; where that failed, the next tries anew. */
  const make = (place: string): Promise<void> => {
    const there = made.get(place);
    if (there) return there;
    const making = makeHere(place);
    made.set(place, making);
    making.catch(() => {
      if (made.get(place) === making) made.delete(place);
    });
    return making;
  };
  /**
   * How often a write failed on a shelf. The kernel tells of a lost entry once, to one of those who sync the folder: the
   * others hear that all is well, though their entry may be lost, too.
   */
  const failures = new Map<string, number>();

  return {
    async put(name, pieces, signal) {
      const file = fileOf(name);
      unlessStopped(signal);
      if (underWay.has(name)) throw exists(name);
      underWay.add(name);
      const temporary = join(folder, incoming, name);
      const shelf = name.slice(0, 2);
      const failuresBefore = failures.get(shelf);
      const source = new PieceSource(pieces, signal);
      try {
        await make(folder);
        await Promise.all([make(join(folder, shelf)), make(join(folder, incoming))]);
        if (await isThere(file)) throw exists(name);
        await writeDurably(file, source.pieces, 0o600, temporary).catch(async (error: unknown) => {
          // EEXIST: another's is under way.
          if (source.failed || codeOf(error) === 'EEXIST') throw error;
          failures.set(shelf, (failures.get(shelf) ?? 0) + 1);
          // Where the folder's fsync failed its name is there, and nobody knows for how long.
          await unlink(file).catch(() => {});
          throw error;
        });
        if (failures.get(shelf) !== failuresBefore) {
          await unlink(file).catch(() => {});
          throw writeFailed(`object ${name} may not be durable`, new Error('a write beside it failed'));
        }
      } catch (cause) {
        if (source.failed) throw source.failed.error;
        if (cause instanceof BlobError) throw cause;
        if (codeOf(cause) === 'EEXIST' && (await isThere(temporary))) throw exists(name);
        // Made anew by the next: it may have been cleared away under us.
        made.clear();
        throw writeFailed(`object ${name} could not be written`, cause);
      } finally {
        underWay.delete(name);
        source.close();
      }
    },

    async read(name, start, end) {
      const file = fileOf(name);
      return files
        .use(file, async (handle) => {
          const bytes = new Uint8Array(end - start);
          for (let filled = 0; filled < bytes.length; ) {
            const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
            if (bytesRead === 0) throw new BlobError('BLOB_CUT_SHORT', `object ${name} is shorter than its row says`);
            filled += bytesRead;
          }
          return bytes;
        })
        .catch((cause: unknown) => {
          throw cause instanceof BlobError ? cause : readFailed(name, cause);
        });
    },

    async facts(name) {
      const { size, mtime } = await stat(fileOf(name)).catch((cause: unknown) => {
        throw readFailed(name, cause);
      });
      return { bytes: size, writtenAt: mtime };
    },

    async remove(name) {
      const file = fileOf(name);
      files.forget(file);
      await unlink(file).catch((cause: unknown) => {
        if (codeOf(cause) !== 'ENOENT') throw writeFailed(`object ${name} could not be removed`, cause);
      });
    },

    async *list(after = '') {
      const shelves = (await namesIn(folder)).filter((shelf) => shelfForm.test(shelf) && shelf >= after.slice(0, 2));
      for (const shelf of shelves.sort()) {
        const here = (await namesIn(join(folder, shelf))).filter(
          (name) => isBlobName(name) && name.startsWith(shelf) && name > after,
        );
        here.sort();
        for (let at = 0; at < here.length; at += listPageNames) yield here.slice(at, at + listPageNames);
      }
    },

    async unfinished(before, what) {
      let [count, bytes] = [0, 0];
      for (const name of await namesIn(join(folder, incoming))) {
        const file = join(folder, incoming, name);
        const found = await stat(file).catch(() => undefined);
        if (found === undefined || found.mtime >= before) continue;
        if (what === 'remove') {
          await unlink(file).catch((cause: unknown) => {
            if (codeOf(cause) !== 'ENOENT') throw writeFailed('a leftover could not be removed', cause);
          });
        }
        count += 1;
        bytes += found.size;
      }
      return { count, bytes };
    },
  };
}

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | null)?.code;

const exists = (name: string): BlobError => new BlobError('BLOB_EXISTS', `object ${name} exists`);

function readFailed(name: string, cause: unknown): BlobError {
  return codeOf(cause) === 'ENOENT'
    ? new BlobError('BLOB_MISSING', `object ${name} is not there`, { cause })
    : new BlobError('BLOB_READ_FAILED', `object ${name} could not be read`, { cause });
}

function writeFailed(what: string, cause: unknown): BlobError {
  const full = ['ENOSPC', 'EDQUOT'].includes(codeOf(cause) ?? '');
  return new BlobError(full ? 'BLOB_STORE_FULL' : 'BLOB_WRITE_FAILED', what, { cause });
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return [];
    throw new BlobError('BLOB_READ_FAILED', 'a folder of objects could not be listed', { cause });
  });
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
