import { createHash } from 'node:crypto';
import type { Decisions, MailProblem, Role, SignInPolicy } from '@symbolon/contract';
import { type Generated, Kysely, PostgresDialect, type PostgresPool, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { accountSetting, everyAccount } from './second-wall.ts';

// int8 (20) and bigint[] (1016) arrive as strings: counts fit a double, tokens need all 64 bits.
pg.types.setTypeParser(20, (text) => Number(text));
const bigints = /-?\d+/g;
pg.types.setTypeParser(1016 as never, (text: string) => (text.match(bigints) ?? []).map((digits) => BigInt(digits)));

type Timestamps = { created_at: Generated<Date> };
/** What proved a session beside the password; a trusted device is what it was proven with once. */
export type SessionFactor = 'totp' | 'passkey' | 'recovery code' | 'trusted device';
/** 64-bit blind tokens (design of the sealed search: docs/formats/search-tokens.md). */
type Tokens = { tokens: bigint[] };

export type Schema = {
  accounts: Timestamps & {
    id: string;
    name: string;
    closed_at: Generated<Date | null>;
    owner_id: Generated<string | null>;
    operates: Generated<boolean>;
    addresses: Generated<string[]>;
    sign_in_policy: Generated<Partial<SignInPolicy>>;
  };
  users: Timestamps & {
    id: string;
    email: string | null;
    name: Generated<string>;
    kind: Generated<'person' | 'service'>;
    password_hash: string | null;
    password_changed_at: Generated<Date>;
    password_must_change: Generated<boolean>;
  };
  memberships: Timestamps & {
    account_id: string;
    user_id: string;
    role_id: string;
    name: Generated<string | null>;
    seen_at: Generated<Date | null>;
    state: Generated<'invited' | 'active' | 'suspended' | 'removed'>;
    changed_at: Generated<Date>;
    held_at: Generated<Date | null>;
    second_password_hash: Generated<string | null>;
  };
  namespaces: Timestamps & {
    id: string;
    account_id: string;
    user_id: string | null;
    group_id: Generated<string | null>;
    must_approve: Generated<boolean>;
  };
  roles: Timestamps & {
    id: string;
    account_id: string;
    name: string;
    builtin: Role | null;
    says: Generated<string>;
    decisions: Generated<Decisions>;
    addresses: Generated<string[]>;
    changed_at: Generated<Date>;
    second_factor: Generated<boolean>;
  };
  groups: Timestamps & {
    id: string;
    account_id: string;
    kind: 'group' | 'location';
    name: string;
    location_id: Generated<string | null>;
    default_role_id: Generated<string | null>;
    deleted_at: Generated<Date | null>;
  };
  group_members: Timestamps & { group_id: string; user_id: string; account_id: string; role_id: string | null };
  grants: {
    id: string;
    account_id: string;
    study_id: string;
    series_id: string | null;
    namespace_id: string;
    granted_by: string;
    created_at: Date;
    expires_at: Date | null;
    revoked_by: Generated<string | null>;
    revoked_at: Generated<Date | null>;
    via: Generated<string | null>;
    held_at: Generated<Date | null>;
  };
  openings: {
    id: string;
    account_id: string;
    user_id: string;
    study_id: string;
    kind: 'reason' | 'emergency';
    cell: Buffer;
    opened_at: Date;
    expires_at: Date;
    ended_at: Generated<Date | null>;
    reviewed_by: Generated<string | null>;
    reviewed_at: Generated<Date | null>;
  };
  invitations: {
    id: string;
    digest: Buffer;
    account_id: string;
    user_id: string;
    created_by: string;
    created_at: Date;
    expires_at: Date;
    used_at: Generated<Date | null>;
  };
  api_tokens: Timestamps & {
    id: string;
    digest: Buffer;
    label: string;
    user_id: string;
    account_id: string;
    namespace_id: string;
    expires_at: Date | null;
    used_at: Date | null;
    held_at: Generated<Date | null>;
    scope: Generated<string[] | null>;
    addresses: Generated<string[]>;
    created_by: Generated<string | null>;
    revoked_by: Generated<string | null>;
    revoked_at: Generated<Date | null>;
    made_with: Generated<string | null>;
  };
  sessions: Timestamps & {
    id: string;
    digest: Buffer;
    user_id: string;
    account_id: string;
    namespace_id: string;
    address: string;
    agent: Generated<string>;
    seen_at: Date;
    expires_at: Date;
    factor: Generated<SessionFactor | null>;
    proven_at: Generated<Date>;
    locked_at: Generated<Date | null>;
    identities_until: Generated<Date | null>;
    finished_at: Generated<Date | null>;
  };
  former_passwords: { user_id: string; replaced_at: Date; password_hash: string };
  second_factors: {
    id: string;
    user_id: string;
    kind: 'totp' | 'passkey';
    label: string;
    created_at: Date;
    used_at: Date | null;
    sealed_secret: Buffer | null;
    last_step: number | null;
    credential_id: Buffer | null;
    public_key: Buffer | null;
    sign_count: number | null;
    transports: string[] | null;
    backed_up: boolean | null;
  };
  recovery_codes: { user_id: string; digest: Buffer; created_at: Date; used_at: Date | null };
  devices: {
    id: string;
    user_id: string;
    digest: Buffer;
    agent: string;
    address: string;
    created_at: Date;
    seen_at: Date;
    trusted_at: Generated<Date | null>;
    trusted_until: Date | null;
  };
  challenges: {
    id: string;
    purpose: string;
    user_id: string | null;
    bytes: Buffer;
    sealed_secret: Buffer | null;
    expires_at: Date;
  };
  password_resets: {
    id: string;
    digest: Buffer;
    user_id: string;
    created_by: string | null;
    created_at: Date;
    expires_at: Date;
    used_at: Generated<Date | null>;
  };
  address_changes: {
    id: string;
    digest: Buffer;
    user_id: string;
    email: string;
    created_at: Date;
    expires_at: Date;
    used_at: Generated<Date | null>;
  };
  mails: {
    id: string;
    kind: string;
    user_id: string | null;
    account_id: string | null;
    about: unknown;
    created_at: Date;
    next_try_at: Date;
    tries: Generated<number>;
    problem: Generated<MailProblem | null>;
    given_up_at: Generated<Date | null>;
  };
  terms: { account_id: string; version: number; text: string; created_by: string; created_at: Date };
  terms_acceptances: { account_id: string; user_id: string; version: number; accepted_at: Date; address: string };
  attempts: { name: string; count: number; since: Date };
  refused_tries: {
    name: string;
    since: Date;
    ends_at: Date;
    tries: number;
    account_id: string | null;
    user_id: string | null;
    link_id: string | null;
    address: string | null;
    action: string;
    kind: string;
  };
  links: {
    id: string;
    account_id: string;
    study_id: string;
    digest: Buffer;
    password_hash: string | null;
    download: boolean;
    cell: Buffer;
    created_by: string;
    created_at: Date;
    expires_at: Date;
    revoked_by: string | null;
    revoked_at: Date | null;
    opened: Generated<number>;
    last_opened_at: Date | null;
    wrong_passwords: Generated<number>;
    held_at: Generated<Date | null>;
  };
  link_visits: { id: string; digest: Buffer; link_id: string; address: string; created_at: Date; expires_at: Date };
  patients: Timestamps & { id: string; account_id: string; cell: Buffer };
  patient_tokens: Tokens & { patient_id: string };
  studies: Timestamps & {
    id: string;
    account_id: string;
    namespace_id: string;
    patient_id: string;
    key_id: Generated<string | null>;
    cell: Buffer;
    modalities: string[];
    series_count: number;
    instance_count: number;
    bytes: number;
    misidentified: Generated<boolean>;
    updated_at: Date;
    rewrites: Generated<number>;
    unapproved: Generated<boolean>;
    approved_by: Generated<string | null>;
    approved_at: Generated<Date | null>;
  };
  study_tokens: Tokens & { study_id: string };
  series: Timestamps & {
    id: string;
    account_id: string;
    study_id: string;
    ordinal: number;
    cell: Buffer;
    modality: string;
    instance_count: number;
  };
  series_tokens: Tokens & { series_id: string };
  packs: Timestamps & {
    id: string;
    account_id: string;
    study_id: string;
    series_id: string;
    ordinal: Generated<number>;
    state: 'current' | 'aside';
    version: number;
    manifest: Buffer;
    identity: Buffer | null;
    identity_sealed_bytes: number;
    image_sealed_bytes: number;
    image_key: Buffer | null;
    instance_count: number;
    bytes: number;
    turned: Generated<number[]>;
    settled: Generated<number[]>;
    sent_by: string | null;
    key_id: Generated<string | null>;
    rewritten_at: Generated<Date | null>;
    weighed_at: Generated<Date | null>;
  };
  replaced_packs: {
    id: string;
    account_id: string;
    study_id: string;
    series_id: string;
    ordinal: number;
    state: 'current' | 'aside';
    version: number;
    manifest: Buffer;
    identity: Buffer | null;
    identity_sealed_bytes: number;
    image_sealed_bytes: number;
    image_key: Buffer | null;
    instance_count: number;
    bytes: number;
    turned: number[];
    key_id: Generated<string | null>;
    replaced_by: string;
    replaced_at: Generated<Date>;
  };
  compaction_due: { series_id: string; look_at: Date };
  compaction_totals: {
    single: Generated<boolean>;
    rewrites: Generated<number>;
    packs_before: Generated<number>;
    instances: Generated<number>;
    bytes: Generated<number>;
    last_at: Date | null;
    compressed: Generated<number>;
    stored_before: Generated<number>;
    stored_after: Generated<number>;
  };
  conflict_choices: {
    id: string;
    account_id: string;
    study_id: string;
    choice: 'held' | 'new';
    instances: number;
    turned: [packId: string, position: number][];
    settled: [packId: string, position: number][];
    chosen_by: string;
    chosen_at: Date;
    undone_by: string | null;
    undone_at: Date | null;
  };
  usage: {
    account_id: string;
    instances: Generated<number>;
    bytes: Generated<number>;
    max_instances: number | null;
    max_bytes: number | null;
  };
  key_schedules: { account_id: string; patient_days: number | null; account_days: number };
  pack_tokens: Tokens & { pack_id: string };
  scrub_rounds: {
    id: string;
    started_at: Date;
    ended_at: Date | null;
    after_pack: string | null;
    packs: Generated<number>;
    bytes: Generated<number>;
    damaged: Generated<number>;
  };
  scrub_findings: {
    pack_id: string;
    account_id: string;
    study_id: string;
    part: string;
    code: string;
    instances: number;
    first_found_at: Date;
    last_found_at: Date;
    gone_at: Date | null;
  };
  holds: {
    id: string;
    account_id: string;
    study_id: string | null;
    patient_id: string | null;
    cell: Buffer;
    placed_by: string;
    placed_at: Date;
    released_by: string | null;
    released_at: Date | null;
  };
  erasures: {
    id: string;
    account_id: string;
    kind: 'study' | 'series' | 'instances' | 'patient' | 'account';
    ground: string;
    asked_by: string | null;
    asked_at: Date;
    study_id: string | null;
    patient_id: string | null;
    series_ids: string[] | null;
    image_tokens: bigint[] | null;
    subjects: Generated<unknown>;
    patients: Generated<number>;
    studies: Generated<number>;
    series: Generated<number>;
    instances: Generated<number>;
    bytes: Generated<number>;
    packs: Generated<number>;
    renewed_at: Date | null;
    out_of_sight_at: Date | null;
    keys_destroyed_at: Date | null;
    objects_removed_at: Date | null;
    final_at: Date | null;
    failed_at: Date | null;
    failure: string | null;
    certificate: unknown;
  };
  erasure_objects: { id: string; erasure_id: string };
  tombstones: {
    id: string;
    kind: 'study' | 'study-data' | 'patient' | 'account';
    account_id: string;
    family: string;
    erasure_id: string;
    at: Date;
  };
  spent_keys: { key_id: string; account_id: string; patient_id: string; study_id: string; spent_at: Date };
  reseal_due: {
    study_id: string;
    account_id: string;
    asked_at: Date;
    begun: Generated<boolean>;
    look_at: Generated<Date>;
  };
  backup_policy: {
    single: Generated<boolean>;
    every_hours: Generated<number | null>;
    drill_every_days: Generated<number | null>;
    keep_last: Generated<number>;
    keep_daily: Generated<number>;
    keep_weekly: Generated<number>;
    keep_monthly: Generated<number>;
  };
  backup_runs: {
    id: string;
    place: string;
    started_at: Date;
    ended_at: Date | null;
    state: 'running' | 'whole' | 'failed';
    phase: string;
    code: string | null;
    objects_done: Generated<number>;
    bytes_done: Generated<number>;
    bytes_in_all: Generated<number>;
    table_bytes: Generated<number>;
    snapshot_xmin: string | null;
    missing: Generated<number>;
    removed: Generated<boolean>;
  };
  backup_drills: {
    id: string;
    backup_id: string | null;
    started_at: Date;
    ended_at: Date | null;
    result: 'running' | 'good' | 'bad' | 'failed';
    loaded: Generated<boolean>;
    code: string | null;
    packs: Generated<number>;
    instances: Generated<number>;
    bytes: Generated<number>;
    lost: Generated<number>;
    erased: Generated<number>;
  };
  restores: {
    id: string;
    backup_id: string;
    made_at: Date;
    restored_at: Date;
    tokens_held: number;
    links_held: number;
    people_held: Generated<number>;
    grants_held: Generated<number>;
    released_at: Date | null;
    released_by: string | null;
  };
  audit_records: {
    id: string;
    at: Date;
    account_id: string | null;
    user_id: string | null;
    token_id: string | null;
    session_id: string | null;
    link_id: string | null;
    address: string | null;
    action: string;
    kind: string;
    outcome: string;
    study_id: string | null;
    shown: string[] | null;
    detail: Buffer | null;
  };
};

export type Database = Kysely<Schema>;
export type Trx = Transaction<Schema>;

export type Connection =
  | { readonly connectionString: string }
  | { readonly host: string; readonly user: string; readonly database: string };

/**
 * What each connection asks of a server, whatever an operator made the default there.
 *
 * Who waits for locks and then looks must see, with each statement, what was committed before it, and not what was there when
 * the transaction began. And a transaction in which nothing happens for so long is ended, and its locks with it: that of a node
 * that is frozen, or cut off without a word. The longest honest pause is the comparison of a large object that comes again.
 */
const sessionSettings = {
  options: '-c default_transaction_isolation=read\\ committed',
  idle_in_transaction_session_timeout: 300_000,
};

/** What a connection is opened as, beside whom its address names. */
type Session = {
  /** Whose rows it sees: see second-wall.ts. */
  readonly account?: string;
  /** Works as this role, which the one whom the address names may become. */
  readonly role?: string;
};

/** With the settings of the session. An address may have options of its own, which would take the place of ours: both are asked for. */
export function withSessionSettings<T extends Connection>(
  connection: T,
  { account, role }: Session = { account: everyAccount },
): T & typeof sessionSettings {
  const settings = {
    ...sessionSettings,
    options: [
      sessionSettings.options,
      ...(account === undefined ? [] : [`-c ${accountSetting}=${account}`]),
      ...(role === undefined ? [] : [`-c role=${role}`]),
    ].join(' '),
  };
  if (!('connectionString' in connection)) return { ...settings, ...connection };
  const [address = '', query = ''] = connection.connectionString.split(/\?(.*)/s);
  const asked = new URLSearchParams(query);
  const options = asked.get('options');
  if (options === null) return { ...settings, ...connection };
  // Of two the last one holds.
  asked.set('options', `${options} ${settings.options}`);
  return { ...settings, ...connection, connectionString: `${address}?${asked}` };
}

/** Opens a pool. `lost` hears of connections that broke while idle; the next use makes new ones. */
export function openPool(connection: Connection, session: Session | undefined, lost: () => void): pg.Pool {
  const pool = new pg.Pool({
    ...withSessionSettings(connection, session),
    max: 14,
    connectionTimeoutMillis: 10_000,
    // A server that does not answer is a server that is gone: the sender is told so and tries again.
    query_timeout: 60_000,
    idleTimeoutMillis: 60_000,
    application_name: 'symbolon',
  });
  pool.on('error', lost);
  // The pool hears only of idle connections. One that breaks between two statements of a transaction tells its client
  // alone, where an error that nobody hears would end the process; the next statement on it fails by itself.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

const plannedOnceText = '/* planned once */ ';
/**
 * Begins a statement whose text is always the same and that is asked with nearly every request: each connection reads and plans
 * it once. What decides who asks took PostgreSQL 2.9 ms of its CPU, of which all but 0.6 was planning.
 */
export const plannedOnce = sql.raw(plannedOnceText);

/** PostgreSQL knows it by a name, which must be another one for another text. */
const planNames = new Map<string, string>();
function planNameOf(text: string): string {
  const name = planNames.get(text) ?? createHash('sha256').update(text).digest('hex').slice(0, 40);
  planNames.set(text, name);
  return name;
}

/** As the driver is asked for it, by text and values. */
const planned = (asked: unknown[]): unknown[] => {
  const [text, values] = asked;
  if (typeof text !== 'string' || !text.startsWith(plannedOnceText)) return asked;
  return [{ name: planNameOf(text), text, values }];
};

/** What it gives changed since it was planned, as where another node brought the tables to a newer version. */
const planIsOld = (error: unknown): boolean => Object(error).code === '0A000';

/**
 * A connection of a pool. Given back in the middle of a transaction, as where neither a statement nor the rollback behind it was
 * answered in time, it is closed: what its next holder wrote would hang in that transaction, and so would whose rows they see.
 * So is one whose statement was given up, which the server may still be at, or only come to.
 */
export async function lentBy(pool: pg.Pool): Promise<pg.PoolClient> {
  const client = await pool.connect();
  const { release } = client;
  const query: (...asked: unknown[]) => unknown = client.query;
  let givenUp = false;
  client.query = (...asked: unknown[]) => {
    const answer = query.apply(client, planned(asked));
    if (answer instanceof Promise)
      answer.catch((error: unknown) => {
        givenUp ||= isDatabaseAway(error) || planIsOld(error);
      });
    return answer as never;
  };
  client.release = (error) => {
    client.query = query as never;
    release(error || givenUp || client.getTransactionStatus() !== 'I');
  };
  return client;
}

/** What statements are sent by; given back when they are answered. */
type Lent = Pick<pg.PoolClient, 'query'> & { release(): void };

/** The tables by whatever lends connections. It ends nothing: whoever opened the connections closes them. */
export function databaseOver(connect: () => Promise<Lent>): Database {
  const pool = { connect, end: async () => {}, options: {} };
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: pool as PostgresPool }) });
}

/** Opens the database as the exchange sees it for itself: the rows of every account. */
export function openDatabase(
  connection: Connection,
  lost: () => void,
): { database: Database; close: () => Promise<void> } {
  const pool = openPool(connection, undefined, lost);
  return { database: databaseOver(() => lentBy(pool)), close: () => pool.end() };
}

export async function ping(database: Database): Promise<void> {
  await sql`select 1`.execute(database);
}

/** What names a PostgreSQL server, whatever address it is reached by; undefined where it does not say. */
export async function serverName(
  ask: (query: string) => Promise<readonly Record<string, unknown>[]>,
): Promise<string | undefined> {
  const rows = await ask('select system_identifier::text as name from pg_control_system()').catch((error: unknown) => {
    // Not permitted: an operator may have withdrawn it.
    if ((error as { code?: unknown }).code === '42501') return [];
    throw error;
  });
  return rows[0]?.name as string | undefined;
}

export function serverNameOf(database: Database): Promise<string | undefined> {
  return serverName(async (query) => (await sql.raw<Record<string, unknown>>(query).execute(database)).rows);
}

/** Of a connection that stood; a file's troubles (EIO, ENOSPC, ENOENT of `open`) are not the database's. */
const networkTroubles = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** True where the trouble is the database's absence, not the statement: connections refused, broken, or timed out. */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message, syscall } = Object(error) as { code?: unknown; message?: string; syscall?: string };
  if (typeof code === 'string') {
    // Class 08 connection exception, 57P operator intervention (shutdown, crash), 53 out of resources; 58030 its disk gives errors.
    if (/^(08|57P|53|58030)/.test(code)) return true;
    if (networkTroubles.has(code) || syscall === 'connect' || syscall === 'getaddrinfo') return true;
  }
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|not queryable/i.test(
    message ?? '',
  );
}
