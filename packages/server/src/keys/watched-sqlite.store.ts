import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openSqlite } from '../platform/db/sqlite-file.ts';
import { KeysError } from './keys-error.ts';

/** What a file is made of. `version` stands in it as `user_version`; another is refused. */
export type SqliteTables = { readonly version: number; readonly tables: string };

/** SQLITE_CORRUPT, SQLITE_NOTADB: waiting does not mend these. But EIO of a read is told as the first of them, too. */
const corrupt = new Set([11, 26]);
const constraint = 19;
/** So long a file that was found damaged is not looked through again: a large one takes a second. Milliseconds. */
const damagedForMs = 60_000;
const lookBytes = 1 << 20;

/**
 * A SQLite file that may go away and come back: a disk that is unmounted, a folder that is restored from a backup.
 *
 * An open file outlives its name, and what is written to it then is lost with it. So each use looks (3 µs) whether the
 * name still leads to the file that is open, and opens what is there now where it does not. It is made once, by `make`;
 * never again by itself, since an empty key store in place of a missing one would hide the loss.
 */
export class WatchedSqlite {
  readonly file: string;
  readonly #form: SqliteTables;
  readonly #statements = new Map<string, StatementSync>();
  #damaged: { readonly inode: number; readonly foundAt: number } | undefined;
  #open: { readonly database: DatabaseSync; readonly inode: number; readonly device: number } | undefined;

  constructor(file: string, form: SqliteTables) {
    this.file = file;
    this.#form = form;
  }

  /** Tables and version come in one transaction: where a crash came before it, the file is there, and still to be made. */
  get made(): boolean {
    if (!existsSync(this.file)) return false;
    let database: DatabaseSync | undefined;
    try {
      database = openSqlite(this.file);
      return versionIn(database) !== 0;
    } catch {
      // What is there is no such file, or cannot be read now: whoever uses it says which.
      return true;
    } finally {
      database?.close();
    }
  }

  /** Makes the file with its tables where there is none. */
  make(): void {
    if (this.made) return;
    const database = openSqlite(this.file);
    database.exec(`begin immediate; ${this.#form.tables}; pragma user_version = ${this.#form.version}; commit`);
    database.close();
  }

  prepare(statement: string): StatementSync {
    let prepared = this.#statements.get(statement);
    if (!prepared) {
      prepared = this.#connection().prepare(statement);
      this.#statements.set(statement, prepared);
    }
    return prepared;
  }

  /** Reads or writes with single statements, each a transaction by itself. */
  use<T>(work: (sqlite: WatchedSqlite) => T): T {
    try {
      this.#database();
      return work(this);
    } catch (error) {
      throw this.#translated(error);
    }
  }

  /** All or none; durable when it returns. */
  transaction<T>(work: (sqlite: WatchedSqlite) => T): T {
    return this.use(() => {
      const database = this.#connection();
      database.exec('begin immediate');
      try {
        const result = work(this);
        database.exec('commit');
        return result;
      } catch (error) {
        // SQLite rolls some errors back by itself; a second rollback must not hide the first reason.
        if (database.isTransaction) database.exec('rollback');
        throw error;
      }
    });
  }

  /** Writes the file anew without what was deleted: pages that were split earlier may keep copies. */
  vacuum(): void {
    this.use(() => this.#connection().exec('vacuum'));
  }

  /** Writes and takes it back: the journal must be one that can be opened, but nothing is synced. */
  tryToWrite(statement: string): void {
    this.use(() => {
      const database = this.#connection();
      database.exec('begin immediate');
      try {
        this.prepare(statement).run();
      } finally {
        if (database.isTransaction) database.exec('rollback');
      }
    });
  }

  close(): void {
    this.#statements.clear();
    this.#open?.database.close();
    this.#open = undefined;
  }

  #connection(): DatabaseSync {
    return this.#open?.database ?? this.#database();
  }

  /** Looks whether what is open is what is there. */
  #database(): DatabaseSync {
    const now = statSync(this.file, { throwIfNoEntry: false });
    if (now === undefined) {
      throw new KeysError('KEYS_UNAVAILABLE', `${this.file} is not there`);
    }
    if (this.#open && this.#open.inode === now.ino && this.#open.device === now.dev) return this.#open.database;
    this.close();
    const database = openSqlite(this.file);
    const version = versionIn(database);
    if (version !== this.#form.version) {
      database.close();
      throw new KeysError('KEYRING_VERSION_UNKNOWN', `${this.file} has version ${version}, not ${this.#form.version}`);
    }
    this.#open = { database, inode: now.ino, device: now.dev };
    return database;
  }

  /** Whether the file itself is not what it should be: it can be read from end to end, and a fresh look at it says so, too. */
  #isDamaged(): boolean {
    this.close();
    const inode = statSync(this.file, { throwIfNoEntry: false })?.ino;
    if (inode === undefined) return false;
    if (this.#damaged?.inode === inode && performance.now() - this.#damaged.foundAt < damagedForMs) return true;
    if (!canBeRead(this.file) || isSound(this.file)) return false;
    this.#damaged = { inode, foundAt: performance.now() };
    return true;
  }

  #translated(error: unknown): unknown {
    const { code, errcode, syscall } = Object(error) as { code?: string; errcode?: number; syscall?: string };
    if (code === 'ERR_SQLITE_ERROR' && errcode !== undefined && (errcode & 0xff) !== constraint) {
      const name = corrupt.has(errcode & 0xff) && this.#isDamaged() ? 'KEYRING_DAMAGED' : 'KEYS_UNAVAILABLE';
      return new KeysError(name, `${this.file}: SQLite says ${errcode}`, { cause: error });
    }
    if (syscall !== undefined && code !== undefined)
      return new KeysError('KEYS_UNAVAILABLE', `${this.file} cannot be reached: ${code}`, { cause: error });
    return error;
  }
}

function versionIn(database: DatabaseSync): number {
  return (database.prepare('pragma user_version').get() as { user_version: number }).user_version;
}

export function isTaken(error: unknown): boolean {
  const { code, errcode } = Object(error) as { code?: string; errcode?: number };
  return code === 'ERR_SQLITE_ERROR' && ((errcode ?? 0) & 0xff) === constraint;
}

function canBeRead(file: string): boolean {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const bytes = new Uint8Array(lookBytes);
      for (let at = 0, read = 1; read > 0; at += read) read = readSync(descriptor, bytes, 0, lookBytes, at);
      return true;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

function isSound(file: string): boolean {
  try {
    const database = openSqlite(file);
    try {
      return database.prepare('pragma quick_check(1)').get()?.quick_check === 'ok';
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}
