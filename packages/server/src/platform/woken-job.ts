import { aloneWith } from './db/alone.ts';
import type { Database } from './db/database.ts';
import type { Lock } from './db/locks.ts';

export type WokenJobDeps = {
  readonly database: Database;
  /** What this kind of work is locked by: one node at a time does it. */
  readonly lock: Lock;
  /** Does what there is to do, and ends early where the signal says so. True where there is more of it. */
  readonly work: (signal: AbortSignal) => Promise<boolean>;
  readonly failed: (error: unknown) => void;
};

const minuteMs = 60_000;
/** Another node does it just now, and may have looked before this one was asked. */
const soonMs = 5_000;

/** Work that begins as soon as somebody asks for it, and is looked at each minute: a crash or something that stood in its way ended it. */
export class WokenJob {
  readonly #deps: WokenJobDeps;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #woken = false;

  constructor(deps: WokenJobDeps) {
    this.#deps = deps;
  }

  /** Also at the start. What is asked for while it runs is looked at right after. */
  wake(): void {
    if (this.#stop.signal.aborted) return;
    this.#woken = true;
    if (this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#go();
  }

  /** Ends with the step that is under way; the next start goes on there. */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Once. Never throws: what went wrong is told to `failed`. Returns after how long there is something to look at again, in milliseconds. */
  async run(): Promise<number> {
    const { database, lock, work, failed } = this.#deps;
    this.#woken = false;
    try {
      const did = await aloneWith(database, lock, () => work(this.#stop.signal));
      if (did === undefined) return soonMs;
      return did.done || this.#woken ? 0 : minuteMs;
    } catch (error) {
      failed(error);
      return minuteMs;
    }
  }

  #go(): void {
    this.#running = this.run().then((againMs) => {
      this.#running = undefined;
      if (this.#stop.signal.aborted) return;
      this.#timer = setTimeout(() => this.#go(), againMs).unref();
    });
  }
}
