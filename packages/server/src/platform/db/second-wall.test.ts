import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Connection, lentBy, openDatabase, openPool, plannedOnce } from './database.ts';
import { type Databases, openDatabases } from './databases.ts';
import { migrate } from './migrate.ts';
import { readyAccountRole } from './second-wall.ts';
import { plantGrants, plantStudies, type WatchedPostgres, watchedPostgres } from './watched-postgres.testing.ts';

const accountId = '00000000-0000-4000-8000-000000000001';
let watched: WatchedPostgres;
beforeAll(async () => {
  watched = await watchedPostgres();
  await sql`create role plain login`.execute(watched.database);
  await sql`create database plain owner plain`.execute(watched.database);
  // As managed servers give them out. The role for accounts is granted to none of them: another database of this server made it.
  await sql`create role bypasses login bypassrls`.execute(watched.database);
  await sql`create database bypasses owner bypasses`.execute(watched.database);
}, 120_000);
afterAll(() => watched?.stop());

const logins = [
  ['a superuser, as in the embedded PostgreSQL', () => watched.connection],
  ['the owner of its tables and nothing more', () => ({ ...watched.connection, user: 'plain', database: 'plain' })],
] as const satisfies [string, () => Connection][];

test('a login that bypasses the wall and is no superuser is told so at the start, or works as who is held by it', async () => {
  const { database, close } = openDatabase({ ...watched.connection, user: 'bypasses', database: 'bypasses' }, () => {});
  const works = async () => {
    const bypasses = await readyAccountRole(database);
    const databases = openDatabases(
      { ...watched.connection, user: 'bypasses', database: 'bypasses' },
      { bypasses },
      () => {},
    );
    const { rows } = await sql<{ as: string; active: boolean }>`select current_user::text as as,
      row_security_active('studies') as active`.execute(databases.of(accountId));
    await databases.close();
    return rows;
  };
  const held = [{ as: 'symbolon_account', active: true }];
  try {
    await migrate(database);
    await expect(works()).rejects.toThrow('its login bypasses row-level security');
    await sql`grant symbolon_account to bypasses with admin option`.execute(watched.database);
    expect(await works()).toEqual(held);
    // Who made a role may give it away, and from PostgreSQL 16 on not become it.
    const { rows } = await sql<{
      newer: boolean;
    }>`select current_setting('server_version_num')::int >= 160000 as newer`.execute(watched.database);
    if (rows[0]?.newer)
      await sql.raw('grant symbolon_account to bypasses with admin true, set false').execute(watched.database);
    expect(await works()).toEqual(held);
  } finally {
    await close();
  }
}, 60_000);

test('exchanges in two databases of one server, each of which makes the role, start at once', async () => {
  const { database: server } = watched;
  await sql`create database another`.execute(server);
  const { database, close } = openDatabase({ ...watched.connection, database: 'another' }, () => {});
  await sql`alter role symbolon_account rename to aside`.execute(server);
  try {
    let ready: Promise<boolean> | undefined;
    await server.transaction().execute(async (trx) => {
      await sql`create role symbolon_account`.execute(trx);
      ready = readyAccountRole(database);
      ready.catch(() => {});
      await vi.waitFor(async () => {
        const { rows } =
          await sql`select from pg_stat_activity where datname = 'another' and wait_event_type = 'Lock'`.execute(
            server,
          );
        expect(rows).toHaveLength(1);
      }, 30_000);
    });
    expect(await ready).toBe(true);
  } finally {
    await sql`drop owned by symbolon_account`.execute(database);
    await close();
    await sql`drop role symbolon_account`.execute(server);
    await sql`alter role aside rename to symbolon_account`.execute(server);
  }
}, 60_000);

test('a statement that is planned once is so by each connection; where its tables changed it fails there once', async () => {
  const { database, close } = openDatabase(watched.connection, () => {});
  try {
    await sql`create table of_a_plan (id integer)`.execute(database);
    const ask = (id: number) => sql`${plannedOnce} select * from of_a_plan where id = ${id}`.execute(database);
    for (let id = 0; id < 8; id += 1) await ask(id);
    const { rows } = await sql`select (generic_plans + custom_plans)::int as asked from pg_prepared_statements`.execute(
      database,
    );
    expect(rows).toEqual([{ asked: 8 }]);
    await sql`alter table of_a_plan add column more text`.execute(database);
    await expect(ask(1)).rejects.toMatchObject({ code: '0A000' });
    expect((await ask(1)).rows).toEqual([]);
  } finally {
    await sql`drop table of_a_plan`.execute(database);
    await close();
  }
}, 60_000);

describe.each(logins)('where the login is %s', (_, connection) => {
  let databases: Databases & { close: () => Promise<void> };
  let accounts: readonly string[];
  let walled: readonly string[];

  beforeAll(async () => {
    const { database, close } = openDatabase(connection(), () => {});
    await migrate(database);
    const bypasses = await readyAccountRole(database);
    await close();
    databases = openDatabases(connection(), { bypasses }, () => {});
    await plantStudies(databases.every, 40);
    await plantGrants(databases.every);
    accounts = (await databases.every.selectFrom('accounts').select('id').orderBy('name').execute()).map(
      ({ id }) => id,
    );
    const { rows } = await sql<{ name: string }>`select relname::text as name from pg_class where relforcerowsecurity
      order by 1`.execute(databases.every);
    walled = rows.map(({ name }) => name);
    for (const account of accounts)
      await sql`insert into audit_records (id, at, account_id, action, kind, outcome)
        values (gen_random_uuid(), now(), ${account}, 'study.view', 'read', 'success')`.execute(databases.every);
  }, 120_000);
  afterAll(() => databases?.close());

  const counted = async (road: Databases['every'], table: string) => {
    const { rows } = await sql<{ all: number; own: number }>`select count(*)::int as all,
      (count(*) filter (where account_id = ${accounts[0]}))::int as own from ${sql.table(table)}`.execute(road);
    return rows[0]!;
  };

  test('every table with sealed cells of accounts is walled, and those that tell which studies there are', async () => {
    const { rows } = await sql<{ name: string }>`select table_name::text as name from information_schema.columns
      where table_schema = 'public' and column_name = 'account_id' and table_name in (select table_name
        from information_schema.columns where table_schema = 'public' and data_type = 'bytea') order by 1`.execute(
      databases.every,
    );
    // Digests of secrets, which are asked for before anybody knows whose they are; and nothing of a study.
    const credentials = ['api_tokens', 'invitations', 'sessions'];
    expect(walled).toEqual(
      expect.arrayContaining(rows.map(({ name }) => name).filter((name) => !credentials.includes(name))),
    );
    expect(walled).toEqual(expect.arrayContaining(['grants', 'conflict_choices']));
  });

  test('a request of an account sees its rows and no others, in each of these tables', async () => {
    const seen = { some: 0, others: 0 };
    for (const table of walled) {
      const all = await counted(databases.every, table);
      expect(await counted(databases.of(accounts[0]!), table), table).toEqual({ all: all.own, own: all.own });
      seen.some += all.own;
      seen.others += all.all - all.own;
    }
    expect(seen.some).toBeGreaterThan(100);
    expect(seen.others).toBeGreaterThan(10);
  });

  test('it changes and removes no row of another, and adds none: but what is done is written down, whomever it concerns', async () => {
    const other = databases.of(accounts[1]!);
    for (const table of walled) {
      const at = sql.table(table);
      const changed = await sql`update ${at} set account_id = account_id where account_id = ${accounts[0]}`.execute(
        other,
      );
      expect(changed.numAffectedRows, table).toBe(0n);
      await other.transaction().execute(async (trx) => {
        const gone = await sql`delete from ${at} where account_id = ${accounts[0]}`.execute(trx);
        expect(gone.numAffectedRows, table).toBe(0n);
      });
    }
    const patient = (id: string) =>
      sql`insert into patients (id, account_id, cell) values (gen_random_uuid(), ${id}, '\\x00')`.execute(other);
    await expect(patient(accounts[0]!)).rejects.toMatchObject({ code: '42501' });
    await patient(accounts[1]!);
    // Nor is a row of its own given away.
    await expect(
      sql`update patients set account_id = ${accounts[0]} where account_id = ${accounts[1]}`.execute(other),
    ).rejects.toMatchObject({ code: '42501' });
    await sql`insert into audit_records (id, at, account_id, action, kind, outcome)
      values (gen_random_uuid(), now(), ${accounts[0]}, 'study.view', 'read', 'success')`.execute(other);
  });

  test('the connections that it shares with requests of other accounts never carry these over', async () => {
    const rounds = Array.from({ length: 200 }, async (_, at) => {
      const account = accounts[at % 2]!;
      const road = databases.of(account);
      const seen = async (by: typeof road) => {
        const { rows } = await sql<{ id: string }>`select distinct account_id as id from studies`.execute(by);
        return rows.map(({ id }) => id);
      };
      // A statement, a transaction that is taken back, one that fails, and a statement again.
      expect(await seen(road)).toEqual([account]);
      const back = road.transaction().execute(async (trx) => {
        expect(await seen(trx as never)).toEqual([account]);
        throw new Error('taken back');
      });
      await expect(back).rejects.toThrow('taken back');
      await expect(sql`select 1 / 0`.execute(road)).rejects.toMatchObject({ code: '22012' });
      expect(await seen(road)).toEqual([account]);
    });
    await Promise.all(rounds);
  });

  test('a connection that is given back in the middle of a transaction is given to nobody else', async () => {
    const [one, other] = [databases.of(accounts[0]!), databases.of(accounts[1]!)];
    const patients = async () => (await counted(databases.every, 'patients')).all;
    const before = await patients();
    for (let round = 0; round < 20; round += 1) {
      // As where neither a statement nor the rollback behind it was answered in time.
      await sql`begin`.execute(one);
      const back = other.transaction().execute(async () => Promise.reject(new Error('taken back')));
      await expect(back).rejects.toThrow('taken back');
      expect(await counted(other, 'studies')).toMatchObject({ own: 0 });
      await sql`begin`.execute(databases.every);
      await sql`insert into patients (id, account_id, cell) values (gen_random_uuid(), ${accounts[0]}, '\\x00')`.execute(
        databases.every,
      );
    }
    // What was acknowledged is there, and hangs in no transaction of another.
    expect(await patients()).toBe(before + 20);
  });

  test('a connection whose statement was given up is given to nobody else', async () => {
    const pool = openPool(connection(), undefined, () => {});
    try {
      const one = await lentBy(pool);
      const late = { text: 'select pg_sleep(2)', query_timeout: 100 };
      await expect(one.query(late as never)).rejects.toThrow(/timeout/);
      one.release();
      expect(pool.totalCount).toBe(0);
      // One that was answered, if only by an error, goes on.
      const other = await lentBy(pool);
      await expect(other.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
      other.release();
      expect(pool.totalCount).toBe(1);
    } finally {
      await pool.end();
    }
  });

  test('who does not say whose rows fails, and is not answered with none: a sweep that saw nothing would remove everything', async () => {
    // In an empty table nobody's rows are asked for.
    for (const table of ['patients', 'studies', 'series', 'packs', 'grants', 'openings', 'audit_records']) {
      const asked = databases
        .of('')
        .transaction()
        .execute((trx) => sql`select count(*) from ${sql.table(table)}`.execute(trx));
      await expect(asked, table).rejects.toMatchObject({ code: '22P02' });
    }
  });

  test('what works for accounts is no superuser, and bypasses nothing', async () => {
    const road = databases.of(accounts[0]!);
    const { rows } = await sql`select rolsuper, rolbypassrls from pg_roles where rolname = current_user`.execute(road);
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
    const { rows: active } = await sql<{ on: boolean }>`select row_security_active('studies') as on`.execute(road);
    expect(active).toEqual([{ on: true }]);
  });
});
