import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../platform/db/database.ts';
import type { Figure } from '../platform/http/metrics.ts';
import { WokenJob } from '../platform/woken-job.ts';
import { type ReindexDeps, reindexDue, usualRestSeconds } from './reindex.ts';
import { indexesUnderWay } from './search-index.store.ts';

const longestRestMs = 1_000;

/** Goes on with what is to be indexed anew: at once when somebody asks, and each minute. It works for half of the time at most. */
export function reindexJob(
  deps: Omit<ReindexDeps, 'rest' | 'restSeconds'> & { readonly failed: (error: unknown) => void },
): WokenJob {
  const { database, failed } = deps;
  const work = async (signal: AbortSignal): Promise<boolean> => {
    const rest = async (tookMs: number): Promise<void> => {
      await pause(Math.min(tookMs, longestRestMs), undefined, { signal, ref: false }).catch(() => {});
    };
    await reindexDue({ ...deps, rest, restSeconds: usualRestSeconds }, () => signal.aborted);
    return false;
  };
  return new WokenJob({ database, lock: 'reindex', work, failed });
}

/** What indexing anew tells a monitoring system. */
export async function reindexFigures(database: Database): Promise<Figure[]> {
  const { accounts, damaged } = await indexesUnderWay(database);
  return [
    { name: 'reindex_accounts', help: 'Accounts whose search tokens are being made anew.', value: accounts },
    { name: 'reindex_damaged_studies', help: 'Studies of which something did not open then.', value: damaged },
  ];
}
