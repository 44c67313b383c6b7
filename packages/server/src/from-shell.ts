import { join } from 'node:path';
import { Audit } from './audit/index.ts';
import { readSettings, type Settings } from './config.ts';
import { openKeys } from './keys/index.ts';
import { type Database, openDatabase } from './platform/db/database.ts';
import { EmbeddedPostgres } from './platform/db/embedded-postgres.ts';
import { FolderLock } from './platform/folder-lock.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const now = (): Date => new Date();

/** The database of the exchange, whether it runs or not: its own PostgreSQL is started for as long as this takes. */
async function withDatabase<T>(settings: Settings, work: (database: Database) => Promise<T>): Promise<T> {
  const closing: (() => Promise<void> | void)[] = [];
  try {
    let connection: Parameters<typeof openDatabase>[0];
    if (settings.databaseUrl !== undefined) connection = { connectionString: settings.databaseUrl };
    else {
      const lock = FolderLock.take(settings.dataFolder);
      if (!('heldBy' in lock)) closing.push(() => lock.release());
      const postgres = await EmbeddedPostgres.prepare(join(settings.dataFolder, 'postgres'), () => {});
      // Where an exchange runs, its PostgreSQL does; it is not ours to stop.
      if (!('heldBy' in lock)) {
        closing.push(() => postgres.stop());
        await postgres.start();
      }
      connection = postgres.connection;
    }
    const { database, close } = openDatabase(connection, () => {});
    closing.push(close);
    return await work(database);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** For what is done on the machine of the exchange itself, recorded as done by it. Keys that are not there are not made: then this is not the machine, or not the user, of the exchange. */
export async function withKeysAndDatabase<T>(
  env: Environment,
  work: (database: Database, audit: Audit, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = readSettings(env, process.getuid?.() === 0);
  const keys = await openKeys({ folder: settings.keysFolder, postgres: settings.keysPostgres }, now, { make: false });
  try {
    return await withDatabase(settings, (database) => work(database, new Audit(keys.chains, now), settings));
  } finally {
    await keys.close();
  }
}
