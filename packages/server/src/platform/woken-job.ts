import { aloneWith } from './db/alone.ts';
import type { Database } from './db/database.ts';

export type WokenJobDeps = {
  readonly database: Database;
  /** What this kind of work is locked by: one node at a time does it. */
  readonly lock: number;
  /** Does what there is to do, and ends early where the signal says so. True where there is more of it. */
  readonly work: (signal: AbortSignal) => Promise<boolean>;
  readonly failed: (error: unknown) => void;
};

const minuteMs = 60_000;

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

  /** Never throws: what went wrong is told to `failed`, and the next minute tries again. */
  async run(): Promise<void> {
    const { database, lock, work, failed } = this.#deps;
    try {
      await aloneWith(database, lock, async () => {
        this.#woken = false;
        if (await work(this.#stop.signal)) this.#woken = true;
      });
    } catch (error) {
      failed(error);
    }
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
