import { join } from 'node:path';
import type { BlobPlace } from '../platform/blobs/blob-place.ts';
import type { ListedBlobStore } from '../platform/blobs/blob-store.ts';
import { type OpenedBlobs, openBlobs } from '../platform/blobs/open-blobs.ts';

/** The four folders of a place: copies of the objects of both stores, the tables, and what makes a backup of them. */
const folders = ['images', 'identity', 'tables', 'backups'] as const;
type Folder = (typeof folders)[number];

export type BackupPlace = Readonly<Record<Folder, ListedBlobStore>> & { readonly close: () => void };

/** Where one folder of a place lies. */
function folderOf(place: BlobPlace, folder: Folder): BlobPlace {
  return place.kind === 'file'
    ? { kind: 'file', folder: join(place.folder, folder) }
    : { ...place, prefix: `${place.prefix}${folder}/` };
}

/**
 * Opens a place of backups. `known`: whether backups were made there; a folder that is empty then is a disk that is not mounted.
 * Undefined where it is only read: nothing is made then.
 *
 * @throws Error  in words for whoever asked
 */
export async function openBackupPlace(
  place: BlobPlace,
  known: (() => Promise<boolean>) | undefined,
): Promise<BackupPlace> {
  const opened: OpenedBlobs[] = [];
  const close = (): void => {
    for (const blobs of opened) blobs.close();
  };
  try {
    for (const folder of folders) opened.push(await openBlobs(folderOf(place, folder)));
    // The last folder first: it alone has an object from the first backup on.
    if (known !== undefined) {
      await (opened[3] as OpenedBlobs).fits(known);
      for (const blobs of opened.slice(0, 3)) await blobs.fits(async () => false);
    }
  } catch (error) {
    close();
    throw error;
  }
  const [images, identity, tables, backups] = opened.map(({ uncached }) => uncached) as [
    ListedBlobStore,
    ListedBlobStore,
    ListedBlobStore,
    ListedBlobStore,
  ];
  return { images, identity, tables, backups, close };
}
