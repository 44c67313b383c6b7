import { type Kysely, sql } from 'kysely';

/** Sessions of browsers, links to studies and the visits that were made by them, and how often secrets were tried. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table users add column name text not null default ''`,
  `update users set name = split_part(email, '@', 1)`,

  `create table sessions (
    id uuid primary key, digest bytea not null unique, user_id uuid not null references users,
    account_id uuid not null references accounts, namespace_id uuid not null references namespaces, address text not null,
    created_at timestamptz not null default now(), seen_at timestamptz not null, expires_at timestamptz not null)`,
  'create index sessions_by_end on sessions (expires_at)',

  // What was tried how often; names are digests, rows live a day.
  'create table attempts (name text primary key, count integer not null, since timestamptz not null)',
  'create index attempts_by_age on attempts (since)',

  // The cell holds the note, which may name somebody. A link is never deleted while its study is there: it is evidence.
  `create table links (
    id uuid primary key, account_id uuid not null references accounts, study_id uuid not null references studies,
    digest bytea not null, password_hash text, download boolean not null, cell bytea not null,
    created_by uuid not null references users, created_at timestamptz not null, expires_at timestamptz not null,
    revoked_by uuid references users, revoked_at timestamptz,
    opened integer not null default 0, last_opened_at timestamptz, wrong_passwords integer not null default 0)`,
  'create index links_of_an_account on links (account_id, created_at desc, id)',
  'create index links_of_a_study on links (study_id, created_at desc, id)',
  `create table link_visits (
    id uuid primary key, digest bytea not null unique, link_id uuid not null references links, address text not null,
    created_at timestamptz not null, expires_at timestamptz not null)`,
  'create index link_visits_by_end on link_visits (expires_at)',

  'alter table audit_records add column session_id uuid, add column link_id uuid',
  'create index audit_records_of_a_link on audit_records (link_id, at) where link_id is not null',
];
