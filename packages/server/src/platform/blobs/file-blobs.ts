import { access, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolderDurably, writeDurably } from '../durable-file.ts';
import { BlobError, type BlobStore } from './blob-store.ts';

const nameForm = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Objects as files under `folder`, spread over 256 folders by the first two digits of their random names. */
export function fileBlobs(folder: string): BlobStore {
  const known = new Set<string>();

  function fileOf(name: string): string {
    if (!nameForm.test(name)) throw new BlobError('BLOB_NAME_INVALID', 'an object name is a UUID');
    return join(folder, name.slice(0, 2), name);
  }

  return {
    async put(name, pieces) {
      const file = fileOf(name);
      const shelf = join(folder, name.slice(0, 2));
      try {
        if (!known.has(shelf)) {
          await makeFolderDurably(shelf, 0o700);
          known.add(shelf);
        }
        if (await exists(file)) throw new BlobError('BLOB_EXISTS', `object ${name} exists`);
        await writeDurably(file, pieces);
      } catch (cause) {
        if (cause instanceof BlobError) throw cause;
        known.delete(shelf);
        throw new BlobError('BLOB_WRITE_FAILED', `object ${name} could not be written`, { cause });
      }
    },

    async read(name, start, end) {
      const handle = await open(fileOf(name), 'r').catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') throw new BlobError('BLOB_MISSING', `object ${name} is not there`, { cause });
        throw cause;
      });
      try {
        const bytes = new Uint8Array(end - start);
        for (let filled = 0; filled < bytes.length; ) {
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
          if (bytesRead === 0) throw new BlobError('BLOB_CUT_SHORT', `object ${name} is shorter than its row says`);
          filled += bytesRead;
        }
        return bytes;
      } finally {
        await handle.close();
      }
    },

    async remove(name) {
      await unlink(fileOf(name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    },
  };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
