import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes a file's bytes durable, or a folder's entries: without that a file's name may be lost though its bytes were not. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  // Whoever waits for a failure hears of it at once: others may be told in the same moment that all is well.
  await handle.sync().catch((error: unknown) => {
    handle.close().catch(() => {});
    throw error;
  });
  await handle.close();
}

/**
 * Makes a folder and what leads to it, each entry durable. One that is there already may have been made a moment ago, by
 * somebody whose sync has not ended, or failed, or never came: so its own entry is synced again.
 */
export async function makeFolderDurably(folder: string, mode = 0o755): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode });
  if (first === undefined) {
    await sync(dirname(folder)).catch((error: NodeJS.ErrnoException) => {
      // Above it is somebody else's, who lets us in and not look: then they made the folder, too.
      if (error.code !== 'EACCES') throw error;
    });
    return;
  }
  for (let at = folder; at.length >= first.length; at = dirname(at)) await sync(dirname(at));
}

/**
 * Writes a whole file so that a crash leaves the old one or the new one: temporary name, fsync, rename, fsync. `temporary`
 * lies in the same file system. Where the last fsync fails, the new name may be there and is not durable.
 */
export async function writeDurably(
  file: string,
  content: string | Uint8Array | readonly Uint8Array[] | AsyncIterable<Uint8Array>,
  mode = 0o600,
  temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`,
): Promise<void> {
  const handle = await open(temporary, 'wx', mode);
  try {
    if (Array.isArray(content)) await writeAll(handle, content);
    else if (typeof content === 'string' || content instanceof Uint8Array) await handle.writeFile(content);
    else await writeStream(handle, content as AsyncIterable<Uint8Array>);
    await handle.sync();
    await handle.close();
    await rename(temporary, file);
  } catch (error) {
    await handle.close().catch(() => {});
    await unlink(temporary).catch(() => {});
    throw error;
  }
  await sync(dirname(file));
}

/** So many at once: a file system makes those durable together that wait for it together. */
const syncsAtOnce = 16;

/**
 * Gives a folder that others filled its name, so that a crash leaves no folder of that name or the whole of it. `from` lies
 * beside `to`. Symbolic links are names in their folder, and are not followed.
 */
export async function renameFolderDurably(from: string, to: string): Promise<void> {
  const inside = await readdir(from, { recursive: true, withFileTypes: true });
  const paths = inside
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
  const all = [...paths, from][Symbol.iterator]();
  const syncNext = async (): Promise<void> => {
    for (const path of all) await sync(path);
  };
  await Promise.all(Array.from({ length: syncsAtOnce }, syncNext));
  await rename(from, to);
  await sync(dirname(to));
}

/** So much of a stream is gathered for one `writev`: a call for each small piece would cost more than its bytes. */
const runBytes = 1024 * 1024;

async function writeStream(handle: FileHandle, content: AsyncIterable<Uint8Array>): Promise<void> {
  let run: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of content) {
    run.push(piece);
    bytes += piece.length;
    if (bytes < runBytes) continue;
    await writeAll(handle, run);
    run = [];
    bytes = 0;
  }
  await writeAll(handle, run);
}

/** `writev` in runs the kernel takes (1,024 pieces), carried on where it stopped short. */
async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  for (let first = 0; first < pieces.length; first += 1024) {
    let run = pieces.slice(first, first + 1024);
    while (run.length > 0) {
      let { bytesWritten } = await handle.writev(run);
      let done = 0;
      while (done < run.length && bytesWritten >= (run[done] as Uint8Array).length) {
        bytesWritten -= (run[done] as Uint8Array).length;
        done += 1;
      }
      run = run.slice(done);
      if (bytesWritten > 0) run[0] = (run[0] as Uint8Array).subarray(bytesWritten);
    }
  }
}
