import { isDamage, type ListedBlobStore } from '../platform/blobs/blob-store.ts';
import type { Connection, Database } from '../platform/db/database.ts';
import { unknownMigrations } from '../platform/db/migrate.ts';
import { ownConnection } from '../platform/db/own-connection.ts';
import { type BackupManifest, backupsAt, readManifest, tableObjectsOf } from './backup-manifest.ts';
import type { BackupPlace } from './backup-place.ts';
import { eachOf, readCopy } from './copies.ts';
import { BackupError } from './errors.ts';
import { contentsOf, type Held, holdCredentials, loadDatabase, markRestore } from './import.store.ts';
import { namesOf, readNames, without } from './lines.ts';
import { type Half, halves } from './make-backup.ts';
import { type KeyWraps, readObject } from './sealed-object.ts';

export type RestoreDeps = {
  readonly keys: KeyWraps;
  readonly place: BackupPlace;
  readonly connection: Connection;
  readonly stores: Readonly<Record<Half, ListedBlobStore>>;
  /** Makes the stores ready to be written, once it is sure that nothing is in them. */
  readonly prepareStores: () => Promise<void>;
  readonly now: () => Date;
  /** The last step, in the transaction that makes the database whole. */
  readonly record: (database: Database, detail: object) => Promise<void>;
};

export type RestoreDone = {
  readonly manifest: BackupManifest;
  readonly objects: number;
  readonly bytes: number;
  /** Objects whose copy is damaged or gone: what hangs from them does not open. */
  readonly lost: readonly { readonly store: Half; readonly name: string }[];
  readonly held: Held;
  readonly resumed: boolean;
};

const copiesAtOnce = 8;

/**
 * The newest backup, or a named one, if this version can read it.
 *
 * @throws BackupError BACKUP_NOT_FOUND BACKUP_DAMAGED BACKUP_FOREIGN BACKUP_VERSION_UNKNOWN
 */
export async function chooseBackup(
  keys: KeyWraps,
  place: BackupPlace,
  id: string | undefined,
): Promise<BackupManifest> {
  const manifest = id === undefined ? await newest(keys, place) : await named(keys, place, id);
  const unknown = unknownMigrations(manifest.migrations);
  if (unknown.length > 0)
    throw new BackupError(
      'BACKUP_VERSION_UNKNOWN',
      `backup ${manifest.id} was made by a later version of Symbolon, whose tables this one does not know (${unknown.join(', ')}). Use that version, or a newer one.`,
    );
  return manifest;
}

async function named(keys: KeyWraps, place: BackupPlace, id: string): Promise<BackupManifest> {
  for await (const one of namesOf(place.backups)) if (one === id) return readManifest(keys, place, id);
  throw new BackupError(
    'BACKUP_NOT_FOUND',
    `there is no backup ${id} in this place; "symbolon backup list" names those that are`,
  );
}

async function newest(keys: KeyWraps, place: BackupPlace): Promise<BackupManifest> {
  const { whole, wrong } = await backupsAt(keys, place);
  // Which of them is the newest cannot be told while one does not open: that is for a person to say.
  if (wrong[0])
    throw new BackupError(
      wrong[0].error.code,
      `${wrong[0].error.message} To restore another one, name it with --backup; "symbolon backup list" shows all.`,
    );
  if (whole[0] === undefined)
    throw new BackupError(
      'BACKUP_NOT_FOUND',
      'there is no backup in this place. Look whether it is the right one, and whether its disk is mounted.',
    );
  return whole[0];
}

/** Reads all that the tables of a backup need, to the last byte. @throws BackupError */
export async function readTables(keys: KeyWraps, place: BackupPlace, manifest: BackupManifest): Promise<void> {
  const lists = new Set([manifest.images.object, manifest.identity.object]);
  const live = new Set(manifest.tables.flatMap((table) => (table.live === null ? [] : [table.live.object])));
  for (const one of tableObjectsOf(manifest)) {
    const kind = lists.has(one.object) ? 'names' : live.has(one.object) ? 'keys' : 'rows';
    for await (const _ of readObject(keys, place.tables, one, kind));
  }
}

/**
 * Restores a backup into an empty database and empty stores. The objects come first and can be gone on with after a break; the
 * database is one transaction at the end. Until then it carries a mark, with which no exchange starts.
 *
 * @throws BackupError RESTORE_NOT_EMPTY  something is in the database or in a store; nothing was touched
 */
export async function restoreData(
  deps: RestoreDeps,
  id: string | undefined,
  tell: (what: string, objects: number, bytes: number) => void,
): Promise<RestoreDone> {
  const { keys, place, stores } = deps;
  const manifest = await chooseBackup(keys, place, id);
  const client = await ownConnection(deps.connection);
  try {
    const contents = await contentsOf(client);
    if (contents === 'in use')
      throw new BackupError(
        'RESTORE_NOT_EMPTY',
        'the database is not empty. A restore needs an empty one: nothing was changed.',
      );
    const resumed = contents !== 'empty';
    if (resumed && contents.restoring !== manifest.id)
      throw new BackupError(
        'RESTORE_NOT_EMPTY',
        `a restore of backup ${contents.restoring} was begun here and has not ended. Go on with it: --backup ${contents.restoring}`,
      );
    if (!resumed) for (const half of halves) await mustBeEmpty(stores[half], half);
    tell('reading the tables', 0, 0);
    await readTables(keys, place, manifest);
    await markRestore(client, manifest.id);
    await deps.prepareStores();
    for (const half of halves) await stores[half].unfinished(deps.now(), 'remove');
    let [objects, bytes] = [0, 0];
    const lost: { store: Half; name: string }[] = manifest.missing.slice();
    for (const half of halves) {
      const known = new Set(manifest.missing.filter(({ store }) => store === half).map(({ name }) => name));
      const names = readNames(readObject(keys, place.tables, manifest[half], 'names'));
      await eachOf(without(names, namesOf(stores[half])), copiesAtOnce, async (one) => {
        if (known.has(one.name)) return;
        try {
          await stores[half].put(one.name, readCopy(place[half], one.name, one.bytes));
        } catch (error) {
          if (!(error instanceof BackupError) && !isDamage(error)) throw error;
          lost.push({ store: half, name: one.name });
          return;
        }
        objects += 1;
        bytes += one.bytes;
        tell(half === 'images' ? 'images' : 'identity halves', objects, bytes);
      });
    }
    tell('loading the tables', objects, bytes);
    let held: Held = { tokens: 0, links: 0, people: 0, grants: 0 };
    await loadDatabase({ client, keys, place }, manifest, async (database) => {
      const restoredAt = deps.now();
      held = await holdCredentials(database, { backupId: manifest.id, madeAt: new Date(manifest.madeAt), restoredAt });
      await deps.record(database, { backup: manifest.id, madeAt: manifest.madeAt, lost: lost.length, held });
    });
    return { manifest, objects, bytes, lost, held, resumed };
  } finally {
    await client.end().catch(() => {});
  }
}

async function mustBeEmpty(store: ListedBlobStore, half: Half): Promise<void> {
  for await (const _ of namesOf(store))
    throw new BackupError(
      'RESTORE_NOT_EMPTY',
      `the store of ${half === 'images' ? 'images' : 'identity halves'} is not empty. A restore needs an empty one: nothing was changed.`,
    );
}
