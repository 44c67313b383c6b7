import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect, type PostgresPool, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema/index.ts';
import { accountSetting, everyAccount } from './second-wall.ts';

// int8 (20) and bigint[] (1016) arrive as strings: counts fit a double, tokens need all 64 bits.
pg.types.setTypeParser(20, (text) => Number(text));
const bigints = /-?\d+/g;
pg.types.setTypeParser(1016 as never, (text: string) => (text.match(bigints) ?? []).map((digits) => BigInt(digits)));

export type { Schema } from './schema/index.ts';
export type { SessionFactor } from './schema/people.ts';

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

export const plannedOnceText = '/* planned once */ ';
/**
 * Begins a statement whose text is always the same and that is asked with nearly every request: each connection reads and plans
 * it once. What decides who asks took PostgreSQL 2.9 ms of its CPU, of which all but 0.6 was planning.
 */
export const plannedOnce = sql.raw(plannedOnceText);

/** At its front, or behind the `select` of one that was built, where `modifyFront` puts it. */
export const isPlannedOnce = (text: string): boolean =>
  text.startsWith(plannedOnceText) || text.startsWith(plannedOnceText, 'select '.length);

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
  if (typeof text !== 'string' || !isPlannedOnce(text)) return asked;
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
    // Class 08 connection exception, 57P operator intervention (shutdown, crash), 53 out of resources; 58030 its disk gives errors;
    // 55P03 a lock was not given in time: as with all of these, the same may go well in some seconds.
    if (/^(08|57P|53|58030|55P03)/.test(code)) return true;
    if (networkTroubles.has(code) || syscall === 'connect' || syscall === 'getaddrinfo') return true;
  }
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|not queryable/i.test(
    message ?? '',
  );
}
