import { join } from 'node:path';
import { Audit } from './audit/index.ts';
import {
  allAccounts,
  BackupError,
  backupsAt,
  chooseBackup,
  openBackupPlace,
  restoreData,
  verifyBackup,
} from './backup/index.ts';
import { readSettings, type Settings } from './config.ts';
import { type Keys, openKeys, takeKeysFolder } from './keys/index.ts';
import { type BlobPlace, readBlobPlace } from './platform/blobs/blob-place.ts';
import { openBlobs } from './platform/blobs/open-blobs.ts';
import type { Connection } from './platform/db/database.ts';
import { EmbeddedPostgres } from './platform/db/embedded-postgres.ts';
import { makeFolderDurably } from './platform/durable-file.ts';
import { FolderLock } from './platform/folder-lock.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Place = Awaited<ReturnType<typeof openBackupPlace>>;

const now = (): Date => new Date();
const settingsOf = (env: Environment): Settings => readSettings(env, process.getuid?.() === 0);

/** Where backups are: as an operator names it, or as the exchange itself would find it. */
function placeOf(settings: Settings, from: string | undefined): BlobPlace {
  if (from === undefined) {
    if (settings.backups !== undefined) return settings.backups;
    throw new BackupError('BACKUP_NO_PLACE', 'name the place of the backups with --from, or in SYMBOLON_BACKUPS');
  }
  const read = readBlobPlace(from);
  if ('wrong' in read) throw new BackupError('BACKUP_NO_PLACE', `--from ${read.wrong}`);
  return read;
}

async function withKeys<T>(settings: Settings, work: (keys: Keys) => Promise<T>): Promise<T> {
  const place = { folder: settings.keysFolder, postgres: settings.keysPostgres };
  const keys = await openKeys(place, now, { make: false });
  try {
    return await work(keys);
  } finally {
    await keys.close();
  }
}

function withPlace<T>(env: Environment, from: string | undefined, work: (keys: Keys, place: Place) => Promise<T>) {
  const settings = settingsOf(env);
  const where = placeOf(settings, from);
  return withKeys(settings, async (keys) => {
    const place = await openBackupPlace(where, undefined);
    try {
      return await work(keys, place);
    } finally {
      place.close();
    }
  });
}

export type ListedBackup = {
  readonly id: string;
  readonly madeAt: string;
  readonly instances: number;
  readonly objects: number;
  readonly bytes: number;
  readonly missing: number;
};

/** Every backup in the place, the newest first, whether an exchange runs or not; what does not open with the reason. */
export function listBackups(
  env: Environment,
  from: string | undefined,
): Promise<{ readonly whole: readonly ListedBackup[]; readonly wrong: readonly { id: string; why: string }[] }> {
  return withPlace(env, from, async ({ service }, place) => {
    const { whole, wrong } = await backupsAt(service, place);
    return {
      whole: whole.map(({ id, madeAt, tables, images, identity, missing }) => ({
        id,
        madeAt,
        instances: tables.find(({ name }) => name === 'packs')?.rows ?? 0,
        objects: images.count + identity.count,
        bytes: images.namedBytes + identity.namedBytes,
        missing: missing.length,
      })),
      wrong: wrong.map(({ id, error }) => ({ id, why: `${error.code}: ${error.message}` })),
    };
  });
}

/** Reads a whole backup again. */
export function verifyBackupFrom(
  env: Environment,
  from: string | undefined,
  id: string | undefined,
  tell: (objects: number, bytes: number) => void,
) {
  return withPlace(env, from, async ({ service }, place) => {
    const manifest = await chooseBackup(service, place, id);
    return { manifest, ...(await verifyBackup(service, place, manifest, tell)) };
  });
}

/**
 * Restores onto this machine: into the database, the stores and the folders that the settings name, which must be empty, with the keys
 * that they name, which must be there. What was begun is gone on with by the same command.
 */
export async function restoreFrom(
  env: Environment,
  from: string | undefined,
  id: string | undefined,
  tell: (what: string, objects: number, bytes: number) => void,
) {
  const settings = settingsOf(env);
  const where = placeOf(settings, from);
  const closing: (() => Promise<void> | void)[] = [];
  try {
    return await withKeys(settings, async (keys) => {
      const inUse = takeKeysFolder(settings.keysFolder);
      closing.push(() => inUse?.release());
      const place = await openBackupPlace(where, undefined);
      closing.push(() => place.close());
      // Before anything is made on this machine.
      const { id: chosen } = await chooseBackup(keys.service, place, id);
      await makeFolderDurably(settings.dataFolder, 0o755);
      const lock = FolderLock.take(settings.dataFolder);
      if ('heldBy' in lock)
        throw new BackupError(
          'RESTORE_BUSY',
          `an exchange, or another restore, uses ${settings.dataFolder}; stop it first`,
        );
      closing.push(() => lock.release());
      const images = await openBlobs(settings.imageBlobs);
      closing.push(() => images.close());
      const identity = await openBlobs(settings.identityBlobs);
      closing.push(() => identity.close());
      const connection = await databaseOf(settings, closing);
      const audit = new Audit(keys.chains, now);
      const entry = { actor: { kind: 'exchange', address: null }, kind: 'execute', outcome: 'success' } as const;
      return restoreData(
        {
          keys: keys.service,
          place,
          connection,
          stores: { images: images.uncached, identity: identity.uncached },
          async prepareStores() {
            await images.fits(async () => false);
            await identity.fits(async () => false);
          },
          now,
          async record(database, detail) {
            const accounts = await allAccounts(database);
            const entries = accounts.map((accountId) => ({
              ...entry,
              accountId,
              action: 'backup.restore' as const,
              detail,
            }));
            await audit.record(database, entries);
          },
        },
        chosen,
        tell,
      );
    });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function databaseOf(settings: Settings, closing: (() => Promise<void> | void)[]): Promise<Connection> {
  if (settings.databaseUrl !== undefined) return { connectionString: settings.databaseUrl };
  const postgres = await EmbeddedPostgres.prepare(join(settings.dataFolder, 'postgres'), () => {});
  closing.push(() => postgres.stop());
  await postgres.start();
  return postgres.connection;
}
