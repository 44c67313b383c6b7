import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
// For its parsers of numbers, too: what is read here is read as the exchange reads it.
import { type Database, isPlannedOnce, plannedOnceText, type Schema, withSessionSettings } from './database.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';
import { postgresMadeOnce } from './made-once.testing.ts';
import { migrate } from './migrate.ts';
import { accountRole, readyAccountRole } from './second-wall.ts';

/**
 * Statements of `plannedOnce` are planned for their parameters at first, and later for any: both are production's. The second is
 * made for those alone.
 */
export type Planned = 'for these' | 'for any';

export type WatchedPostgres = {
  readonly connection: EmbeddedPostgres['connection'];
  readonly database: Database;
  /** The plans of every statement that `work` sends, as PostgreSQL makes them for the very same parameters. */
  plansOf(work: () => Promise<unknown>, how?: Planned): Promise<string[]>;
  /** How many pages of 8 KiB PostgreSQL touches for every statement that `work` sends, run once more. */
  pagesOf(work: () => Promise<unknown>, how?: Planned): Promise<number[]>;
  /** The same as requests of an account see it: by the role and under the policies of the exchange in use. */
  asAccount(accountId: string): WatchedPostgres;
  readonly stop: () => Promise<void>;
};

/**
 * What a PostgreSQL of tests alone may leave out. Nobody cuts its power, and a busy disk takes seconds for each sync; and plans are
 * those of the statistics that a test took, not of those that a job of its own took meanwhile.
 */
export async function hastened(run: (statement: string) => Promise<unknown>): Promise<void> {
  for (const setting of ['fsync', 'autovacuum']) await run(`alter system set ${setting} = off`);
  await run('select pg_reload_conf()');
}

/** A real PostgreSQL with our tables, which tells what statements it was sent and how it would answer them. */
export async function watchedPostgres(connections = 2): Promise<WatchedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'sx-plans-'));
  await chmod(folder, 0o711);
  const postgres = await postgresMadeOnce(join(folder, 'postgres'), 'with-tables', async ({ connection }) => {
    const { database } = watching(connection, 1);
    await hastened((statement) => sql.raw(statement).execute(database));
    await migrate(database);
    await database.destroy();
  });
  await postgres.start();
  const all = watching(postgres.connection, connections);
  const opened = [all];
  const bypasses = await readyAccountRole(all.database);
  const stop = async (): Promise<void> => {
    for (const { database } of opened) await database.destroy();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const asAccount = (account: string): WatchedPostgres => {
    const session = { account, ...(bypasses && { role: accountRole }) };
    const own = watching(withSessionSettings(postgres.connection, session), connections);
    opened.push(own);
    return { ...own, connection: postgres.connection, asAccount, stop };
  };
  return { ...all, connection: postgres.connection, asAccount, stop };
}

function watching(
  connection: pg.PoolConfig,
  connections: number,
): Pick<WatchedPostgres, 'database' | 'plansOf' | 'pagesOf'> {
  const pool = new pg.Pool({ ...connection, max: connections });
  // What PostgreSQL ends when it stops.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const heard: { sql: string; parameters: readonly unknown[] }[] = [];
  const database = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool }),
    log: ({ level, query }) => {
      if (level === 'query' && /^(select|update|with)/.test(query.sql.replace(plannedOnceText, '')))
        heard.push({ sql: query.sql, parameters: query.parameters });
    },
  });
  type Row = { 'QUERY PLAN': string } & Record<string, unknown>;
  /** What a statement is explained by, in a session of its own where its plan is one for any parameters. */
  const explained = async (work: () => Promise<unknown>, how: Planned, options: string): Promise<Row[][]> => {
    heard.length = 0;
    await work();
    const answers: Row[][] = [];
    for (const { sql: text, parameters } of [...heard]) {
      if (how === 'for these') {
        answers.push((await pool.query(`explain ${options} ${text}`, [...parameters])).rows);
        continue;
      }
      if (!isPlannedOnce(text)) continue;
      const client = await pool.connect();
      try {
        await client.query('set plan_cache_mode = force_generic_plan');
        await client.query(`prepare planned as ${text}`);
        const given = parameters.length === 0 ? '' : `(${parameters.map(literal).join(', ')})`;
        answers.push((await client.query(`explain ${options} execute planned${given}`)).rows);
      } finally {
        client.release(true);
      }
    }
    return answers;
  };
  return {
    database,
    async plansOf(work, how = 'for these') {
      const answers = await explained(work, how, '');
      return answers.map((rows) => rows.map((row) => row['QUERY PLAN']).join('\n'));
    },
    async pagesOf(work, how = 'for these') {
      const answers = await explained(work, how, '(analyze, buffers, format json)');
      return answers.map((rows) => {
        const [{ 'QUERY PLAN': plans }] = rows as unknown as [{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }];
        const [{ Plan }] = plans;
        return (Plan['Shared Hit Blocks'] as number) + (Plan['Shared Read Blocks'] as number);
      });
    },
  };
}

/** A parameter as SQL spells it: a string, a number, or an array of such. */
const literal = (value: unknown): string =>
  value === null
    ? 'null'
    : pg.escapeLiteral(Array.isArray(value) ? `{${value.map((one) => JSON.stringify(one)).join(',')}}` : String(value));

/** One account with so many studies of one series and two packs each; tokens are random, as HMACs are. */
export async function plantStudies(
  database: Database,
  studies: number,
): Promise<{ accountId: string; studyId: string }> {
  const statements = [
    `insert into accounts (id, name) values ('00000000-0000-4000-8000-000000000001', 'A'), (gen_random_uuid(), 'B')`,
    `insert into namespaces (id, account_id) select gen_random_uuid(), id from accounts`,
    `insert into patients (id, account_id, cell) select gen_random_uuid(), id, '\\x00' from accounts`,
    // One study in ten is the other account's.
    `insert into studies (id, account_id, namespace_id, patient_id, cell, modalities, series_count, instance_count, bytes, created_at, updated_at)
      select gen_random_uuid(), a.id, n.id, p.id, decode(repeat('ab', 600), 'hex'), array['CT'], 1, 20, 1000000,
        now() - i * interval '1 minute', now()
      from generate_series(1, ${studies}) i
      join accounts a on (a.name = 'B') = (i % 10 = 0)
      join namespaces n on n.account_id = a.id join patients p on p.account_id = a.id`,
    // Some forty tokens, of which a dozen are common to many: a year, first letters, modality-like words.
    `insert into study_tokens select id, array(select (random() * 4e18)::bigint + 1000 + length(studies.id::text) * 0 from generate_series(1, 30))
      || array(select (random() * 30)::bigint + length(studies.id::text) * 0 from generate_series(1, 10)) from studies`,
    `insert into series (id, account_id, study_id, ordinal, cell, modality, instance_count)
      select gen_random_uuid(), account_id, id, 1, decode(repeat('ab', 300), 'hex'), 'CT', 20 from studies`,
    `insert into packs (id, account_id, study_id, series_id, state, version, manifest, identity, identity_sealed_bytes, image_sealed_bytes, instance_count, bytes)
      select gen_random_uuid(), account_id, study_id, id, 'current', 1, decode(repeat('ab', 2000), 'hex'), decode(repeat('ab', 6000), 'hex'), 6000, 500000, 10, 500000
      from series cross join generate_series(1, 2)`,
    `insert into pack_tokens select id, array(select (random() * 4e18)::bigint + length(packs.id::text) * 0 from generate_series(1, 20)) from packs`,
    'analyze',
  ];
  for (const statement of statements) await sql.raw(statement).execute(database);
  const accountId = '00000000-0000-4000-8000-000000000001';
  const { id } = await database
    .selectFrom('studies')
    .select('id')
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .executeTakeFirstOrThrow();
  return { accountId, studyId: id };
}

/** Grants and openings of the studies that are there, so that what asks for them has something to walk past. */
export async function plantGrants(database: Database): Promise<void> {
  const statements = [
    `insert into users (id, email) select gen_random_uuid(), 'u' || i from generate_series(1, 200) i`,
    `insert into namespaces (id, account_id, user_id) select gen_random_uuid(), '00000000-0000-4000-8000-000000000001', id from users`,
    // One study in twenty is granted to somebody, and one in four was opened in an emergency, once.
    `insert into grants (id, account_id, study_id, namespace_id, granted_by, created_at)
      select gen_random_uuid(), s.account_id, s.id, n.id, n.user_id, now() from
        (select id, account_id, row_number() over () as i from studies) s
        join (select id, user_id, row_number() over () as i from namespaces where user_id is not null) n on n.i = s.i / 20 % 200 + 1
      where s.i % 20 = 0`,
    `insert into openings (id, account_id, user_id, study_id, kind, cell, opened_at, expires_at)
      select gen_random_uuid(), s.account_id, u.id, s.id, 'emergency', '\\x00', now(), now() + interval '1 hour' from
        (select id, account_id, row_number() over () as i from studies) s
        join (select id, row_number() over () as i from users) u on u.i = s.i / 4 % 200 + 1
      where s.i % 4 = 0`,
    'analyze',
  ];
  for (const statement of statements) await sql.raw(statement).execute(database);
}
