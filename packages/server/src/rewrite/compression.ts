import { packsToRead } from '../packs/index.ts';
import { Pace, Stopped } from '../scrub/index.ts';
import type { CompactionDeps } from './compaction.ts';
import { addToCompressed, nextUnweighed, type Unweighed, weighed } from './compression.store.ts';
import { RewriteError } from './errors.ts';
import { isPassing } from './passing.ts';
import { removeReplaced } from './remove-replaced.ts';
import { type RewriteDeps, rewrite } from './rewrite.ts';
import { writeSmaller } from './write-pack.ts';

/**
 * Compresses packs that stand alone, one after another, until none waits that is older than `quietSeconds` or `stopped` says
 * so. Each is weighed once: what does not become smaller by a twentieth stays as it is.
 *
 * Law   each pack is written anew whole or not at all; whatever ends this between, the next goes on there.
 *
 * @throws  where the database, the store or the keys are away, or there is no room
 */
export async function compressWaiting(
  deps: CompactionDeps,
  quietSeconds: number,
  stopped: () => boolean,
): Promise<void> {
  const pace = new Pace(deps.bytesPerSecond, stopped);
  const overtaken: string[] = [];
  for (;;) {
    const next = stopped() ? undefined : await nextUnweighed(deps.database, quietSeconds, overtaken);
    if (next === undefined) return;
    await removeReplaced(deps, stopped);
    await deps.requireRoom();
    try {
      await compressPack({ ...deps, paced: (bytes) => pace.took(bytes) }, next);
    } catch (error) {
      if (error instanceof Stopped) return;
      if (isPassing(error)) throw error;
      if (error instanceof RewriteError && error.code === 'REWRITE_OVERTAKEN') overtaken.push(next.packId);
      else await leave(deps, next, error);
    }
  }
}

async function compressPack(deps: RewriteDeps, { packId, accountId, storedBytes }: Unweighed): Promise<void> {
  const packs = await packsToRead(deps.database, accountId, [packId]);
  let after = 0;
  await rewrite(deps, packs, {
    purpose: 'compression',
    async write(own, place, sources) {
      const written = await writeSmaller(own, place, sources);
      after = written.imageSealedBytes;
      return written;
    },
    also: (trx) => addToCompressed(trx, storedBytes, after),
  });
}

async function leave(deps: CompactionDeps, { packId, seriesId }: Unweighed, error: unknown): Promise<void> {
  const larger = error instanceof RewriteError && error.code === 'REWRITE_NOT_SMALLER';
  if (!larger) {
    // Says whether it is damaged; throws where nobody can tell just now.
    await deps.scrubSome([packId]);
    deps.left(seriesId, error);
  }
  await weighed(deps.database, packId);
}
