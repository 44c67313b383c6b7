import { WatchedSqlite } from './watched-sqlite.store.ts';

/** A version of a key, under generation `root` of its chain's root; `sealed` is null once it was destroyed. */
export type KeyringRow = {
  readonly name: string;
  readonly version: number;
  readonly purpose: string;
  readonly root: number;
  readonly sealed: Uint8Array | null;
  readonly madeAt: number;
  readonly destroyedAt: number | null;
};

const tables = `create table keys (
  name text not null, version integer not null, purpose text not null, root integer not null, sealed blob,
  made_at integer not null, destroyed_at integer, primary key (name, version)) strict, without rowid`;

const columns = 'name, version, purpose, root, sealed, made_at as "madeAt", destroyed_at as "destroyedAt"';

/** The local keyring's file: versions of keys by name, each wrapped under its chain's root key. */
export class KeyringStore {
  readonly sqlite: WatchedSqlite;

  constructor(file: string) {
    this.sqlite = new WatchedSqlite(file, { version: 2, tables });
  }

  /** A version of a key; without a number the newest. */
  find(name: string, version?: number): KeyringRow | undefined {
    return this.sqlite.use((sqlite) =>
      version === undefined
        ? sqlite.prepare(`select ${columns} from keys where name = ? order by version desc limit 1`).get(name)
        : sqlite.prepare(`select ${columns} from keys where name = ? and version = ?`).get(name, version),
    ) as KeyringRow | undefined;
  }

  versions(name: string): KeyringRow[] {
    return this.sqlite.use((sqlite) =>
      sqlite.prepare(`select ${columns} from keys where name = ? order by version`).all(name),
    ) as KeyringRow[];
  }

  /** Adds a version; false where it is there. */
  add(row: KeyringRow): boolean {
    return this.sqlite.use((sqlite) => {
      const { name, version, purpose, root, sealed, madeAt, destroyedAt } = row;
      const { changes } = sqlite
        .prepare('insert into keys values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing')
        .run(name, version, purpose, root, sealed, madeAt, destroyedAt);
      return changes === 1;
    });
  }

  /** Keys of a chain that stand under an older root than this. */
  underRootsBefore(chain: string, root: number): KeyringRow[] {
    return this.sqlite.use((sqlite) =>
      sqlite
        .prepare(`select ${columns} from keys where name >= ? and name < ? and root < ? and sealed is not null`)
        .all(`${chain}/`, `${chain}0`, root),
    ) as KeyringRow[];
  }

  /** Puts wraps under a new root in place of the old ones; one that was changed meanwhile is left for the next look. */
  rewrap(rows: readonly { readonly was: KeyringRow; readonly sealed: Uint8Array; readonly root: number }[]): void {
    this.sqlite.transaction((sqlite) => {
      for (const { was, sealed, root } of rows) {
        sqlite
          .prepare('update keys set sealed = ?, root = ? where name = ? and version = ? and sealed = ?')
          .run(sealed, root, was.name, was.version, was.sealed);
      }
    });
  }

  /** Destroys versions, and overwrites where they stood; their numbers stay taken. */
  destroy(name: string, version: number | undefined, now: Date): void {
    const { changes } = this.sqlite.use((sqlite) =>
      sqlite
        .prepare(
          'update keys set sealed = null, destroyed_at = ? where name = ? and (? is null or version = ?) and sealed is not null',
        )
        .run(now.getTime(), name, version ?? null, version ?? null),
    );
    if (changes > 0) this.sqlite.vacuum();
  }

  all(): KeyringRow[] {
    return this.sqlite.use((sqlite) =>
      sqlite.prepare(`select ${columns} from keys order by name, version`).all(),
    ) as KeyringRow[];
  }
}
