import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Holds a folder for this process alone, until it ends, however it ends.
 *
 * The lock is SQLite's own (POSIX record locks), which the kernel drops with the process: nothing is left behind by
 * `kill -9`, no process id has to be guessed at, and containers that share the folder see each other.
 */
export class FolderLock {
  readonly #database: DatabaseSync;
  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Returns the lock, or the process id of its holder (undefined where that is unknown). */
  static take(folder: string): FolderLock | { readonly heldBy: number | undefined } {
    mkdirSync(folder, { recursive: true });
    const database = new DatabaseSync(join(folder, 'exchange.lock'));
    const holderFile = join(folder, 'exchange.pid');
    try {
      database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch {
      database.close();
      let heldBy: number | undefined;
      try {
        heldBy = Number(readFileSync(holderFile, 'utf8')) || undefined;
      } catch {}
      return { heldBy };
    }
    writeFileSync(holderFile, `${process.pid}\n`);
    return new FolderLock(database);
  }

  release(): void {
    this.#database.close();
  }
}
