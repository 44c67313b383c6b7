import { type Kysely, sql } from 'kysely';

/**
 * Rounds of the scrub and what they found. A round walks the packs in the order of their ids, and stands still in between:
 * `after_pack` is where it goes on. Of each pack there is one finding, the last; `gone_at` is when a later look found it whole.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table scrub_rounds (
    id uuid primary key, started_at timestamptz not null, ended_at timestamptz, after_pack uuid,
    packs bigint not null default 0, bytes bigint not null default 0, damaged bigint not null default 0)`,
  // One at a time, whatever the number of nodes.
  'create unique index scrub_rounds_open on scrub_rounds ((true)) where ended_at is null',
  'create index scrub_rounds_by_start on scrub_rounds (started_at desc)',
  `create table scrub_findings (
    pack_id uuid primary key, account_id uuid not null references accounts, study_id uuid not null, part text not null, code text not null,
    instances integer not null, first_found_at timestamptz not null, last_found_at timestamptz not null, gone_at timestamptz)`,
  'create index scrub_findings_of_an_account on scrub_findings (account_id, first_found_at desc, pack_id) where gone_at is null',
];
