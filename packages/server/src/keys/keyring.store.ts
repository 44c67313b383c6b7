import type { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../platform/db/sqlite-file.ts';

export type KeyringRow = { readonly kind: string; readonly sealed: Uint8Array };

/** The local keyring's file: keys by name, each wrapped under its chain's root key. */
export class KeyringStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = openSqlite(file);
    this.#database.exec(
      'create table if not exists keys (name text primary key, kind text not null, sealed blob not null, created_at text not null) strict',
    );
  }

  find(name: string): KeyringRow | undefined {
    return this.#database.prepare('select kind, sealed from keys where name = ?').get(name) as KeyringRow | undefined;
  }

  /** Adds a key unless the name is taken. */
  add(name: string, row: KeyringRow, now: Date): void {
    this.#database
      .prepare('insert into keys (name, kind, sealed, created_at) values (?, ?, ?, ?) on conflict do nothing')
      .run(name, row.kind, row.sealed, now.toISOString());
  }

  close(): void {
    this.#database.close();
  }
}
