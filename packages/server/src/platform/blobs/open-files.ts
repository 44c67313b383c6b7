import { type FileHandle, open } from 'node:fs/promises';

type Entry = { readonly handle: Promise<FileHandle>; users: number; forgotten: boolean };

/** A frame is followed by the next: a file that nobody read for so long is closed. Milliseconds. */
const idleMs = 5_000;

/**
 * Files opened for reading, kept open between reads: the least recently used at most `most`, none longer than it is idle.
 * Whoever reads holds theirs open, however many there are.
 */
export class OpenFiles {
  readonly #most: number;
  readonly #entries = new Map<string, Entry & { usedAt: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  async use<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
    let entry = this.#entries.get(file);
    if (entry === undefined) {
      const handle = open(file, 'r');
      entry = { handle, users: 0, forgotten: false, usedAt: 0 };
      const opening = entry;
      handle.catch(() => this.#entries.get(file) === opening && this.#entries.delete(file));
    }
    // To the end of the line: the first is the least recently used.
    this.#entries.delete(file);
    this.#entries.set(file, entry);
    entry.usedAt = performance.now();
    entry.users += 1;
    try {
      const handle = await entry.handle;
      this.#closeBeyond();
      return await work(handle);
    } finally {
      entry.users -= 1;
      if (entry.forgotten) close(entry);
      else this.#timer ??= setTimeout(() => this.#closeIdle(), idleMs).unref();
    }
  }

  /** Closes a file as soon as nobody reads it; the next read opens it anew. */
  forget(file: string): void {
    const entry = this.#entries.get(file);
    if (entry === undefined) return;
    this.#entries.delete(file);
    entry.forgotten = true;
    close(entry);
  }

  #closeBeyond(): void {
    for (const [file, entry] of this.#entries) {
      if (this.#entries.size <= this.#most) return;
      if (entry.users === 0) this.forget(file);
    }
  }

  #closeIdle(): void {
    this.#timer = undefined;
    const since = performance.now() - idleMs;
    for (const [file, entry] of this.#entries) if (entry.users === 0 && entry.usedAt <= since) this.forget(file);
    if (this.#entries.size > 0) this.#timer = setTimeout(() => this.#closeIdle(), idleMs).unref();
  }
}

function close(entry: Entry): void {
  if (entry.users > 0) return;
  entry.handle.then((handle) => handle.close()).catch(() => {});
}
