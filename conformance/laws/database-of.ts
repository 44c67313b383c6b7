import { join } from 'node:path';
import type { Role } from '@symbolon/contract';
import type { Exchange } from '@symbolon/testbed';
import { type Database, openDatabase } from '../../packages/server/src/platform/db/database.ts';

/** Looks into an exchange's PostgreSQL as the exchange does: over the socket of the embedded one while it runs, or by its address. */
export async function inDatabaseOf<T>(exchange: Exchange, look: (database: Database) => Promise<T>): Promise<T> {
  const { databaseUrl: connectionString, dataDir } = exchange;
  const embedded = { host: join(dataDir, 'postgres/socket'), user: 'symbolon', database: 'postgres' };
  const connection = connectionString === undefined ? embedded : { connectionString };
  const { database, close } = openDatabase(connection, () => {});
  try {
    return await look(database);
  } finally {
    await close();
  }
}

/** Gives all people of an exchange this built-in role, behind its back. */
export async function everybodyIs(exchange: Exchange, role: Role): Promise<void> {
  await inDatabaseOf(exchange, (database) =>
    database
      .updateTable('memberships')
      .from('roles')
      .set((of) => ({ role_id: of.ref('roles.id') }))
      .whereRef('roles.account_id', '=', 'memberships.account_id')
      .where('roles.builtin', '=', role)
      .execute(),
  );
}
