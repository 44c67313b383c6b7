import { WokenJob } from '../platform/woken-job.ts';
import { type AdvanceDeps, advance, certifyDone } from './advance.ts';
import { type ErasureRow, erasuresUnderWay, markFailed } from './erasure.store.ts';

const atOnce = 200;

export type ErasureJobDeps = Omit<AdvanceDeps, 'signal'> & {
  readonly failed: (error: unknown, erasure?: string) => void;
};

/** Does what was asked for to its end. What goes wrong with one is told, stands beside it, and is tried again. */
export function erasureJob(deps: ErasureJobDeps): WokenJob {
  const { database, failed } = deps;
  return new WokenJob({ database, lock: 'erasure', work: (signal) => all({ ...deps, signal }), failed });
}

async function all(deps: ErasureJobDeps & AdvanceDeps): Promise<boolean> {
  const { database, signal, now } = deps;
  const failed = async (some: readonly ErasureRow[], error: unknown): Promise<void> => {
    const code = (Object(error) as { code?: unknown }).code;
    for (const { id } of some) {
      deps.failed(error, id);
      await markFailed(database, id, typeof code === 'string' ? code : 'INTERNAL_ERROR', now());
    }
  };
  const page = await erasuresUnderWay(database, atOnce);
  let done = 0;
  for (const erasure of page) {
    if (signal.aborted) return false;
    await advance(deps, erasure).then(
      () => {
        done += 1;
      },
      (error: unknown) => failed([erasure], error),
    );
  }
  await certifyDone(deps, await erasuresUnderWay(database, atOnce, 'to be certified'), failed);
  // More wait than one page holds.
  return page.length === atOnce && done > 0;
}
