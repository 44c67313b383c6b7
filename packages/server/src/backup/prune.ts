import type { ListedBlobStore } from '../platform/blobs/blob-store.ts';
import { backupsAt, tableObjectsOf } from './backup-manifest.ts';
import type { BackupPlace } from './backup-place.ts';
import { namesOf, readNames, union, without } from './lines.ts';
import { halves } from './make-backup.ts';
import { type Keep, keptOf } from './retention.ts';
import { type KeyWraps, readObject } from './sealed-object.ts';

export type PruneDeps = { readonly keys: KeyWraps; readonly place: BackupPlace; readonly now: () => Date };
export type Pruned = { readonly backups: readonly string[]; readonly objects: number };

/** What is younger may be of a backup that is being made: by another exchange with the same keys, which no lock of ours holds. */
const sparedMs = 86_400_000;

/**
 * Removes the backups that the policy no longer keeps, and then what no backup needs. Manifests go first: what a crash leaves is
 * no backup, and what none needs is removed by the next.
 *
 * Law  nothing is removed while a manifest in the place does not open: nobody could say what it needs.
 */
export async function prune({ keys, place, now }: PruneDeps, keep: Keep): Promise<Pruned> {
  const { whole, wrong } = await backupsAt(keys, place);
  if (wrong[0]) throw wrong[0].error;
  const kept = keptOf(whole, keep);
  const removed = whole.filter((backup) => !kept.has(backup)).map(({ id }) => id);
  for (const id of removed) await place.backups.remove(id);
  let objects = 0;
  const remove = async (store: ListedBlobStore, unneeded: AsyncIterable<{ readonly name: string }>): Promise<void> => {
    const before = now().getTime() - sparedMs;
    for await (const { name } of unneeded) {
      if ((await store.facts(name)).writtenAt.getTime() > before) continue;
      await store.remove(name);
      objects += 1;
    }
    await store.unfinished(new Date(before), 'remove');
  };
  const listed = async function* (store: ListedBlobStore) {
    for await (const name of namesOf(store)) yield { name };
  };
  const tables = [...kept].flatMap(tableObjectsOf).map(({ object }) => object);
  const needed = async function* (names: Iterable<string>): AsyncGenerator<string> {
    yield* names;
  };
  await remove(place.tables, without(listed(place.tables), needed([...new Set(tables)].sort())));
  for (const half of halves) {
    const lists = [...kept].map((backup) => readNames(readObject(keys, place.tables, backup[half], 'names')));
    const names = async function* (): AsyncGenerator<string> {
      for await (const { name } of union(lists)) yield name;
    };
    await remove(place[half], without(listed(place[half]), names()));
  }
  return { backups: removed, objects };
}
