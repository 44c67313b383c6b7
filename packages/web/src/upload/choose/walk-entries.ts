import type { Chosen } from '../messages.ts';

export type Found = { readonly chosen: readonly Chosen[]; readonly unreadable: readonly string[] };

/** The parts of a browser's FileSystemEntry that walking needs. */
export type Entry = {
  readonly isDirectory: boolean;
  readonly fullPath: string;
};
type FileEntry = Entry & { file(done: (file: File) => void, failed: (error: unknown) => void): void };
type Reader = { readEntries(done: (entries: Entry[]) => void, failed: (error: unknown) => void): void };
type FolderEntry = Entry & { createReader(): Reader };

/** Files that are opened at once; each is a question to the browser. */
const openedAtOnce = 50;

function fileOf(entry: Entry): Promise<File> {
  return new Promise((resolve, reject) => (entry as FileEntry).file(resolve, reject));
}

/** A reader gives a hundred at a time, and nothing when there are no more. */
async function* entriesOf(folder: Entry): AsyncGenerator<readonly Entry[]> {
  const reader = (folder as FolderEntry).createReader();
  for (;;) {
    const entries = await new Promise<Entry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    yield entries;
  }
}

/**
 * Every file in what was dropped, at any depth, a handful at a time. Paths count from what was dropped; folders and files
 * that cannot be read are named, and the rest goes on.
 */
export async function* walkEntries(
  dropped: readonly Entry[],
  handful: number,
  signal: AbortSignal,
): AsyncGenerator<Found> {
  let chosen: Chosen[] = [];
  let unreadable: string[] = [];
  const pathOf = (entry: Entry) => entry.fullPath.replace(/^\//, '');

  async function open(entries: readonly Entry[], given: boolean): Promise<void> {
    for (let at = 0; at < entries.length && !signal.aborted; at += openedAtOnce) {
      const some = entries.slice(at, at + openedAtOnce);
      const files = await Promise.all(some.map((entry) => fileOf(entry).catch(() => undefined)));
      for (const [index, file] of files.entries()) {
        const path = pathOf(some[index] as Entry);
        if (file === undefined) unreadable.push(path);
        else chosen.push({ file, path, given });
      }
    }
  }

  await open(
    dropped.filter((entry) => !entry.isDirectory),
    true,
  );
  const folders = dropped.filter((entry) => entry.isDirectory).reverse();
  for (let folder = folders.pop(); folder !== undefined && !signal.aborted; folder = folders.pop()) {
    const within: Entry[] = [];
    try {
      for await (const entries of entriesOf(folder)) {
        within.push(...entries.filter((entry) => entry.isDirectory));
        await open(
          entries.filter((entry) => !entry.isDirectory),
          false,
        );
        if (chosen.length + unreadable.length < handful) continue;
        yield { chosen, unreadable };
        [chosen, unreadable] = [[], []];
      }
    } catch {
      unreadable.push(pathOf(folder));
    }
    folders.push(...within.reverse());
  }
  yield { chosen, unreadable };
}
