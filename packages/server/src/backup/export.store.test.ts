import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKeys } from '../keys/index.ts';
import { BlobError } from '../platform/blobs/blob-store.ts';
import { fileBlobs } from '../platform/blobs/file-blobs.ts';
import type { Connection } from '../platform/db/database.ts';
import type { EmbeddedPostgres } from '../platform/db/embedded-postgres.ts';
import { postgresMadeOnce } from '../platform/db/made-once.testing.ts';
import { migrate } from '../platform/db/migrate.ts';
import { databaseOn, inDatabase, ownConnection } from '../platform/db/own-connection.ts';
import { hastened, plantStudies } from '../platform/db/watched-postgres.testing.ts';
import type { BackupManifest } from './backup-manifest.ts';
import type { BackupPlace } from './backup-place.ts';
import { exportDatabase } from './export.store.ts';
import { loadDatabase } from './import.store.ts';
import { makeBackup } from './make-backup.ts';
import { missingCopies } from './verify-backup.ts';

let root: string;
let postgres: EmbeddedPostgres;
let client: pg.Client;
let keys: Awaited<ReturnType<typeof openKeys>>;
let place: BackupPlace;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sx-export-'));
  await chmod(root, 0o711);
  postgres = await postgresMadeOnce(join(root, 'p'));
  await postgres.start();
  client = await ownConnection(postgres.connection);
  await client.query('create role plain login');
  await hastened((statement) => client.query(statement));
  await migrate(databaseOn(client));
  await plantStudies(databaseOn(client), 200);
  keys = await openKeys(join(root, 'keys'), () => new Date());
  const at = (name: string) => fileBlobs(join(root, name));
  place = { images: at('i'), identity: at('d'), tables: at('t'), backups: at('b'), close: () => {} };
});
afterAll(async () => {
  await client?.end();
  await keys?.close();
  await postgres?.stop();
  await rm(root, { recursive: true, force: true });
});

async function exported(base?: BackupManifest): Promise<BackupManifest & { bytes: number }> {
  const made = await exportDatabase({ connection: postgres.connection, keys: keys.service, place }, base);
  return { version: 1, id: randomUUID(), madeAt: new Date().toISOString(), missing: [], ...made };
}

const looked = [
  'patients',
  'patient_tokens',
  'studies',
  'study_tokens',
  'series',
  'packs',
  'pack_tokens',
  'audit_records',
  'usage',
  'accounts',
];

async function rowsOf(connection: pg.Client): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {};
  for (const table of looked)
    rows[table] = (await connection.query<{ t: string }>(`select t::text as t from "${table}" t order by 1`)).rows.map(
      ({ t }) => t,
    );
  return rows;
}

/** Loads a backup into a database of its own, and hands it over. */
async function loaded<T>(manifest: BackupManifest, look: (scratch: pg.Client) => Promise<T>): Promise<T> {
  const name = `load_${randomUUID().replaceAll('-', '')}`;
  await client.query(`create database "${name}" template template0 owner plain`);
  // Whom policies hold, as they do whoever owns its tables and is no superuser.
  const connection: Connection = inDatabase({ ...postgres.connection, user: 'plain' }, name);
  const scratch = await ownConnection(connection);
  try {
    await loadDatabase({ client: scratch, keys: keys.service, place }, manifest);
    return await look(scratch);
  } finally {
    await scratch.end();
    await client.query(`drop database "${name}" with (force)`);
  }
}

const newPack = (into: pg.ClientBase): Promise<unknown> =>
  into.query(`with made as (
      insert into packs (id, account_id, study_id, series_id, state, version, manifest, identity, identity_sealed_bytes, image_sealed_bytes, instance_count, bytes)
      select gen_random_uuid(), account_id, study_id, id, 'current', 1, '\\x00', '\\x01', 1, 100, 3, 300 from series order by random() limit 1
      returning id)
    insert into pack_tokens select id, '{1,-2}' from made`);
/** Whose count nobody keeps: two that add packs of one account wait for each other. */
const newPatient = (into: pg.ClientBase): Promise<unknown> =>
  into.query(`with made as (insert into patients (id, account_id, cell) select gen_random_uuid(), id, '\\x00' from accounts limit 1 returning id)
    insert into patient_tokens select id, '{1,-2}' from made`);
const newRecord = (into: pg.ClientBase): Promise<unknown> =>
  into.query(
    `insert into audit_records (id, at, action, kind, outcome) values (gen_random_uuid(), now(), 'x', 'read', 'success')`,
  );

test('what came, changed and went since, what was open then included, is in the next backup, and little else', async () => {
  const other = await ownConnection(postgres.connection);
  try {
    const backups = [await exported()];
    for (let round = 0; round < 6; round += 1) {
      // Begun before the next backup and committed after it: by time and by id it is older than what that backup saw.
      await other.query('begin');
      await newPatient(other);
      await newRecord(other);
      await other.query('savepoint a');
      await newPatient(other);
      await newRecord(client);
      await newPack(client);
      await client.query(`update packs set turned = '{1}' where id = (select id from packs order by random() limit 1)`);
      await client.query(
        `update studies set rewrites = rewrites + 1 where id = (select id from studies order by random() limit 1)`,
      );
      await client.query(`delete from packs where id = (select id from packs order by random() limit 1)`);
      backups.push(await exported(backups.at(-1)));
      await other.query('commit');
    }
    const last = await exported(backups.at(-1));
    const rows = await rowsOf(client);
    expect(await loaded(last, rowsOf)).toEqual(rows);
    expect(last.bytes).toBeLessThan((backups[0] as { bytes: number }).bytes / 4);
    expect(last.tables.find(({ name }) => name === 'packs')?.parts.length).toBe(8);
    // The same as if all had been written at once, for a database that does not know the earlier ones.
    const whole = await exported({ ...last, database: 'another/1' });
    expect(whole.tables.every(({ parts, live }) => parts.length <= 1 && live === null)).toBe(true);
    expect(await loaded(whole, rowsOf)).toEqual(rows);
  } finally {
    await other.end();
  }
});

test('a row that has the unique place of one that went since the earlier backup does not stop a restore', async () => {
  const first = await exported();
  // As when one series of a study was erased and another one came.
  await client.query(`create temp table gone as select * from series limit 1`);
  await client.query('delete from packs where series_id in (select id from gone)');
  await client.query('delete from series where id in (select id from gone)');
  await client.query(`insert into series (id, account_id, study_id, ordinal, cell, modality, instance_count)
    select gen_random_uuid(), account_id, study_id, ordinal, cell, modality, 0 from gone`);
  const next = await exported(first);
  expect(next.tables.find(({ name }) => name === 'series')?.parts.length).toBe(2);
  expect(await loaded(next, rowsOf)).toEqual(await rowsOf(client));
});

test('what is erased while a backup is made is not named by it: nothing is missed, and nothing is said to be lost', async () => {
  const [victim] = (await client.query<{ id: string }>('select id from packs limit 1')).rows;
  let asked = 0;
  const read = async (name: string) => {
    if (name !== victim?.id) return new Uint8Array(0);
    asked += 1;
    // Its object is gone; then its row, which the snapshot still has.
    if (asked === 2) await client.query(`delete from packs where id = '${name}'`);
    throw new BlobError('BLOB_MISSING', 'gone');
  };
  const { manifest } = await makeBackup(
    {
      database: databaseOn(client),
      connection: postgres.connection,
      keys: keys.service,
      place,
      stores: { images: { read }, identity: { read } },
      now: () => new Date(),
    },
    randomUUID(),
    () => false,
    () => {},
  );
  expect(asked).toBe(2);
  expect(manifest.missing).toEqual([]);
  expect(await missingCopies(keys.service, place, manifest)).toEqual({ gone: 0 });
  expect(manifest.tables.find(({ name }) => name === 'packs')?.rows).toBe(manifest.images.count);
});

test('a loaded database is the database: its indexes, references, triggers, policies, counters and migrations', async () => {
  const shape = async (of: pg.Client) =>
    (
      await of.query<{ made: string }>(`
        select pg_get_indexdef(indexrelid) as made from pg_index join pg_class c on c.oid = indexrelid where c.relnamespace = 'public'::regnamespace
        union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
        union all select tgname || ' ' || tgenabled::text from pg_trigger where not tgisinternal
        union all select tablename || ' ' || policyname || ' ' || qual from pg_policies
        union all select relname || ' is forced' from pg_class where relforcerowsecurity
        union all select name from kysely_migration order by 1`)
    ).rows.map(({ made }) => made);
  const expected = await shape(client);
  const { rows } = await client.query<{ last: number }>('select max(ordinal) as last from packs');
  await loaded(await exported(), async (scratch) => {
    expect(await shape(scratch)).toEqual(expected);
    expect(await migrate(databaseOn(scratch))).toEqual([]);
    const usage = async () => (await scratch.query('select sum(instances) as sum from usage')).rows[0].sum as number;
    const before = await usage();
    await newPack(scratch);
    expect((await usage()) - before).toBe(3);
    const next = await scratch.query<{ last: number }>('select max(ordinal) as last from packs');
    expect(next.rows[0]?.last).toBeGreaterThan(rows[0]?.last as number);
    expect((await scratch.query(`select to_regclass('restore_under_way') as at`)).rows[0]).toEqual({ at: null });
  });
});

test('a backup that says another number of rows than it holds leaves no table behind', async () => {
  const made = await exported();
  const wrong = {
    ...made,
    tables: made.tables.map((table) => (table.name === 'series' ? { ...table, rows: table.rows + 1 } : table)),
  };
  const name = 'load_wrong';
  await client.query(`create database ${name} template template0`);
  const scratch = await ownConnection(inDatabase(postgres.connection, name));
  try {
    await expect(loadDatabase({ client: scratch, keys: keys.service, place }, wrong)).rejects.toMatchObject({
      code: 'BACKUP_DAMAGED',
    });
    const { rows } = await sql<{
      count: number;
    }>`select count(*) as count from pg_class where relnamespace = 'public'::regnamespace`.execute(databaseOn(scratch));
    expect(rows[0]?.count).toBe(0);
  } finally {
    await scratch.end();
    await client.query(`drop database ${name} with (force)`);
  }
});
