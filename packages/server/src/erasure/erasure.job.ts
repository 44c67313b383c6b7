import { aloneWith } from '../platform/db/alone.ts';
import { type AdvanceDeps, advance, certifyDone } from './advance.ts';
import { type ErasureRow, erasuresUnderWay, markFailed } from './erasure.store.ts';

/** One node at a time goes on with erasures, whatever the number of nodes. */
const erasureLock = 7_305_825;

const minuteMs = 60_000;
const atOnce = 200;

export type ErasureJobDeps = Omit<AdvanceDeps, 'signal'> & {
  readonly failed: (error: unknown, erasure?: string) => void;
};

/** Does what was asked for to its end: at once, and each minute where something stood in the way or a crash ended it. */
export class ErasureJob {
  readonly #deps: ErasureJobDeps;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #woken = false;

  constructor(deps: ErasureJobDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.wake();
  }

  /** Ends with the pack that is being written; the next start goes on there. */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  wake(): void {
    if (this.#stop.signal.aborted) return;
    this.#woken = true;
    if (this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#go();
  }

  /** Never throws: what went wrong is told, stands beside the erasure, and is tried again. */
  async run(): Promise<void> {
    try {
      await aloneWith(this.#deps.database, erasureLock, async () => {
        this.#woken = false;
        await this.#all();
      });
    } catch (error) {
      this.#deps.failed(error);
    }
  }

  async #all(): Promise<void> {
    const deps = { ...this.#deps, signal: this.#stop.signal };
    const failed = async (some: readonly ErasureRow[], error: unknown): Promise<void> => {
      const code = (Object(error) as { code?: unknown }).code;
      for (const { id } of some) {
        deps.failed(error, id);
        await markFailed(deps.database, id, typeof code === 'string' ? code : 'INTERNAL_ERROR', deps.now());
      }
    };
    const page = await erasuresUnderWay(deps.database, atOnce);
    let done = 0;
    for (const erasure of page) {
      if (this.#stop.signal.aborted) return;
      await advance(deps, erasure).then(
        () => {
          done += 1;
        },
        (error: unknown) => failed([erasure], error),
      );
    }
    await certifyDone(deps, await erasuresUnderWay(deps.database, atOnce, 'to be certified'), failed);
    // More wait than one page holds.
    if (page.length === atOnce && done > 0) this.#woken = true;
  }

  #go(): void {
    this.#running = this.run().finally(() => {
      this.#running = undefined;
      if (this.#stop.signal.aborted) return;
      if (this.#woken) this.#go();
      else this.#timer = setTimeout(() => this.#go(), minuteMs).unref();
    });
  }
}
