import type { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../platform/db/sqlite-file.ts';

export type Chain = 'identity' | 'image' | 'audit';
/** Which random key: an account's own (for tokens and its own records), a patient's, a study's. */
export type KeyKind = 'account' | 'patient' | 'study';
export type WrapRow = {
  readonly chain: Chain;
  readonly kind: KeyKind;
  readonly id: string;
  readonly wrapped: Uint8Array;
};

/**
 * Every wrapped key, in a file of its own outside the data: a backup of the data opens with today's keys or not at all,
 * and deleting a row here is what erasure will be.
 */
export class KeyStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = openSqlite(file);
    this.#database.exec(
      `create table if not exists wraps (
        chain text not null, kind text not null, id text not null, wrapped blob not null, created_at text not null,
        primary key (chain, kind, id)) strict, without rowid`,
    );
  }

  find(chain: Chain, kind: KeyKind, id: string): Uint8Array | undefined {
    const row = this.#database
      .prepare('select wrapped from wraps where chain = ? and kind = ? and id = ?')
      .get(chain, kind, id);
    return row?.wrapped as Uint8Array | undefined;
  }

  /** Adds rows, all or none; durable when it returns. */
  add(rows: readonly WrapRow[], now: Date): void {
    const insert = this.#database.prepare(
      'insert into wraps (chain, kind, id, wrapped, created_at) values (?, ?, ?, ?, ?)',
    );
    this.#database.exec('begin immediate');
    try {
      for (const row of rows) insert.run(row.chain, row.kind, row.id, row.wrapped, now.toISOString());
      this.#database.exec('commit');
    } catch (error) {
      this.#database.exec('rollback');
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }
}
