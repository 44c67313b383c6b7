import { type Kysely, sql } from 'kysely';

/**
 * Signing in: what an account wants of passwords, factors and sessions; second factors, known browsers, recovery codes; resets and
 * changes of address, with the mails about them; terms of use and who accepted them; the second password that opens identities.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table accounts add column sign_in_policy jsonb not null default '{}'`,
  'alter table roles add column second_factor boolean not null default false',
  `alter table users add column password_changed_at timestamptz not null default now(),
    add column password_must_change boolean not null default false`,
  'alter table memberships add column second_password_hash text',
  // Of a session: what proved it beside the password, when who is there was last proven, until when identities are open, and when
  // it had no step of the sign-in to do for the first time: until then it lives for minutes only.
  `alter table sessions add column factor text, add column proven_at timestamptz not null default now(),
    add column locked_at timestamptz, add column identities_until timestamptz, add column finished_at timestamptz`,
  'update sessions set finished_at = created_at',
  // A TOTP has a sealed secret and the newest step that was used; a passkey its public key and its counter.
  `create table second_factors (
    id uuid primary key, user_id uuid not null references users, kind text not null check (kind in ('totp', 'passkey')),
    label text not null, created_at timestamptz not null, used_at timestamptz,
    sealed_secret bytea, last_step bigint,
    credential_id bytea unique, public_key bytea, sign_count bigint, transports text[], backed_up boolean,
    check ((kind = 'totp') = (sealed_secret is not null)), check ((kind = 'passkey') = (credential_id is not null)),
    check ((kind = 'passkey') = (public_key is not null)))`,
  'create index second_factors_of_a_user on second_factors (user_id)',
  `create table recovery_codes (
    user_id uuid not null references users, digest bytea not null, created_at timestamptz not null, used_at timestamptz,
    primary key (user_id, digest))`,
  `create table devices (
    id uuid primary key, user_id uuid not null references users, digest bytea not null, agent text not null,
    address text not null, created_at timestamptz not null, seen_at timestamptz not null,
    trusted_at timestamptz, trusted_until timestamptz, unique (user_id, digest))`,
  'create index devices_by_digest on devices (digest)',
  `create table challenges (
    id uuid primary key, purpose text not null, user_id uuid references users, bytes bytea not null,
    sealed_secret bytea, expires_at timestamptz not null)`,
  'create index challenges_by_end on challenges (expires_at)',
  `create table password_resets (
    id uuid primary key, digest bytea not null, user_id uuid not null references users, created_by uuid references users,
    created_at timestamptz not null, expires_at timestamptz not null, used_at timestamptz)`,
  'create index password_resets_of_a_user on password_resets (user_id)',
  `create table address_changes (
    id uuid primary key, digest bytea not null, user_id uuid not null references users, email text not null,
    created_at timestamptz not null, expires_at timestamptz not null, used_at timestamptz)`,
  'create index address_changes_of_a_user on address_changes (user_id)',
  // Who asks for a new password names an address: whether somebody has it is found out when the mail is made, and not before the answer.
  `create table mails (
    id uuid primary key, kind text not null, user_id uuid references users, account_id uuid references accounts,
    about jsonb not null, created_at timestamptz not null, next_try_at timestamptz not null, tries integer not null default 0,
    problem text, given_up_at timestamptz)`,
  'create index mails_by_next_try on mails (next_try_at) where given_up_at is null',
  `create table terms (
    account_id uuid not null references accounts, version integer not null, text text not null, created_by uuid not null references users,
    created_at timestamptz not null, primary key (account_id, version))`,
  `create table terms_acceptances (
    account_id uuid not null, user_id uuid not null references users, version integer not null, accepted_at timestamptz not null,
    address text not null, primary key (account_id, user_id, version),
    foreign key (account_id, version) references terms (account_id, version))`,
  // Tries that were turned away past a limit, counted by limit and window: the first is recorded at once, the others as one record
  // when the window is over. Nothing here says what was tried.
  `create table refused_tries (
    name text not null, since timestamptz not null, ends_at timestamptz not null, tries integer not null,
    account_id uuid, user_id uuid, link_id uuid, address text, action text not null, kind text not null,
    primary key (name, since))`,
  'create index refused_tries_by_end on refused_tries (ends_at)',
  'create index refused_tries_of_a_user on refused_tries (user_id) where user_id is not null',
];
