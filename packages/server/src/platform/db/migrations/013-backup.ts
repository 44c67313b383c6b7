import { type Kysely, sql } from 'kysely';

/**
 * Backups: how often and how long they are kept, what was made, how drills went, and what was restored. What a restore brought
 * back may have been revoked since the backup: tokens and links carry when they were held, and open nothing until somebody decides.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // Weekly for a year, monthly for two: what an auditor asks for.
  `create table backup_policy (
    single boolean primary key default true check (single),
    every_hours integer default 24 check (every_hours > 0), drill_every_days integer default 7 check (drill_every_days > 0),
    keep_last integer not null default 3 check (keep_last > 0), keep_daily integer not null default 14 check (keep_daily >= 0),
    keep_weekly integer not null default 52 check (keep_weekly >= 0), keep_monthly integer not null default 24 check (keep_monthly >= 0))`,
  'insert into backup_policy default values',

  `create table backup_runs (
    id uuid primary key, place text not null, started_at timestamptz not null, ended_at timestamptz,
    state text not null check (state in ('running', 'whole', 'failed')), phase text not null, code text,
    objects_done bigint not null default 0, bytes_done bigint not null default 0, bytes_in_all bigint not null default 0,
    table_bytes bigint not null default 0, snapshot_xmin text, missing integer not null default 0, removed boolean not null default false)`,
  'create index backup_runs_by_start on backup_runs (started_at desc)',

  `create table backup_drills (
    id uuid primary key, backup_id uuid, started_at timestamptz not null, ended_at timestamptz,
    result text not null check (result in ('running', 'good', 'bad', 'failed')), loaded boolean not null default false, code text,
    packs bigint not null default 0, instances bigint not null default 0, bytes bigint not null default 0,
    lost bigint not null default 0, erased bigint not null default 0)`,
  'create index backup_drills_by_start on backup_drills (started_at desc)',

  `create table restores (
    id uuid primary key, backup_id uuid not null, made_at timestamptz not null, restored_at timestamptz not null,
    tokens_held integer not null, links_held integer not null, released_at timestamptz, released_by uuid references users)`,
  'alter table api_tokens add column held_at timestamptz',
  'alter table links add column held_at timestamptz',
];
