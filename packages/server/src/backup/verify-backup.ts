import { isDamage } from '../platform/blobs/blob-store.ts';
import type { BackupManifest } from './backup-manifest.ts';
import type { BackupPlace } from './backup-place.ts';
import { eachOf, readCopy } from './copies.ts';
import { BackupError } from './errors.ts';
import { namesOf, readNames, without } from './lines.ts';
import { type Half, halves } from './make-backup.ts';
import { readTables } from './restore-data.ts';
import { type KeyWraps, readObject } from './sealed-object.ts';

export type Verified = {
  readonly objects: number;
  readonly bytes: number;
  readonly damaged: readonly { readonly store: Half; readonly name: string }[];
};

const readsAtOnce = 4;

const wantedOf = (keys: KeyWraps, place: BackupPlace, manifest: BackupManifest, half: Half) =>
  readNames(readObject(keys, place.tables, manifest[half], 'names'));

/** How many copies that a backup needs are not in the place; those that the stores did not have either apart. */
export async function missingCopies(
  keys: KeyWraps,
  place: BackupPlace,
  manifest: BackupManifest,
): Promise<{ readonly gone: number }> {
  let gone = 0;
  for (const half of halves)
    for await (const _ of without(wantedOf(keys, place, manifest, half), namesOf(place[half]))) gone += 1;
  return { gone };
}

/**
 * Reads a whole backup, tables and copies, to the last byte, and compares each copy with its SHA-256.
 *
 * @throws BackupError  where its tables do not open
 */
export async function verifyBackup(
  keys: KeyWraps,
  place: BackupPlace,
  manifest: BackupManifest,
  tell: (objects: number, bytes: number) => void,
): Promise<Verified> {
  await readTables(keys, place, manifest);
  const damaged: { store: Half; name: string }[] = [];
  let [objects, bytes] = [0, 0];
  for (const half of halves) {
    await eachOf(wantedOf(keys, place, manifest, half), readsAtOnce, async (one) => {
      try {
        for await (const _ of readCopy(place[half], one.name, one.bytes));
      } catch (error) {
        if (!(error instanceof BackupError) && !isDamage(error)) throw error;
        damaged.push({ store: half, name: one.name });
        return;
      }
      objects += 1;
      bytes += one.bytes;
      tell(objects, bytes);
    });
  }
  return { objects, bytes, damaged };
}
