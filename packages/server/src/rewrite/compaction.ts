import { type PackReader, packsToRead, type StoredPack } from '../packs/index.ts';
import { Pace, Stopped } from '../scrub/index.ts';
import { addToTotals, type DueSeries, doneWith, lookAgainIn, nextDue, packsOfSeries } from './compaction.store.ts';
import { addToCompressed } from './compression.store.ts';
import { RewriteError } from './errors.ts';
import { isPassing } from './passing.ts';
import { removeReplaced } from './remove-replaced.ts';
import { type RewriteDeps, rewrite } from './rewrite.ts';
import { runsToJoin } from './runs-to-join.ts';
import { writeAsToday, writeCompressed } from './write-pack.ts';

export type CompactionDeps = Omit<RewriteDeps, 'paced' | 'reader'> & {
  readonly reader: PackReader;
  /** Whether image halves are compressed when they are written anew. */
  readonly compression: boolean;
  /** So much is read at most. Bytes a second. */
  readonly bytesPerSecond: number;
  /** Looks at packs that gave trouble, and tells of what is damaged. @throws  where the store or the keys are away */
  readonly scrubSome: (packIds: readonly string[]) => Promise<number>;
  /** What is joined takes its room twice for a day. @throws  where new data may soon need what is left */
  readonly requireRoom: () => Promise<void>;
  /** Hears of a series that is left as it is. */
  readonly left: (series: string, error: unknown) => void;
};

const daySeconds = 24 * 3600;
/** Somebody else has changed it just now. */
const overtakenSeconds = 300;

/**
 * Joins the packs of every series that is due, one series after another, until there is none or `stopped` says so.
 *
 * Law   each joining is whole or not at all, and a series is done with when all of its are: whatever ends this between, the
 *       next goes on there. A series that cannot be joined is told of, left as it is, and looked at again the next day.
 *
 * @throws  where the database, the store or the keys are away, or there is no room
 */
export async function compactDue(deps: CompactionDeps, stopped: () => boolean): Promise<void> {
  const pace = new Pace(deps.bytesPerSecond, stopped);
  for (;;) {
    const due = stopped() ? undefined : await nextDue(deps.database);
    if (due === undefined) return;
    // Of many it may take days: what was replaced in the first goes meanwhile.
    await removeReplaced(deps, stopped);
    await deps.requireRoom();
    await compactSeries({ ...deps, paced: (bytes) => pace.took(bytes) }, due, stopped);
  }
}

async function compactSeries(
  deps: CompactionDeps & RewriteDeps,
  due: DueSeries,
  stopped: () => boolean,
): Promise<void> {
  const packs = await packsOfSeries(deps.database, due.seriesId);
  for (const run of runsToJoin(packs)) {
    if (stopped()) return;
    const ids = run.map(({ packId }) => packId);
    const sizes = {
      packs: run.length,
      instances: run.reduce((sum, { instanceCount }) => sum + instanceCount, 0),
      bytes: run.reduce((sum, { bytes }) => sum + bytes, 0),
    };
    try {
      const standing = await packsToRead(deps.database, packs[0]?.accountId ?? '', ids);
      const before = standing.reduce((sum, { imageSealedBytes }) => sum + imageSealedBytes, 0);
      let after = 0;
      await rewrite(deps, inOrder(ids, standing), {
        purpose: 'compaction',
        async write(...given) {
          const written = await (deps.compression ? writeCompressed(...given) : writeAsToday(...given));
          after = written.imageSealedBytes;
          return written;
        },
        async also(trx) {
          await addToTotals(trx, sizes);
          if (deps.compression && after > 0) await addToCompressed(trx, before, after);
        },
      });
    } catch (error) {
      if (error instanceof Stopped) return;
      if (isPassing(error)) throw error;
      if (error instanceof RewriteError && error.code === 'REWRITE_OVERTAKEN')
        return lookAgainIn(deps.database, due, overtakenSeconds);
      // Says which of them is damaged; throws where nobody can tell just now.
      await deps.scrubSome(ids);
      deps.left(due.seriesId, error);
      return lookAgainIn(deps.database, due, daySeconds);
    }
  }
  await doneWith(deps.database, due);
}

function inOrder(ids: readonly string[], packs: readonly StoredPack[]): StoredPack[] {
  const byId = new Map(packs.map((pack) => [pack.packId, pack]));
  return ids.map((id) => {
    const pack = byId.get(id);
    if (pack === undefined) throw new RewriteError('REWRITE_OVERTAKEN', `pack ${id} is gone`);
    return pack;
  });
}
