import type { Figure } from '../platform/http/metrics.ts';
import type { DiskWatch } from './disk-watch.ts';

/** The room under each store. What cannot be told is left out. */
export async function storageFigures(watch: DiskWatch): Promise<Figure[]> {
  const known = (await watch.places()).filter(({ state }) => state !== 'unknown');
  return known.flatMap(({ name: place, freeBytes, totalBytes, reserveBytes }) => [
    { name: 'storage_free_bytes', help: 'Room under a store.', value: freeBytes, labels: { place } },
    { name: 'storage_total_bytes', help: 'Size of the disk under a store.', value: totalBytes, labels: { place } },
    {
      name: 'storage_reserve_bytes',
      help: 'Below so much room new data is refused.',
      value: reserveBytes,
      labels: { place },
    },
  ]);
}
