import { WokenJob } from '../platform/woken-job.ts';
import { type ResealDeps, resealDue } from './reseal.ts';

/** Goes on with what is to be sealed anew: at once when somebody asks, and each minute. */
export function resealJob(deps: ResealDeps & { readonly failed: (error: unknown) => void }): WokenJob {
  const { database, failed } = deps;
  const work = async (signal: AbortSignal): Promise<boolean> => {
    await resealDue(deps, () => signal.aborted);
    return false;
  };
  return new WokenJob({ database, lock: 'reseal', work, failed });
}
