import { join } from 'node:path';
import { Audit } from './audit/index.ts';
import { readSettings, type Settings } from './config.ts';
import { openKeys } from './keys/index.ts';
import { type Database, openDatabase } from './platform/db/database.ts';
import { EmbeddedPostgres } from './platform/db/embedded-postgres.ts';
import { FolderLock } from './platform/folder-lock.ts';
import { type AddressLists, addressLists, clearAddressLists } from './roles/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

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

/** The accounts that a list of addresses keeps anybody out of: theirs, or one of a role. Asked on the machine of the exchange. */
export function addressesOfAccounts(env: Environment): Promise<AddressLists[]> {
  return withKeysAndDatabase(env, (database) => addressLists(database));
}

/**
 * Takes the lists of an account and of its roles away, or of every account: the way back for who is locked out. Recorded as done
 * by the exchange itself. Returns the lists that were.
 */
export function clearAddresses(env: Environment, accountId: string | undefined): Promise<AddressLists[]> {
  return withKeysAndDatabase(env, (database, audit) =>
    database.transaction().execute(async (trx) => {
      const lists = (await addressLists(trx)).filter(({ id }) => accountId === undefined || id === accountId);
      for (const { id, addresses, roles } of lists) {
        await clearAddressLists(trx, id);
        await audit.record(trx, [
          {
            actor: { kind: 'exchange', address: null },
            accountId: id,
            action: 'address.set',
            kind: 'update',
            outcome: 'success',
            detail: {
              of: 'account and roles',
              by: 'shell',
              addresses: [addresses, []],
              roles: roles.map((role) => role.id),
            },
          },
        ]);
      }
      return lists;
    }),
  );
}

/** Keys that are not there are not made: then this is not the machine, or not the user, of the exchange. */
async function withKeysAndDatabase<T>(
  env: Environment,
  work: (database: Database, audit: Audit) => Promise<T>,
): Promise<T> {
  const settings = readSettings(env, process.getuid?.() === 0);
  const keys = await openKeys({ folder: settings.keysFolder, postgres: settings.keysPostgres }, now, { make: false });
  try {
    return await withDatabase(settings, (database) => work(database, new Audit(keys.chains, now)));
  } finally {
    await keys.close();
  }
}
