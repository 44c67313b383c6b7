import type pg from 'pg';
import { type Connection, type Database, databaseOver, lentBy, openDatabase, openPool } from './database.ts';
import { accountRole, accountSetting } from './second-wall.ts';

/** The two roads to the tables. Whoever holds this has to say which. */
export type Databases = {
  /** Sees the rows of every account: for what the exchange does by itself, and for finding out whose a request is. */
  readonly every: Database;
  /**
   * Sees and writes the rows of this account alone, whatever a statement forgot to ask: the second wall behind the policy engine
   * (docs/decisions/2026-11-22-the-second-wall.md). One statement more where a connection last worked for another account.
   */
  of(accountId: string): Database;
};

/** Handles kept: each is an object of some kilobytes, and holds no connection. */
const mostHandles = 1000;

/**
 * Opens both. A connection that works for accounts is asked for no statement before it was told for whom; one that could not
 * be told is given up.
 */
export function openDatabases(
  connection: Connection,
  { bypasses }: { readonly bypasses: boolean },
  lost: () => void,
): Databases & { readonly close: () => Promise<void> } {
  const { database: every, close } = openDatabase(connection, lost);
  const pool = openPool(connection, bypasses ? { role: accountRole } : {}, lost);
  const worksFor = new WeakMap<pg.PoolClient, string>();
  const connectFor = async (accountId: string): Promise<pg.PoolClient> => {
    const client = await lentBy(pool);
    if (worksFor.get(client) === accountId) return client;
    try {
      await client.query('select set_config($1, $2, false)', [accountSetting, accountId]);
      worksFor.set(client, accountId);
      return client;
    } catch (error) {
      client.release(true);
      throw error;
    }
  };
  const handles = new Map<string, Database>();
  const open = (accountId: string): Database => {
    if (handles.size >= mostHandles) handles.clear();
    const handle = databaseOver(() => connectFor(accountId));
    handles.set(accountId, handle);
    return handle;
  };
  return {
    every,
    of: (accountId) => handles.get(accountId) ?? open(accountId),
    async close() {
      await pool.end();
      await close();
    },
  };
}
