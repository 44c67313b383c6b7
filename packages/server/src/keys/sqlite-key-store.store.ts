import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FolderLock } from '../platform/folder-lock.ts';
import type { Found, KeyCount, KeyEvent, KeyStore, PatientKey, Wrap, WrapName } from './key-store.ts';
import { KeysError } from './keys-error.ts';
import { erased, tombstoneOf } from './tombstones.ts';
import { isTaken, WatchedSqlite } from './watched-sqlite.store.ts';

const form = {
  version: 2,
  tables: `
    create table wraps (
      family text not null, chain text not null, kind text not null, id text not null, account_id text not null,
      generation integer not null, under integer not null, wrapped blob not null, made_at integer not null,
      primary key (family, chain, kind, id)) strict, without rowid;
    create index patients_by_age on wraps (account_id, made_at, family) where kind = 'patient' and chain = 'identity';
    create index accounts on wraps (account_id) where kind = 'account' and chain = 'identity';
    create table events (
      id text primary key, at integer not null, what text not null, account_id text, detail text not null,
      audited integer not null) strict`,
};

type Row = {
  family: string;
  chain: Wrap['chain'];
  kind: Wrap['kind'];
  id: string;
  account_id: string;
  generation: number;
  under: number;
  wrapped: Uint8Array;
  made_at: number;
};

const wrapOf = ({ account_id: accountId, made_at, ...row }: Row): Wrap => ({
  ...row,
  accountId,
  madeAt: new Date(made_at),
});
const keyOf = ({ family, chain, kind, id }: WrapName) => [family, chain, kind, id] as const;
const byKey = 'family = ? and chain = ? and kind = ? and id = ?';

type EventRow = { id: string; at: number; what: KeyEvent['what']; account_id: string | null; detail: string };
const eventOf = ({ id, at, what, account_id, detail }: EventRow): KeyEvent => ({
  id,
  at: new Date(at),
  what,
  accountId: account_id,
  detail: JSON.parse(detail) as KeyEvent['detail'],
});

/** Parts of the id space that a census counts by itself, so that it holds nobody up: 3 ms each with a million studies. */
const censusParts = Array.from({ length: 257 }, (_, at) => (at === 256 ? '~' : at.toString(16).padStart(2, '0')));
const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

export const keyStoreFile = (file: string): WatchedSqlite => new WatchedSqlite(file, form);

/** The key store of one machine, in one file: forgets what is deleted, and is never ahead of the disk. */
export function sqliteKeyStore(sqlite: WatchedSqlite): KeyStore {
  function addEvent(event: KeyEvent): void {
    sqlite
      .prepare('insert into events (id, at, what, account_id, detail, audited) values (?, ?, ?, ?, ?, 0)')
      .run(event.id, event.at.getTime(), event.what, event.accountId, JSON.stringify(event.detail));
  }

  const insert = (wrap: Wrap): void => {
    try {
      sqlite
        .prepare('insert into wraps values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(...keyOf(wrap), wrap.accountId, wrap.generation, wrap.under, wrap.wrapped, wrap.madeAt.getTime());
    } catch (error) {
      if (isTaken(error)) throw new KeysError('KEY_EXISTS', `there is a ${wrap.chain} key of ${wrap.kind} ${wrap.id}`);
      throw error;
    }
  };

  /** Looks whether wraps stand under what is above them: patients under the account's version at least, others exactly. */
  function checkAbove(wraps: readonly Wrap[]): void {
    const seen = new Map<string, number | undefined>();
    for (const { kind, chain, family, accountId, under, id } of wraps) {
      if (kind === 'account') continue;
      const [above, column] = kind === 'patient' ? [accountId, 'under'] : [family, 'generation'];
      const name = `${chain} ${above} ${column}`;
      if (!seen.has(name)) {
        const row = sqlite
          .prepare(`select ${column} as at from wraps where ${byKey}`)
          .get(above, chain, kind === 'patient' ? 'account' : 'patient', above);
        seen.set(name, row?.at as number | undefined);
      }
      const at = seen.get(name);
      if (at === undefined)
        throw new KeysError('KEY_MISSING', `there is no ${chain} key for that of ${kind} ${id} to hang from`);
      if (kind === 'patient' ? under < at : under !== at)
        throw new KeysError(
          'KEY_SUPERSEDED',
          `what the ${chain} key of ${kind} ${id} hangs from was rotated meanwhile`,
        );
    }
  }

  const childLeftBehind = ({ family, chain, generation }: Wrap): boolean =>
    sqlite
      .prepare(`select 1 from wraps where family = ? and chain = ? and kind <> 'patient' and under <> ? limit 1`)
      .get(family, chain, generation) !== undefined;

  class Refused extends Error {}

  return {
    async find(name) {
      return sqlite.use(() => {
        // One statement, so that both are of one moment, each by the primary key.
        const rows = sqlite
          .prepare(`select * from wraps where ${byKey} union all select * from wraps where ${byKey}`)
          .all(...keyOf(name), name.family, name.chain, 'patient', name.family) as Row[];
        const [row, above] = rows;
        if (row?.kind !== name.kind || row.id !== name.id) return undefined;
        const found: Found = { wrap: wrapOf(row), above: above && name.kind !== 'patient' ? wrapOf(above) : undefined };
        return found;
      });
    },
    async add(wraps) {
      sqlite.transaction(() => {
        for (const wrap of wraps) insert(wrap);
        checkAbove(wraps);
      });
    },
    async replace(replacements, events = []) {
      try {
        sqlite.transaction(() => {
          for (const { was, now } of replacements) {
            const { changes } = sqlite
              .prepare(
                `update wraps set generation = ?, under = ?, wrapped = ?, made_at = ? where ${byKey} and wrapped = ?`,
              )
              .run(now.generation, now.under, now.wrapped, now.madeAt.getTime(), ...keyOf(was), was.wrapped);
            if (changes !== 1) throw new Refused();
          }
          for (const { was, now } of replacements) {
            if (now.kind === 'patient' && was.generation !== now.generation && childLeftBehind(now))
              throw new Refused();
          }
          checkAbove(replacements.map(({ now }) => now));
          for (const event of events) addEvent(event);
        });
        return true;
      } catch (error) {
        if (error instanceof Refused || (error instanceof KeysError && error.code === 'KEY_SUPERSEDED')) return false;
        throw error;
      }
    },
    async remove(names, tombstones = []) {
      const removed = sqlite.transaction(() => {
        for (const { id, at, accountId, kind, family, erasureId } of tombstones)
          sqlite
            .prepare(
              `insert into events (id, at, what, account_id, detail, audited) values (?, ?, '${erased}', ?, ?, 1) on conflict (id)
                do update set at = excluded.at, detail = excluded.detail
                where json_extract(events.detail, '$.kind') = 'study-data' and json_extract(excluded.detail, '$.kind') = 'study'`,
            )
            .run(id, at.getTime(), accountId, JSON.stringify({ kind, family, erasure: erasureId }));
        let count = 0;
        for (const name of names)
          count += Number(sqlite.prepare(`delete from wraps where ${byKey}`).run(...keyOf(name)).changes);
        return count;
      });
      if (removed > 0) sqlite.vacuum();
      return removed;
    },
    async tombstones(after, limit) {
      const rows = sqlite.use(() =>
        sqlite
          .prepare('select id, at, account_id, detail from events where what = ? and id > ? order by id limit ?')
          .all(erased, after, limit),
      );
      return (rows as EventRow[]).map(({ id, at, account_id, detail }) =>
        tombstoneOf({ id, at: new Date(at), accountId: account_id as string, detail: JSON.parse(detail) }),
      );
    },
    async backupsSince(since) {
      const rows = sqlite.use(() =>
        sqlite.prepare(`select at from events where what = 'backup' and at >= ? order by at`).all(since.getTime()),
      );
      return (rows as { at: number }[]).map(({ at }) => new Date(at));
    },
    async family(family) {
      return sqlite.use(() =>
        (sqlite.prepare('select * from wraps where family = ? order by chain, kind, id').all(family) as Row[]).map(
          wrapOf,
        ),
      );
    },
    async patients(accountId, madeBefore, after, limit) {
      const rows = sqlite.use(() =>
        sqlite
          .prepare(
            `select family, made_at from wraps where kind = 'patient' and chain = 'identity' and account_id = ? and made_at < ?
              and (made_at, family) > (?, ?) order by made_at, family limit ?`,
          )
          .all(accountId, madeBefore.getTime(), after?.madeAt.getTime() ?? -1, after?.family ?? '', limit),
      ) as { family: string; made_at: number }[];
      return rows.map(({ family, made_at }): PatientKey => ({ family, madeAt: new Date(made_at) }));
    },
    async accounts() {
      const rows = sqlite.use(() =>
        sqlite
          .prepare(`select account_id from wraps where kind = 'account' and chain = 'identity' order by account_id`)
          .all(),
      );
      return rows.map((row) => (row as { account_id: string }).account_id);
    },
    async census(accountId, since) {
      const counts = new Map<string, KeyCount>();
      for (const [at, from] of censusParts.slice(0, -1).entries()) {
        const rows = sqlite.use(() =>
          sqlite
            .prepare(
              `select chain, kind, count(*) as count, min(made_at) as oldest, max(made_at) as newest,
                min(case when made_at > ? then made_at end) as since
                from wraps where family >= ? and family < ? and (? is null or account_id = ?) group by chain, kind`,
            )
            .all(since.getTime(), from, censusParts[at + 1] as string, accountId ?? null, accountId ?? null),
        ) as CensusRow[];
        for (const row of rows) addCount(counts, row);
        if (rows.some(({ count }) => count > 500)) await turn();
      }
      return [...counts.values()];
    },
    async *pages(wrapsPerPage) {
      let after = '';
      for (;;) {
        const page = sqlite.use(() => {
          const rows = sqlite
            .prepare('select * from wraps where family > ? order by family, chain, kind, id limit ?')
            .all(after, wrapsPerPage) as Row[];
          const last = rows.at(-1)?.family;
          if (last === undefined || rows.length < wrapsPerPage) return rows;
          // The last family may have been cut: it is read on to its end, in the same turn, by the same reader.
          const whole = rows.filter(({ family }) => family !== last);
          return [
            ...whole,
            ...(sqlite.prepare('select * from wraps where family = ? order by chain, kind, id').all(last) as Row[]),
          ];
        });
        if (page.length === 0) return;
        after = (page.at(-1) as Row).family;
        yield page.map(wrapOf);
        await turn();
      }
    },
    async addEvent(event) {
      sqlite.use(() => addEvent(event));
    },
    async unauditedEvents(limit) {
      const rows = sqlite.use(() =>
        sqlite.prepare('select * from events where audited = 0 order by at, rowid limit ?').all(limit),
      );
      return (rows as EventRow[]).map(eventOf);
    },
    async markAudited(ids) {
      sqlite.transaction(() => {
        for (const id of ids) sqlite.prepare('update events set audited = 1 where id = ?').run(id);
      });
    },
    async latestEvents() {
      const rows = sqlite.use(() =>
        sqlite
          .prepare(
            `select id, max(at) as at, what, account_id, detail from events where what <> '${erased}'
              group by what, account_id, json_extract(detail, '$.of') order by at desc`,
          )
          .all(),
      );
      return (rows as EventRow[]).map(eventOf);
    },
    async load(pages, events, replacing) {
      // Gathered first: a transaction of SQLite must not stay open while others take their turn.
      const wraps: Wrap[] = [];
      for await (const page of pages) wraps.push(...page);
      sqlite.transaction(() => {
        const any = sqlite.prepare('select 1 from wraps limit 1').get() !== undefined;
        if (any && !replacing) throw new KeysError('KEYS_EXIST', 'the key store holds keys already');
        sqlite.prepare('delete from wraps').run();
        for (const wrap of wraps) insert(wrap);
        for (const event of events) addEvent(event);
      });
      sqlite.vacuum();
    },
    alone: (name, work) => aloneBeside(sqlite.file, name, work),
    async health() {
      sqlite.tryToWrite(`insert into events values ('health', 0, 'backup', null, '{}', 1)`);
    },
    async close() {
      sqlite.close();
    },
  };
}

/** The `alone` of a store in this file: by a lock in a folder beside it. */
export async function aloneBeside<T>(
  file: string,
  name: string,
  work: () => Promise<T>,
): Promise<{ readonly done: T } | undefined> {
  // Where the keys went away their folder is not made anew: what comes back would find it there.
  if (!existsSync(file)) throw new KeysError('KEYS_UNAVAILABLE', `${file} is not there`);
  const folder = join(dirname(file), 'locks', name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = FolderLock.take(folder);
  if ('heldBy' in lock) return undefined;
  try {
    return { done: await work() };
  } finally {
    lock.release();
  }
}

type CensusRow = Pick<KeyCount, 'chain' | 'kind' | 'count'> & { oldest: number; newest: number; since: number | null };

function addCount(counts: Map<string, KeyCount>, row: CensusRow): void {
  const { chain, kind, count, oldest, newest, since } = row;
  const name = `${chain} ${kind}`;
  const so = counts.get(name);
  const sooner = [since, so?.oldestSince?.getTime()].filter((ms) => ms !== null && ms !== undefined);
  counts.set(name, {
    chain,
    kind,
    count: count + (so?.count ?? 0),
    oldest: new Date(Math.min(oldest, so?.oldest.getTime() ?? oldest)),
    newest: new Date(Math.max(newest, so?.newest.getTime() ?? newest)),
    oldestSince: sooner.length === 0 ? null : new Date(Math.min(...sooner)),
  });
}
