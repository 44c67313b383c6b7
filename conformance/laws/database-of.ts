import { join } from 'node:path';
import type { Exchange } from '@symbolon/testbed';
import { type Database, openDatabase } from '../../packages/server/src/platform/db/database.ts';

/** Looks into an exchange's own PostgreSQL, over its socket, as the exchange does; the exchange must be running. */
export async function inDatabaseOf<T>(exchange: Exchange, look: (database: Database) => Promise<T>): Promise<T> {
  const host = join(exchange.dataDir, 'postgres/socket');
  const { database, close } = openDatabase({ host, user: 'symbolon', database: 'postgres' }, () => {});
  try {
    return await look(database);
  } finally {
    await close();
  }
}
