import { createHash } from 'node:crypto';
import pg from 'pg';
import { isDatabaseAway, serverName, withSessionSettings } from '../platform/db/database.ts';
import { locks } from '../platform/db/locks.ts';
import type { KeyCount, KeyEvent, KeyStore, PatientKey, Tombstone, Wrap, WrapName } from './key-store.ts';
import { KeysError } from './keys-error.ts';
import { erased, tombstoneOf } from './tombstones.ts';

const version = 2;
const tables = `
  create table key_store (version integer not null);
  insert into key_store values (${version});
  create table wraps (
    family uuid not null, chain text not null, kind text not null, id uuid not null, account_id uuid not null,
    generation integer not null, under integer not null, wrapped bytea not null, made_at timestamptz not null,
    primary key (family, chain, kind, id));
  create index patients_by_age on wraps (account_id, made_at, family) where kind = 'patient' and chain = 'identity';
  create index accounts on wraps (account_id) where kind = 'account' and chain = 'identity';
  create table events (
    id uuid primary key, at timestamptz not null, what text not null, account_id uuid, detail jsonb not null,
    audited boolean not null default false, ordinal bigint generated always as identity)`;

type Row = {
  family: string;
  chain: Wrap['chain'];
  kind: Wrap['kind'];
  id: string;
  account_id: string;
  generation: number;
  under: number;
  wrapped: Buffer;
  made_at: Date;
};
const wrapOf = ({ account_id: accountId, made_at: madeAt, ...row }: Row): Wrap => ({ ...row, accountId, madeAt });

type EventRow = {
  id: string;
  at: Date;
  what: KeyEvent['what'];
  account_id: string | null;
  detail: KeyEvent['detail'];
};
const eventOf = ({ account_id: accountId, ...row }: EventRow): KeyEvent => ({ ...row, accountId });
const eventColumns = 'id, at, what, account_id, detail';

const byKey = 'family = $1 and chain = $2 and kind = $3 and id = $4';
const keyOf = ({ family, chain, kind, id }: WrapName): string[] => [family, chain, kind, id];

/** Rows as arrays of columns: one statement for as many as there are. */
function columnsOf(wraps: readonly Wrap[]): unknown[] {
  return [
    wraps.map(({ family }) => family),
    wraps.map(({ chain }) => chain),
    wraps.map(({ kind }) => kind),
    wraps.map(({ id }) => id),
    wraps.map(({ accountId }) => accountId),
    wraps.map(({ generation }) => generation),
    wraps.map(({ under }) => under),
    wraps.map(({ wrapped }) => Buffer.from(wrapped)),
    wraps.map(({ madeAt }) => madeAt),
  ];
}
const unnested =
  'unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::integer[], $7::integer[], $8::bytea[], $9::timestamptz[])';
const columnNames = '(family, chain, kind, id, account_id, generation, under, wrapped, made_at)';

/**
 * The key store of several nodes: a PostgreSQL of its own. It is another server than the data's, since a server's log and
 * base backups hold all of its databases; `keysFitTheData` looks.
 */
export class PostgresKeyStore implements KeyStore {
  readonly #pool: pg.Pool;

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Connects, and makes the tables where there are none. */
  static async open(address: string): Promise<PostgresKeyStore> {
    const pool = new pg.Pool({
      ...withSessionSettings({ connectionString: address }),
      max: 8,
      connectionTimeoutMillis: 5000,
      query_timeout: 30_000,
      application_name: 'symbolon-keys',
    });
    pool.on('error', () => {});
    pool.on('connect', (client) => client.on('error', () => {}));
    const store = new PostgresKeyStore(pool);
    try {
      await store.#transaction(async (client) => {
        await client.query('select pg_advisory_xact_lock($1)', [locks['key tables']]);
        const { rows } = await client.query(
          `select to_regclass('key_store') is not null as ours, to_regclass('packs') is not null as data`,
        );
        if (rows[0].data)
          throw new KeysError('KEYS_PLACE_WRONG', 'the PostgreSQL that SYMBOLON_KEYS names holds the data itself');
        if (!rows[0].ours) await client.query(tables);
        const found = (await client.query('select version from key_store')).rows[0]?.version;
        if (found !== version)
          throw new KeysError('KEYRING_VERSION_UNKNOWN', `the key store has version ${found}, not ${version}`);
      });
    } catch (error) {
      await pool.end();
      throw error;
    }
    return store;
  }

  /** What names this server, whatever address it is reached by; undefined where it does not say. */
  async server(): Promise<string | undefined> {
    return serverName(async (query) => (await this.#query(query)).rows);
  }

  async find(name: WrapName) {
    const { rows } = await this.#query<Row>(
      `select * from wraps where ${byKey} union all select * from wraps where family = $1 and chain = $2 and kind = 'patient' and id = $1`,
      keyOf(name),
    );
    const row = rows.find(({ kind, id }) => kind === name.kind && id === name.id);
    if (!row) return undefined;
    const above = name.kind === 'patient' ? undefined : rows.find(({ kind }) => kind === 'patient');
    return { wrap: wrapOf(row), above: above && wrapOf(above) };
  }

  async add(wraps: readonly Wrap[]): Promise<void> {
    await this.#transaction(async (client) => {
      await this.#insert(client, wraps);
      await this.#checkAbove(client, wraps);
    });
  }

  async replace(replacements: readonly { was: Wrap; now: Wrap }[], events: readonly KeyEvent[] = []): Promise<boolean> {
    try {
      await this.#transaction(async (client) => {
        // In one order, as additions lock them too: else each could hold what the other waits for.
        await client.query(
          `select 1 from wraps join unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) as r(family, chain, kind, id)
            using (family, chain, kind, id) order by family, chain, kind, id for update of wraps`,
          columnsOf(replacements.map(({ was }) => was)).slice(0, 4),
        );
        const { rowCount } = await client.query(
          `update wraps set generation = r.generation, under = r.under, wrapped = r.wrapped, made_at = r.made_at
            from (select * from ${unnested} with ordinality as n${columnNames.replace(')', ', place)')}
              join unnest($10::bytea[]) with ordinality as w(was, place) using (place)) r
            where wraps.family = r.family and wraps.chain = r.chain and wraps.kind = r.kind and wraps.id = r.id and wraps.wrapped = r.was`,
          [...columnsOf(replacements.map(({ now }) => now)), replacements.map(({ was }) => Buffer.from(was.wrapped))],
        );
        if (rowCount !== replacements.length) throw new Refused();
        const renewed = replacements.filter(
          ({ was, now }) => now.kind === 'patient' && was.generation !== now.generation,
        );
        // A statement after the update: it sees what was added by whoever held the patient's row until then.
        const { rows } = await client.query(
          `select 1 from wraps join unnest($1::uuid[], $2::text[], $3::integer[]) as r(family, chain, generation)
            on wraps.family = r.family and wraps.chain = r.chain
            where wraps.kind not in ('patient', 'account') and wraps.under <> r.generation limit 1`,
          [
            renewed.map(({ now }) => now.family),
            renewed.map(({ now }) => now.chain),
            renewed.map(({ now }) => now.generation),
          ],
        );
        if (rows.length > 0) throw new Refused();
        await this.#checkAbove(
          client,
          replacements.map(({ now }) => now),
        );
        for (const event of events) await insertEvent(client, event);
      });
      return true;
    } catch (error) {
      if (error instanceof Refused || (error instanceof KeysError && error.code === 'KEY_SUPERSEDED')) return false;
      throw error;
    }
  }

  async remove(names: readonly WrapName[], tombstones: readonly Tombstone[] = []): Promise<number> {
    const removed = await this.#transaction(async (client) => {
      for (const { id, at, accountId, kind, family, erasureId } of tombstones)
        await client.query(
          `insert into events (${eventColumns}, audited) values ($1, $2, '${erased}', $3, $4, true) on conflict (id)
            do update set at = excluded.at, detail = excluded.detail
            where events.detail->>'kind' = 'study-data' and excluded.detail->>'kind' = 'study'`,
          [id, at, accountId, JSON.stringify({ kind, family, erasure: erasureId })],
        );
      let count = 0;
      for (const name of names)
        count += (await client.query(`delete from wraps where ${byKey}`, keyOf(name))).rowCount ?? 0;
      return count;
    });
    if (removed > 0) await this.#query('vacuum wraps');
    return removed;
  }

  async tombstones(after: string, limit: number): Promise<Tombstone[]> {
    const { rows } = await this.#query<EventRow>(
      `select ${eventColumns} from events where what = $1 and id > $2 order by id limit $3`,
      [erased, after === '' ? '00000000-0000-0000-0000-000000000000' : after, limit],
    );
    return rows.map(({ id, at, account_id, detail }) =>
      tombstoneOf({ id, at, accountId: account_id as string, detail }),
    );
  }

  async backupsSince(since: Date): Promise<Date[]> {
    const { rows } = await this.#query<{ at: Date }>(
      `select at from events where what = 'backup' and at >= $1 order by at`,
      [since],
    );
    return rows.map(({ at }) => at);
  }

  async family(family: string): Promise<Wrap[]> {
    const { rows } = await this.#query<Row>('select * from wraps where family = $1 order by chain, kind, id', [family]);
    return rows.map(wrapOf);
  }

  async patients(accountId: string, madeBefore: Date, after: PatientKey | undefined, limit: number) {
    const { rows } = await this.#query<Row>(
      `select family, made_at from wraps where kind = 'patient' and chain = 'identity' and account_id = $1 and made_at < $2
        and (made_at, family) > ($3, $4) order by made_at, family limit $5`,
      [
        accountId,
        madeBefore,
        after?.madeAt ?? '-infinity',
        after?.family ?? '00000000-0000-0000-0000-000000000000',
        limit,
      ],
    );
    return rows.map(({ family, made_at }): PatientKey => ({ family, madeAt: made_at }));
  }

  async accounts(): Promise<string[]> {
    const { rows } = await this.#query<Row>(
      `select account_id from wraps where kind = 'account' and chain = 'identity' order by account_id`,
    );
    return rows.map(({ account_id }) => account_id);
  }

  async census(accountId: string | undefined, since: Date): Promise<KeyCount[]> {
    const { rows } = await this.#query<KeyCount>(
      `select chain, kind, count(*)::int as count, min(made_at) as oldest, max(made_at) as newest,
        min(made_at) filter (where made_at > $1) as "oldestSince"
        from wraps where $2::uuid is null or account_id = $2 group by chain, kind`,
      [since, accountId ?? null],
    );
    return rows;
  }

  async *pages(wrapsPerPage: number): AsyncGenerator<Wrap[]> {
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const { rows } = await this.#query<Row>(
        `with part as (select * from wraps where family > $1 order by family, chain, kind, id limit $2),
          last as (select family from part order by family desc limit 1)
          select * from part where family <> (select family from last)
          union all select * from wraps where family = (select family from last) order by family, chain, kind, id`,
        [after, wrapsPerPage],
      );
      const last = rows.at(-1);
      if (!last) return;
      after = last.family;
      yield rows.map(wrapOf);
    }
  }

  async addEvent(event: KeyEvent): Promise<void> {
    await this.#transaction((client) => insertEvent(client, event));
  }

  async unauditedEvents(limit: number): Promise<KeyEvent[]> {
    const { rows } = await this.#query<EventRow>(
      `select ${eventColumns} from events where not audited order by at, ordinal limit $1`,
      [limit],
    );
    return rows.map(eventOf);
  }

  async markAudited(ids: readonly string[]): Promise<void> {
    await this.#query('update events set audited = true where id = any($1::uuid[])', [[...ids]]);
  }

  async latestEvents(): Promise<KeyEvent[]> {
    const { rows } = await this.#query<EventRow>(
      `select distinct on (what, account_id, detail->>'of') ${eventColumns} from events where what <> '${erased}'
        order by what, account_id, detail->>'of', at desc`,
    );
    return rows.map(eventOf).sort((a, b) => b.at.getTime() - a.at.getTime());
  }

  async load(pages: AsyncIterable<readonly Wrap[]>, events: readonly KeyEvent[], replacing: boolean): Promise<void> {
    await this.#transaction(async (client) => {
      await client.query('lock table wraps in access exclusive mode');
      const any = (await client.query('select 1 from wraps limit 1')).rows.length > 0;
      if (any && !replacing) throw new KeysError('KEYS_EXIST', 'the key store holds keys already');
      await client.query('delete from wraps');
      for await (const page of pages) await this.#insert(client, page);
      for (const event of events) await insertEvent(client, event);
    });
    await this.#query('vacuum wraps');
  }

  async alone<T>(name: string, work: () => Promise<T>): Promise<{ readonly done: T } | undefined> {
    const number = createHash('sha256').update(`symbolon ${name}`).digest().readBigInt64BE().toString();
    const client = await this.#client();
    try {
      const { rows } = await client.query('select pg_try_advisory_lock($1) as mine', [number]);
      if (!rows[0].mine) return undefined;
      try {
        return { done: await work() };
      } finally {
        await client.query('select pg_advisory_unlock($1)', [number]).catch(() => {});
      }
    } finally {
      client.release();
    }
  }

  async health(): Promise<void> {
    const client = await this.#client();
    try {
      await client.query('begin');
      await insertEvent(client, {
        id: '00000000-0000-0000-0000-000000000000',
        at: new Date(0),
        what: 'backup',
        accountId: null,
        detail: {},
      });
    } catch (error) {
      throw translated(error);
    } finally {
      await client.query('rollback').catch(() => {});
      client.release();
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** Holds the rows above still until the end of the transaction, and looks whether the wraps stand under them. */
  async #checkAbove(client: pg.PoolClient, wraps: readonly Wrap[]): Promise<void> {
    const below = wraps.filter(({ kind }) => kind !== 'account');
    if (below.length === 0) return;
    const { rows } = await client.query<{ kind: string; fits: boolean | null }>(
      `select n.kind, case when n.kind = 'patient' then n.under >= above.under else n.under = above.generation end as fits
        from (select distinct kind, chain, under,
            case when kind = 'patient' then account_id else family end as above_id,
            case when kind = 'patient' then 'account' else 'patient' end as above_kind
          from ${unnested} as n${columnNames} order by above_id, chain) n
        left join lateral (select under, generation from wraps
          where family = n.above_id and chain = n.chain and wraps.kind = n.above_kind and id = n.above_id for share) above on true`,
      columnsOf(below),
    );
    const wrong = rows.find(({ fits }) => fits !== true);
    if (wrong?.fits === null)
      throw new KeysError('KEY_MISSING', `there is no key for that of a ${wrong.kind} to hang from`);
    if (wrong)
      throw new KeysError('KEY_SUPERSEDED', `what the key of a ${wrong.kind} hangs from was rotated meanwhile`);
  }

  async #insert(client: pg.PoolClient, wraps: readonly Wrap[]): Promise<void> {
    try {
      await client.query(`insert into wraps ${columnNames} select * from ${unnested}`, columnsOf(wraps));
    } catch (error) {
      if ((error as { code?: string }).code === '23505')
        throw new KeysError('KEY_EXISTS', 'there is a key of that name');
      throw error;
    }
  }

  async #client(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw translated(error);
    }
  }

  async #query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<pg.QueryResult<R>> {
    try {
      return await this.#pool.query<R>(text, values);
    } catch (error) {
      throw translated(error);
    }
  }

  async #transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#client();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((cause: Error) => {
        broken = cause;
      });
      throw translated(error);
    } finally {
      client.release(broken);
    }
  }
}

class Refused extends Error {}

async function insertEvent(client: pg.PoolClient, { id, at, what, accountId, detail }: KeyEvent): Promise<void> {
  await client.query(`insert into events (${eventColumns}) values ($1, $2, $3, $4, $5)`, [
    id,
    at,
    what,
    accountId,
    JSON.stringify(detail),
  ]);
}

function translated(error: unknown): unknown {
  const { code } = Object(error) as { code?: unknown };
  // Deadlock, serialization failure: two writes in each other's way, of which this one may simply be tried again.
  if (code === '40P01' || code === '40001')
    return new KeysError('KEY_SUPERSEDED', 'another change of the same keys was quicker', { cause: error });
  if (!isDatabaseAway(error)) return error;
  return new KeysError('KEYS_UNAVAILABLE', 'the key store does not answer', { cause: error });
}
