import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type pg from 'pg';
import { copyIn } from '../platform/db/copy.ts';
import type { Database } from '../platform/db/database.ts';
import { makeTablesOf, restoreMark } from '../platform/db/migrate.ts';
import { databaseOn } from '../platform/db/own-connection.ts';
import type { BackupManifest, TableManifest } from './backup-manifest.ts';
import type { BackupPlace } from './backup-place.ts';
import { BackupError } from './errors.ts';
import { type KeyWraps, readObject } from './sealed-object.ts';

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** What is in a database that a restore would fill: nothing, a restore of this backup that has not ended, or more. */
export async function contentsOf(client: pg.Client): Promise<'empty' | { readonly restoring: string } | 'in use'> {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class where relkind in ('r', 'p', 'v', 'm') and relnamespace = current_schema()::regnamespace`,
  );
  if (rows.length === 0) return 'empty';
  if (rows.some(({ name }) => name !== restoreMark)) return 'in use';
  const { rows: marked } = await client.query<{ backup: string }>(`select backup::text as backup from ${restoreMark}`);
  return marked[0] === undefined ? 'empty' : { restoring: marked[0].backup };
}

/** From now on no exchange starts on this database, until the restore has ended. */
export async function markRestore(client: pg.Client, backupId: string): Promise<void> {
  await client.query(
    `begin; create table if not exists ${restoreMark} (backup uuid not null); truncate ${restoreMark}`,
  );
  await client.query(`insert into ${restoreMark} values ('${backupId}')`);
  await client.query('commit');
}

/**
 * Makes the tables as they were, and puts into them what the backup holds: all or, when anything goes wrong, nothing.
 * `atLast` is in the same transaction.
 *
 * Cost  indexes are made and references checked once, after the rows are there.
 *
 * @throws BackupError BACKUP_DAMAGED  also where another number of rows came out of it than went in
 */
export async function loadDatabase(
  deps: { readonly client: pg.Client; readonly keys: KeyWraps; readonly place: BackupPlace },
  manifest: BackupManifest,
  atLast: (database: Database) => Promise<void> = async () => {},
): Promise<void> {
  const { client } = deps;
  await client.query('begin');
  try {
    const database = databaseOn(client);
    await makeTablesOf(database, manifest.migrations);
    const { remade, names } = await setAside(client);
    if (names.length > 0) await client.query(`truncate ${quoted(names)}`);
    for (const table of manifest.tables) {
      if (!names.includes(table.name))
        throw new BackupError('BACKUP_DAMAGED', `the backup has a table that its version did not know`);
      await loadTable(deps, table);
    }
    for (const { table, column, last } of manifest.sequences)
      await client.query('select setval(pg_get_serial_sequence($1, $2), $3)', [`"${table}"`, column, last]);
    for (const statement of remade) await client.query(statement);
    for (const name of names) await client.query(`alter table "${name}" enable trigger user`);
    await atLast(database);
    await client.query(`drop table if exists ${restoreMark}`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
  await client.query('analyze');
}

/**
 * Takes away what would be looked at for each row, and says how it is made again. What is unique is so in the end: between two
 * parts a row may stand beside one that went, whose place it has. Triggers count what is loaded as a count.
 */
async function setAside(client: pg.Client): Promise<{ remade: string[]; names: string[] }> {
  const ask = async (text: string) => (await client.query<{ name: string; of: string; made: string }>(text)).rows;
  const here = 'current_schema()::regnamespace';
  const tables = await ask(
    `select relname::text as name from pg_class where relkind = 'r' and relnamespace = ${here}
      and relname not in ('${restoreMark}', 'kysely_migration', 'kysely_migration_lock')`,
  );
  const names = tables.map(({ name }) => name);
  // References before what they may refer to.
  const constraints = await ask(
    `select c.conname::text as name, t.relname::text as of, pg_get_constraintdef(c.oid) as made from pg_constraint c
      join pg_class t on t.oid = c.conrelid where c.contype in ('f', 'u', 'x') and c.connamespace = ${here}
      order by (c.contype = 'f') desc`,
  );
  const indexes = await ask(
    `select i.relname::text as name, pg_get_indexdef(i.oid) as made from pg_index x join pg_class i on i.oid = x.indexrelid
      where i.relnamespace = ${here} and not x.indisprimary and not exists (select from pg_constraint c where c.conindid = i.oid)`,
  );
  for (const { name, of } of constraints) await client.query(`alter table "${of}" drop constraint "${name}"`);
  for (const { name } of indexes) await client.query(`drop index "${name}"`);
  for (const name of names) await client.query(`alter table "${name}" disable trigger user`);
  // Whom policies hold cannot copy rows in; an owner whom they are not forced upon can.
  const walled = await ask(
    `select relname::text as name from pg_class where relforcerowsecurity and relnamespace = ${here}`,
  );
  for (const { name } of walled) await client.query(`alter table "${name}" no force row level security`);
  const remade = [
    ...walled.map(({ name }) => `alter table "${name}" force row level security`),
    ...indexes.map(({ made }) => made),
    ...constraints.reverse().map(({ name, of, made }) => `alter table "${of}" add constraint "${name}" ${made}`),
  ];
  return { remade, names };
}

type Deps = { readonly client: pg.Client; readonly keys: KeyWraps; readonly place: BackupPlace };

/** Part upon part, each row by its newest; then those that are no longer there go. */
async function loadTable({ client, keys, place }: Deps, table: TableManifest): Promise<void> {
  const { name, columns, key, parts, live, rows } = table;
  const fill = (
    into: string,
    some: readonly string[],
    object: { object: string; bytes: number },
    kind: 'rows' | 'keys',
  ) =>
    copyIn(
      client,
      `copy "${into}" (${quoted(some)}) from stdin (format binary)`,
      readObject(keys, place.tables, object, kind),
    );
  const same = (other: string): string => key.map((column) => `t."${column}" = ${other}."${column}"`).join(' and ');
  for (const [at, part] of parts.entries()) {
    if (at === 0) {
      await fill(name, columns, part, 'rows');
      continue;
    }
    const newer = `newer_${randomUUID().slice(0, 8)}`;
    await client.query(`create temp table "${newer}" as select ${quoted(columns)} from "${name}" with no data`);
    await fill(newer, columns, part, 'rows');
    await client.query(`create index on "${newer}" (${quoted(key)})`);
    await client.query(`delete from "${name}" t using "${newer}" n where ${same('n')}`);
    await client.query(
      `insert into "${name}" (${quoted(columns)}) overriding system value select ${quoted(columns)} from "${newer}"`,
    );
    await client.query(`drop table "${newer}"`);
  }
  if (live !== null) {
    const there = `there_${randomUUID().slice(0, 8)}`;
    await client.query(`create temp table "${there}" as select ${quoted(key)} from "${name}" with no data`);
    await fill(there, key, live, 'keys');
    await client.query(`create index on "${there}" (${quoted(key)})`);
    await client.query(`analyze "${there}"`);
    await client.query(`delete from "${name}" t where not exists (select from "${there}" k where ${same('k')})`);
    await client.query(`drop table "${there}"`);
  }
  const { rows: counted } = await client.query<{ count: number }>(`select count(*) as count from "${name}"`);
  if (counted[0]?.count !== rows)
    throw new BackupError('BACKUP_DAMAGED', `the backup says ${rows} rows of ${name}, and holds ${counted[0]?.count}`);
}

export type Held = {
  readonly tokens: number;
  readonly links: number;
  readonly people: number;
  readonly grants: number;
};

/**
 * Holds who is in an account and what is granted: each may have been taken away after the backup was made. Not the owner of an
 * account, who then decides. What was opened for some hours is over. A backup of before there was any of that has none of it.
 */
async function holdRights(database: Database, at: Date): Promise<Pick<Held, 'people' | 'grants'>> {
  const { rows: known } = await sql`select from information_schema.columns
    where table_schema = current_schema() and table_name = 'memberships' and column_name = 'held_at'`.execute(database);
  if (known.length === 0) return { people: 0, grants: 0 };
  const people = await sql`update memberships m set state = 'suspended', held_at = ${at} from accounts a
    where a.id = m.account_id and m.state = 'active' and m.user_id is distinct from a.owner_id`.execute(database);
  const grants = await sql`update grants set revoked_at = ${at}, held_at = ${at}
    where revoked_at is null and (expires_at is null or expires_at > ${at})`.execute(database);
  await sql`update openings set ended_at = ${at} where ended_at is null and expires_at > ${at}`.execute(database);
  return { people: Number(people.numAffectedRows ?? 0), grants: Number(grants.numAffectedRows ?? 0) };
}

/** Holds tokens, open links, people and grants: each may have been ended after the backup was made. */
export async function holdCredentials(
  database: Database,
  restore: { readonly backupId: string; readonly madeAt: Date; readonly restoredAt: Date },
): Promise<Held> {
  const { restoredAt: at } = restore;
  const rights = await holdRights(database, at);
  const tokens = await database
    .updateTable('api_tokens')
    .set({ held_at: at })
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', at)]))
    .executeTakeFirst();
  const links = await database
    .updateTable('links')
    .set({ held_at: at })
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst();
  const held = { tokens: Number(tokens.numUpdatedRows), links: Number(links.numUpdatedRows), ...rights };
  await database
    .insertInto('restores')
    .values({
      id: randomUUID(),
      backup_id: restore.backupId,
      made_at: restore.madeAt,
      restored_at: at,
      tokens_held: held.tokens,
      links_held: held.links,
      ...((held.people > 0 || held.grants > 0) && { people_held: held.people, grants_held: held.grants }),
      released_at: null,
      released_by: null,
    })
    .execute();
  return held;
}
