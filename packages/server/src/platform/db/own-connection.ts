import pg from 'pg';
import { type Connection, type Database, databaseOver, withSessionSettings } from './database.ts';

/** A connection beside the pool, for work whose single statements last for hours. */
export async function ownConnection(connection: Connection): Promise<pg.Client> {
  const client = new pg.Client({
    ...withSessionSettings(connection),
    // Between two statements a slow place of backups may be waited for.
    idle_in_transaction_session_timeout: 0,
    connectionTimeoutMillis: 10_000,
    application_name: 'symbolon backup',
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** The same connection for whoever writes statements by Kysely; its transaction is the client's. */
export function databaseOn(client: pg.Client): Database {
  return databaseOver(async () => ({ query: client.query.bind(client), release: () => {} }));
}

/** The same server and the same rights, another database in it. */
export function inDatabase(connection: Connection, name: string): Connection {
  if (!('connectionString' in connection)) return { ...connection, database: name };
  const url = new URL(connection.connectionString);
  url.pathname = `/${name}`;
  return { connectionString: url.href };
}
