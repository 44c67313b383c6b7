import { type Kysely, sql } from 'kysely';

/**
 * Who may do what: roles with their decisions, groups and locations with namespaces of their own, grants of studies, scoped
 * tokens, address lists, approval, and openings for a stated reason. The four built-in roles of an account are rows without
 * decisions: theirs are the release's, so a permission that enters later enters them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // The first account operates the exchange: backups, storage, other accounts.
  `alter table accounts add column owner_id uuid references users, add column operates boolean not null default false,
    add column addresses text[] not null default '{}'`,
  `alter table users add column kind text not null default 'person' check (kind in ('person', 'service')),
    alter column password_hash drop not null, alter column email drop not null,
    add check ((kind = 'person') = (email is not null) and (kind = 'person' or password_hash is null))`,

  `create table roles (
    id uuid primary key, account_id uuid not null references accounts, name text not null,
    builtin text check (builtin in ('administrator', 'member', 'patient', 'guest')), says text not null default '',
    decisions jsonb not null default '{}', addresses text[] not null default '{}',
    created_at timestamptz not null default now(), changed_at timestamptz not null default now(), unique (account_id, builtin))`,
  `create unique index roles_by_name on roles (account_id, lower(name))`,
  `insert into roles (id, account_id, name, builtin)
    select gen_random_uuid(), accounts.id, initcap(builtin), builtin from accounts,
      unnest(array['administrator', 'member', 'patient', 'guest']) as builtin`,

  // What somebody is called in an account is that account's: whether they have another name elsewhere is not told.
  `alter table memberships add column role_id uuid references roles, add column name text, add column seen_at timestamptz,
    add column state text not null default 'active' check (state in ('invited', 'active', 'suspended', 'removed')),
    add column changed_at timestamptz not null default now(), add column held_at timestamptz`,
  `update memberships set role_id = roles.id from roles
    where roles.account_id = memberships.account_id and roles.builtin = memberships.role`,
  'alter table memberships alter column role_id set not null, drop column role',
  'create index memberships_of_a_user on memberships (user_id)',
  `update accounts set owner_id = (select user_id from memberships join roles on roles.id = role_id
    where memberships.account_id = accounts.id and builtin = 'administrator' order by memberships.created_at limit 1)`,
  `update accounts set operates = true where id = (select id from accounts order by created_at, id limit 1)`,

  // A group of people, or a place where they work; either has a namespace, in which studies live. One that is deleted keeps its row.
  `create table groups (
    id uuid primary key, account_id uuid not null references accounts, kind text not null check (kind in ('group', 'location')),
    name text not null, location_id uuid references groups, default_role_id uuid references roles,
    created_at timestamptz not null default now(), deleted_at timestamptz)`,
  'create unique index groups_by_name on groups (account_id, kind, lower(name)) where deleted_at is null',
  `create table group_members (
    group_id uuid not null references groups, user_id uuid not null references users, account_id uuid not null references accounts,
    role_id uuid references roles, created_at timestamptz not null default now(), primary key (group_id, user_id))`,
  'create index group_members_of_a_user on group_members (user_id, account_id)',
  `alter table namespaces add column group_id uuid references groups, add column must_approve boolean not null default false`,
  'create unique index namespaces_of_groups on namespaces (group_id) where group_id is not null',
  'create unique index namespaces_of_users on namespaces (user_id, account_id) where user_id is not null',

  `alter table studies add column unapproved boolean not null default false, add column approved_by uuid references users,
    add column approved_at timestamptz`,
  'create index studies_awaiting_approval on studies (account_id, created_at desc, id) where unapproved',
  'create index studies_of_a_namespace on studies (namespace_id, created_at desc, id)',

  // To the namespace of a user or a group. One series, or all of the study. `via`: the grant by which alone whoever gave it on reached it.
  `create table grants (
    id uuid primary key, account_id uuid not null references accounts, study_id uuid not null references studies on delete cascade,
    series_id uuid references series on delete cascade, namespace_id uuid not null references namespaces, granted_by uuid not null references users,
    created_at timestamptz not null, expires_at timestamptz, revoked_by uuid references users, revoked_at timestamptz, held_at timestamptz,
    via uuid references grants on delete cascade)`,
  'create index grants_of_a_study on grants (study_id)',
  'create index grants_of_a_series on grants (series_id) where series_id is not null',
  'create index grants_in_a_namespace on grants (namespace_id, study_id) where revoked_at is null',
  'create index grants_given_on on grants (via) where via is not null',

  // What a restore brought back is over until somebody has decided about it.
  `alter table restores add column people_held integer not null default 0, add column grants_held integer not null default 0`,

  // The cell holds the reason, which may name somebody.
  `create table openings (
    id uuid primary key, account_id uuid not null references accounts, user_id uuid not null references users,
    study_id uuid not null references studies on delete cascade, kind text not null check (kind in ('reason', 'emergency')),
    cell bytea not null, opened_at timestamptz not null, expires_at timestamptz not null, ended_at timestamptz,
    reviewed_by uuid references users, reviewed_at timestamptz)`,
  'create index openings_of_a_study on openings (study_id, user_id)',
  'create index openings_of_a_user on openings (user_id, study_id) where ended_at is null',
  'create index openings_of_an_account on openings (account_id, opened_at desc, id)',

  `alter table api_tokens add column scope text[], add column addresses text[] not null default '{}',
    add column created_by uuid references users, add column revoked_by uuid references users, add column revoked_at timestamptz,
    add column made_with uuid`,
  'create index api_tokens_made_with_a_token on api_tokens (made_with) where made_with is not null',
  'create index api_tokens_of_an_account on api_tokens (account_id, created_at desc, id)',

  // The secret by which somebody who was added sets a password, or says yes. Kept as its digest, used once.
  `create table invitations (
    id uuid primary key, digest bytea not null unique, account_id uuid not null references accounts,
    user_id uuid not null references users, created_by uuid not null references users,
    created_at timestamptz not null, expires_at timestamptz not null, used_at timestamptz)`,
  'create index invitations_of_a_user on invitations (user_id, account_id)',
];
