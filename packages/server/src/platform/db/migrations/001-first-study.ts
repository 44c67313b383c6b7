import { type Kysely, sql } from 'kysely';

/**
 * The tables of the first study. Blind tokens stand in tables of their own, which hold row ids and HMACs only, so that
 * row-level policies on the tables of cells will not keep the planner from GIN.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of tables) await sql.raw(statement).execute(db);
}

const tables = [
  `create table accounts (
    id uuid primary key, name text not null, created_at timestamptz not null default now())`,
  `create table users (
    id uuid primary key, email text not null unique, password_hash text not null, created_at timestamptz not null default now())`,
  `create table memberships (
    account_id uuid not null references accounts, user_id uuid not null references users,
    role text not null check (role in ('administrator', 'member', 'patient', 'guest')),
    created_at timestamptz not null default now(), primary key (account_id, user_id))`,
  `create table namespaces (
    id uuid primary key, account_id uuid not null references accounts, user_id uuid references users,
    created_at timestamptz not null default now())`,
  `create table api_tokens (
    id uuid primary key, digest bytea not null unique, label text not null,
    user_id uuid not null references users, account_id uuid not null references accounts,
    namespace_id uuid not null references namespaces,
    expires_at timestamptz, used_at timestamptz, created_at timestamptz not null default now())`,

  `create table patients (
    id uuid primary key, account_id uuid not null references accounts, cell bytea not null,
    created_at timestamptz not null default now())`,
  `create table patient_tokens (patient_id uuid primary key references patients on delete cascade, tokens bigint[] not null)`,
  'create index patient_tokens_tokens on patient_tokens using gin (tokens) with (fastupdate = off)',

  `create table studies (
    id uuid primary key, account_id uuid not null references accounts, namespace_id uuid not null references namespaces,
    patient_id uuid not null references patients, cell bytea not null, modalities text[] not null,
    series_count integer not null, instance_count bigint not null, bytes bigint not null,
    misidentified boolean not null default false,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now())`,
  'create index studies_by_arrival on studies (account_id, created_at desc, id)',
  `create table study_tokens (study_id uuid primary key references studies on delete cascade, tokens bigint[] not null)`,
  'create index study_tokens_tokens on study_tokens using gin (tokens) with (fastupdate = off)',

  `create table series (
    id uuid primary key, account_id uuid not null references accounts, study_id uuid not null references studies,
    ordinal integer not null, cell bytea not null, modality text not null, instance_count bigint not null,
    created_at timestamptz not null default now(), unique (study_id, ordinal))`,
  `create table series_tokens (series_id uuid primary key references series on delete cascade, tokens bigint[] not null)`,
  'create index series_tokens_tokens on series_tokens using gin (tokens) with (fastupdate = off)',

  `create table packs (
    id uuid primary key, account_id uuid not null references accounts, study_id uuid not null references studies,
    series_id uuid not null references series, ordinal bigint generated always as identity,
    state text not null check (state in ('current', 'aside')), version integer not null,
    manifest bytea not null, identity bytea, identity_sealed_bytes bigint not null, image_sealed_bytes bigint not null,
    instance_count integer not null, bytes bigint not null, created_at timestamptz not null default now())`,
  'create index packs_of_a_study on packs (study_id, ordinal)',
  'create index packs_of_a_series on packs (series_id, ordinal)',
  // Sealed bytes do not compress: spare the attempt.
  'alter table packs alter column manifest set storage external, alter column identity set storage external',
  `create table pack_tokens (pack_id uuid primary key references packs on delete cascade, tokens bigint[] not null)`,
  'create index pack_tokens_tokens on pack_tokens using gin (tokens) with (fastupdate = off)',

  `create table audit_records (
    id uuid primary key, at timestamptz not null, account_id uuid, user_id uuid, token_id uuid, address text,
    action text not null, kind text not null check (kind in ('create', 'read', 'update', 'delete', 'execute')),
    outcome text not null check (outcome in ('success', 'refused', 'failure')), study_id uuid, detail bytea)`,
  'create index audit_records_of_a_study on audit_records (study_id, at) where study_id is not null',
  'create index audit_records_of_an_account on audit_records (account_id, at)',
];
