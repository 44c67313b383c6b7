import { forgetReplaced, packsReplacedBefore } from '../packs/index.ts';
import type { CompactionDeps } from './compaction.ts';

/** Nobody reads for longer than this from what was replaced meanwhile. */
const keptSeconds = 24 * 3600;
const atOnce = 32;

/**
 * Removes what was replaced long enough ago: objects first, then the rows that name them, so that nothing is left which
 * nobody knows. That this would be done is on record since the swap.
 */
export async function removeReplaced(
  { database, stores }: Pick<CompactionDeps, 'database' | 'stores'>,
  stopped: () => boolean,
): Promise<void> {
  while (!stopped()) {
    const ids = await packsReplacedBefore(database, keptSeconds, atOnce);
    if (ids.length === 0) return;
    await Promise.all(ids.flatMap((id) => [stores.imageBlobs.remove(id), stores.identityBlobs.remove(id)]));
    await forgetReplaced(database, ids);
  }
}
