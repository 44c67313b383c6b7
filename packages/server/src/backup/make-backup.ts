import { BlobError, type BlobStore, isDamage } from '../platform/blobs/blob-store.ts';
import type { Connection, Database } from '../platform/db/database.ts';
import { isKnownBackup, isStillNamed, walkNames } from './backup.store.ts';
import { type BackupManifest, backupsAt, tableObjectsOf, writeManifest } from './backup-manifest.ts';
import type { BackupPlace } from './backup-place.ts';
import { copyOf, eachOf } from './copies.ts';
import { BackupError } from './errors.ts';
import { type Exported, exportDatabase } from './export.store.ts';
import { type Named, namesOf, readNames, without } from './lines.ts';
import { type KeyWraps, readObject } from './sealed-object.ts';

export const halves = ['images', 'identity'] as const;
export type Half = (typeof halves)[number];

export type BackupDeps = {
  readonly database: Database;
  readonly connection: Connection;
  readonly keys: KeyWraps;
  /** With nothing of them in memory. */
  readonly stores: Readonly<Record<Half, Pick<BlobStore, 'read'>>>;
  readonly place: BackupPlace;
  readonly now: () => Date;
  /** Takes nothing of an earlier backup's tables: they may be damaged. */
  readonly anew?: boolean;
};

export type Phase = 'copying objects' | 'copying tables' | 'copying what came meanwhile' | 'removing old backups';
/** Units: bytes, sealed; `all`: what both stores hold, as far as it is known. */
export type Progress = { phase: Phase; objects: number; bytes: number };

export type BackupMade = {
  readonly manifest: BackupManifest;
  /** Written into the place: copies, and what the tables took. */
  readonly objects: number;
  readonly bytes: number;
  readonly tableBytes: number;
};

const copiesAtOnce = 8;
/** So often the tables are exported where what they name goes meanwhile. */
const mostTries = 3;
/** So many that cannot be read are bad places of a disk, and missed like what is gone; more are a store that is away. */
const mostUnreadable = 16;
/**
 * What compaction replaces is removed after a day. A snapshot that is older than this may name what is gone since, and what took
 * its place is not in it.
 */
const longestAfterSnapshotMs = 18 * 3_600_000;

/**
 * Makes one backup. First the objects, which is most of it; then the database, as of one moment; then what was named in it and is
 * not in the place yet; the manifest at last: without it there is no backup, and what was copied is there for the next.
 *
 * @throws BackupError BACKUP_STOPPED   `stopped` said so
 * @throws BackupError BACKUP_TOO_SLOW  the next one has less to do
 * @throws BackupError BACKUP_FOREIGN   the place holds backups of another exchange
 * @throws BlobError  of the place: full, away
 */
export async function makeBackup(
  deps: BackupDeps,
  id: string,
  stopped: () => boolean,
  tell: (progress: Progress) => void,
): Promise<BackupMade> {
  const { keys, place, database } = deps;
  const { whole, wrong } = await backupsAt(keys, place);
  // What another exchange keeps here would be taken for what nobody needs, and removed.
  const foreign = wrong.find(({ error }) => error.code === 'BACKUP_FOREIGN' || error.code === 'BACKUP_VERSION_UNKNOWN');
  if (foreign) throw foreign.error;
  // What one that was killed was writing is begun anew under the same name.
  for (const half of halves) await place[half].unfinished(deps.now(), 'remove');
  const progress: Progress = { phase: 'copying objects', objects: 0, bytes: 0 };
  const missing: BackupManifest['missing'] = [];
  const unread = new Set<string>();
  let outdated = false;
  const copy = async (half: Half, wanted: AsyncIterable<Named>, note: boolean): Promise<void> => {
    await eachOf(without(wanted, namesOf(place[half])), copiesAtOnce, async ({ name, bytes }) => {
      if (stopped()) throw new BackupError('BACKUP_STOPPED', 'the backup was stopped; the next goes on from here');
      try {
        await copyOf(deps.stores[half], place[half], name, bytes);
      } catch (error) {
        const unreadable = error instanceof BlobError && error.code === 'BLOB_READ_FAILED';
        if (unreadable) unread.add(name);
        if (unreadable ? unread.size > mostUnreadable : !isDamage(error)) throw error;
        if (note && (await isStillNamed(database, name))) missing.push({ store: half, name });
        else if (note) outdated = true;
        return;
      }
      progress.objects += 1;
      progress.bytes += bytes;
      tell(progress);
    });
  };
  tell(progress);
  for (const half of halves) await copy(half, walkNames(database, half), false);

  // The newest that this database knows: one that was copied, or set back to an earlier time, counts its transactions anew.
  let base: BackupManifest | undefined;
  for (const one of deps.anew ? [] : whole)
    if (base === undefined && (await isKnownBackup(database, one)) && (await hasItsTables(place, one))) base = one;
  let [begun, tableBytes] = [deps.now(), 0];
  let tables: Omit<Exported, 'bytes'>;
  for (let tries = 1; ; tries += 1) {
    progress.phase = 'copying tables';
    tell(progress);
    begun = deps.now();
    const { bytes, ...exported } = await exportDatabase(deps, base);
    tables = exported;
    tableBytes += bytes;
    progress.phase = 'copying what came meanwhile';
    tell(progress);
    missing.length = 0;
    outdated = false;
    for (const half of halves)
      await copy(half, readNames(readObject(keys, place.tables, exported[half], 'names')), true);
    // Erased, or replaced and removed, since its row was read: what stays of its study may be in a pack that came after that.
    if (!outdated || tries === mostTries) break;
  }
  if (deps.now().getTime() - begun.getTime() > longestAfterSnapshotMs)
    throw new BackupError(
      'BACKUP_TOO_SLOW',
      'so much came meanwhile that this copy is out of date; the next has less to do',
    );
  const manifest: BackupManifest = { version: 1, id, madeAt: begun.toISOString(), ...tables, missing };
  await writeManifest(keys, place, manifest);
  return { manifest, objects: progress.objects, bytes: progress.bytes, tableBytes };
}

/** Whether what another backup would go on from is there: else each of them would be damaged with it. */
async function hasItsTables({ tables }: BackupPlace, base: BackupManifest): Promise<boolean> {
  try {
    for (const { object, bytes } of tableObjectsOf(base))
      if ((await tables.facts(object)).bytes !== bytes) return false;
    return true;
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}
