import type { KeyChains } from '../keys/index.ts';
import type { Connection } from '../platform/db/database.ts';
import { databaseOn, inDatabase, ownConnection } from '../platform/db/own-connection.ts';
import type { BackupManifest } from './backup-manifest.ts';
import type { BackupPlace } from './backup-place.ts';
import { type Checked, checkData } from './check-data.ts';
import { dropScratch, makeScratch } from './drill.store.ts';
import { loadDatabase } from './import.store.ts';
import { chooseBackup, readTables } from './restore-data.ts';
import type { KeyWraps } from './sealed-object.ts';
import { missingCopies } from './verify-backup.ts';

export type DrillDeps = {
  readonly connection: Connection;
  readonly keys: KeyWraps;
  /** Keys as they are now: what is in memory would hide that one is gone. */
  readonly freshChains: () => KeyChains;
  readonly place: BackupPlace;
};

export type DrillDone = Checked & { readonly manifest: BackupManifest; readonly loaded: boolean };

const instancesCompared = 200;

/**
 * Restores the newest backup on trial: its tables are loaded into a database of their own on the same server, every pack's manifest is
 * opened out of it, some instances are joined from the copies and compared with what was sent, and that database goes again. Where
 * none may be made, the tables are read to the last byte and the copies counted, and the result says so.
 *
 * @throws BackupError
 */
export async function drillRestore(deps: DrillDeps, id: string, stopped: () => boolean): Promise<DrillDone> {
  const { keys, place, connection } = deps;
  const manifest = await chooseBackup(keys, place, undefined);
  const { gone } = await missingCopies(keys, place, manifest);
  const none = { packs: 0, instances: 0, bytes: 0, lost: gone, erased: 0 };
  const client = await ownConnection(connection);
  try {
    const name = await makeScratch(client, id);
    if (name === undefined) {
      await readTables(keys, place, manifest);
      return { ...none, manifest, loaded: false };
    }
    try {
      const scratch = await ownConnection(inDatabase(connection, name));
      try {
        await loadDatabase({ client: scratch, keys, place }, manifest);
        const stores = { imageBlobs: place.images, identityBlobs: place.identity };
        const checked = await checkData(
          { database: databaseOn(scratch), chains: deps.freshChains(), stores },
          instancesCompared,
          stopped,
        );
        return { ...checked, lost: Math.max(checked.lost, gone), manifest, loaded: true };
      } finally {
        await scratch.end().catch(() => {});
      }
    } finally {
      await dropScratch(client, name);
    }
  } finally {
    await client.end().catch(() => {});
  }
}
