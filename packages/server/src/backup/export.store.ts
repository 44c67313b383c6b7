import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { copyOut } from '../platform/db/copy.ts';
import { type Connection, serverName } from '../platform/db/database.ts';
import { ownConnection } from '../platform/db/own-connection.ts';
import type { BackupManifest, TableManifest } from './backup-manifest.ts';
import type { BackupPlace } from './backup-place.ts';
import { type KeyWraps, writeObject } from './sealed-object.ts';
import { classOf } from './tables.ts';

/** With so many parts a table is exported anew as one: each restore reads all parts, and the loss of one is the loss of all. */
const mostParts = 30;
/** Or where its parts have more than twice its rows, and some. */
const sparedRows = 1000;

export type ExportDeps = { readonly connection: Connection; readonly keys: KeyWraps; readonly place: BackupPlace };
export type Exported = Pick<
  BackupManifest,
  'database' | 'snapshotXmin' | 'migrations' | 'tables' | 'sequences' | 'images' | 'identity'
> & { readonly bytes: number };

type Columns = { readonly name: string; readonly columns: string[]; readonly key: string[] };
type Ask = <Row extends object>(text: string) => Promise<Row[]>;

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/**
 * Writes everything that the database holds into the place, as of one moment: one transaction sees one snapshot. Of tables whose
 * rows an earlier backup has, only what came or changed since.
 *
 * How that is known: every row carries the number of the transaction that wrote it (`xmin`), and the earlier backup the lowest that
 * was open then. What has a lower one was seen. The number has 32 bits; that of a row which is so old that its number came round
 * again may look new, and is exported once more, which does no harm. The other way round cannot be.
 */
export async function exportDatabase(deps: ExportDeps, base: BackupManifest | undefined): Promise<Exported> {
  const client = await ownConnection(deps.connection);
  try {
    await client.query('begin isolation level repeatable read read only');
    const ask: Ask = async <Row extends object>(text: string) => (await client.query<Row>(text)).rows;
    const database = await databaseName(ask);
    const migrations = (await ask<{ name: string }>('select name from kysely_migration order by name')).map(
      ({ name }) => name,
    );
    const [snapshot] = await ask<{ xmin: string; xmax: string }>(
      'select pg_snapshot_xmin(s)::text as xmin, pg_snapshot_xmax(s)::text as xmax from pg_current_snapshot() s',
    );
    const { xmin, xmax } = snapshot as { xmin: string; xmax: string };
    const fits =
      base !== undefined &&
      database !== null &&
      base.database === database &&
      base.migrations.join() === migrations.join() &&
      BigInt(base.snapshotXmin) <= BigInt(xmax);
    const since = fits ? { base, xmax: BigInt(xmax) } : undefined;
    const tables: TableManifest[] = [];
    let bytes = 0;
    for (const table of await tablesOf(ask)) {
      if (classOf(table.name) === 'left out') continue;
      const made = await exportTable(deps, client, table, since);
      tables.push(made.manifest);
      bytes += made.bytes;
    }
    const images = await writeNames(deps, client, 'image_sealed_bytes', 'image_sealed_bytes > 0');
    const identity = await writeNames(deps, client, 'identity_sealed_bytes', 'identity is null');
    const sequences = await sequencesOf(ask);
    await client.query('commit');
    bytes += images.bytes + identity.bytes;
    return { database, snapshotXmin: xmin, migrations, tables, sequences, images, identity, bytes };
  } finally {
    await client.end().catch(() => {});
  }
}

/** Which server, and which database on it; null where the server does not say. */
async function databaseName(ask: Ask): Promise<string | null> {
  const server = await ask<{ may: boolean }>(
    `select has_function_privilege('pg_control_system()', 'execute') as may`,
  ).then(([row]) => (row?.may ? serverName(ask) : undefined));
  const [own] = await ask<{ oid: string }>(
    'select oid::text as oid from pg_database where datname = current_database()',
  );
  return server === undefined ? null : `${server}/${own?.oid}`;
}

async function tablesOf(ask: Ask): Promise<Columns[]> {
  return ask<Columns>(`
    select c.relname::text as name,
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
      coalesce((select array_agg(a.attname::text order by k.at) from pg_index i
        cross join unnest(i.indkey::int2[]) with ordinality k(attnum, at)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary), '{}') as key
    from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace order by c.relname`);
}

/** All tables in the catalogue. */
export async function tableNames(ask: Ask): Promise<string[]> {
  return (await tablesOf(ask)).map(({ name }) => name);
}

async function exportTable(
  deps: ExportDeps,
  client: pg.Client,
  { name, columns, key }: Columns,
  since: { readonly base: BackupManifest; readonly xmax: bigint } | undefined,
): Promise<{ manifest: TableManifest; bytes: number }> {
  const { rows: counted } = await client.query<{ count: number }>(`select count(*) as count from "${name}"`);
  const rows = counted[0]?.count ?? 0;
  const before = since?.base.tables.find((table) => table.name === name);
  const goesOn =
    since !== undefined &&
    before !== undefined &&
    classOf(name) === 'grown' &&
    key.length > 0 &&
    before.parts.length > 0 &&
    before.parts.length < mostParts &&
    before.columns.join() === columns.join() &&
    before.parts.reduce((sum, part) => sum + part.rows, 0) <= 2 * rows + sparedRows;
  const newer = goesOn
    ? `where ((${since.xmax} - xmin::text::bigint) & 4294967295) <= ${since.xmax - BigInt(since.base.snapshotXmin)}`
    : '';
  const part = await writeRows(deps, client, `select ${quoted(columns)} from "${name}" ${newer}`, 'rows');
  const parts = [...(goesOn ? before.parts : []), ...(part.rows > 0 ? [part] : [])];
  // As many rows as there are: then none was changed or removed since the first part, and none is in two of them.
  const live =
    parts.reduce((sum, one) => sum + one.rows, 0) !== rows
      ? await writeRows(deps, client, `select ${quoted(key)} from "${name}" order by ${quoted(key)}`, 'keys')
      : undefined;
  const manifest = { name, columns, key, rows, parts, live: live ? { object: live.object, bytes: live.bytes } : null };
  return { manifest, bytes: (part.rows > 0 ? part.bytes : 0) + (live?.bytes ?? 0) };
}

/** Writes what a query gives, in PostgreSQL's binary form of COPY; of no rows nothing is kept. */
async function writeRows({ keys, place }: ExportDeps, client: pg.Client, query: string, kind: 'rows' | 'keys') {
  const copy = copyOut(client, `copy (${query}) to stdout (format binary)`);
  const written = await writeObject(keys, place.tables, randomUUID(), kind, copy.pieces);
  if (copy.rows() === 0) await place.tables.remove(written.object);
  return { ...written, rows: copy.rows() };
}

/** The objects of one store that rows name, by their names. */
async function writeNames({ keys, place }: ExportDeps, client: pg.Client, bytes: string, where: string) {
  const { rows } = await client.query<{ count: number; bytes: number }>(
    `select count(*) as count, coalesce(sum(${bytes}), 0)::float8 as bytes from packs where ${where}`,
  );
  const copy = copyOut(client, `copy (select id, ${bytes} from packs where ${where} order by id) to stdout`);
  const written = await writeObject(keys, place.tables, randomUUID(), 'names', copy.pieces);
  return { ...written, count: rows[0]?.count ?? 0, namedBytes: rows[0]?.bytes ?? 0 };
}

async function sequencesOf(ask: Ask): Promise<BackupManifest['sequences']> {
  return ask(`
    select t.relname::text as table, a.attname::text as column, s.last_value::text as last
    from pg_depend d join pg_class q on q.oid = d.objid and q.relkind = 'S'
      join pg_class t on t.oid = d.refobjid join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
      join pg_sequences s on s.schemaname = current_schema() and s.sequencename = q.relname
    where d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i') and t.relnamespace = current_schema()::regnamespace
      and s.last_value is not null`);
}
