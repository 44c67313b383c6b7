import type pg from 'pg';
import type { Database } from '../platform/db/database.ts';

export async function countPacks(db: Database): Promise<number> {
  const { count } = await db
    .selectFrom('packs')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

const scratchPrefix = 'symbolon_drill_';

/** Makes a database of its own for a drill, and removes those that a crash left; undefined where that is not permitted. */
export async function makeScratch(client: pg.Client, id: string): Promise<string | undefined> {
  const { rows } = await client.query<{ may: boolean }>(
    'select rolcreatedb or rolsuper as may from pg_roles where rolname = current_user',
  );
  if (!rows[0]?.may) return undefined;
  const { rows: left } = await client.query<{ name: string }>(
    `select datname::text as name from pg_database where datname like '${scratchPrefix.replaceAll('_', '\\_')}%'
      and datdba = current_user::regrole`,
  );
  for (const { name } of left) await dropScratch(client, name);
  const name = `${scratchPrefix}${id.replaceAll('-', '')}`;
  await client.query(`create database "${name}" template template0`);
  return name;
}

export async function dropScratch(client: pg.Client, name: string): Promise<void> {
  await client.query(`drop database if exists "${name}" with (force)`);
}
