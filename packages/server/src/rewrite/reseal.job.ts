import { aloneWith } from '../platform/db/alone.ts';
import { type ResealDeps, resealDue } from './reseal.ts';

/** One node at a time seals anew. */
const resealLock = 7_305_826;
const minuteMs = 60_000;

export type ResealJobDeps = ResealDeps & { readonly failed: (error: unknown) => void };

/** Goes on with what is to be sealed anew: at once when somebody asks, and each minute. */
export class ResealJob {
  readonly #deps: ResealJobDeps;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #woken = false;
  #stopped = false;

  constructor(deps: ResealJobDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.wake();
  }

  /** Ends with the pack that is being written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  wake(): void {
    if (this.#stopped) return;
    this.#woken = true;
    if (this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#go();
  }

  /** Never throws: what went wrong is told to `failed`, and the next minute tries again. */
  async run(): Promise<void> {
    try {
      await aloneWith(this.#deps.database, resealLock, async () => {
        this.#woken = false;
        await resealDue(this.#deps, () => this.#stopped);
      });
    } catch (error) {
      this.#deps.failed(error);
    }
  }

  #go(): void {
    this.#running = this.run().finally(() => {
      this.#running = undefined;
      if (this.#stopped) return;
      if (this.#woken) this.#go();
      else this.#wait();
    });
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#go(), minuteMs).unref();
  }
}
