import type { SweepAnswer } from '@symbolon/contract';
import { StorageError } from './errors.ts';
import { joined, type SweepDeps, sweep } from './sweep.ts';

const hourMs = 3_600_000;
/** Not at the start, where everybody comes back at once. */
const firstAfterMs = hourMs;
const everyMs = 24 * hourMs;

export type SweepJobDeps = SweepDeps & {
  readonly done: (found: SweepAnswer) => void;
  readonly failed: (error: unknown) => void;
};

/** Sweeps once a day, all of it, stretch by stretch. Several nodes take turns: who comes second finds it done or under way. */
export class SweepJob {
  readonly #deps: SweepJobDeps;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  last: { readonly at: string; readonly found: SweepAnswer } | null = null;

  constructor(deps: SweepJobDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#wait(firstAfterMs);
  }

  /** Ends with the stretch that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Sweeps once. Never throws: what went wrong is told to `failed`, and the next day tries again. */
  async run(): Promise<void> {
    try {
      let all: SweepAnswer | undefined;
      do {
        const ask = { dryRun: false, many: false, after: all?.next ?? null };
        const found = await sweep(this.#deps, { kind: 'exchange', address: null }, ask);
        all = all === undefined ? found : joined(all, found);
      } while (all.next !== null && !this.#stopped);
      this.swept(all);
      this.#deps.done(all);
    } catch (error) {
      // Another node is at it.
      if (!(error instanceof StorageError && error.code === 'SWEEP_RUNNING')) this.#deps.failed(error);
    }
  }

  /** A sweep that came to its end, by the clock or by hand. */
  swept(found: SweepAnswer): void {
    this.last = { at: this.#deps.now().toISOString(), found };
  }

  #wait(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.run().finally(() => this.#wait(everyMs));
    }, ms).unref();
  }
}
