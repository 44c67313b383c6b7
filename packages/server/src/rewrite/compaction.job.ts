import { aloneWith } from '../platform/db/alone.ts';
import { type CompactionDeps, compactDue } from './compaction.ts';
import { compressWaiting } from './compression.ts';
import { removeReplaced } from './remove-replaced.ts';

const minuteMs = 60_000;
/** A series that nothing was added to for so long is quiet. */
const quietSeconds = 300;

export type CompactionJobDeps = CompactionDeps & {
  /** By the clock; otherwise by hand only. */
  readonly byItself: boolean;
  readonly failed: (error: unknown) => void;
};

/** Looks each minute which series are due, joins their packs, and compresses what stands alone. Several nodes take turns: whoever has the lock goes on. */
export class CompactionJob {
  readonly #deps: CompactionJobDeps;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #asked = false;
  #failedAt: Date | undefined;
  #stopped = false;

  constructor(deps: CompactionJobDeps) {
    this.#deps = deps;
  }

  /** When it last could not go on, where it has not gone on since. */
  get failedAt(): Date | undefined {
    return this.#failedAt;
  }

  start(): void {
    this.#wait(minuteMs);
  }

  /** Ends with the joining that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Goes on at once: somebody asked. */
  wake(): void {
    this.#asked = true;
    if (this.#running !== undefined || this.#stopped) return;
    clearTimeout(this.#timer);
    this.#go();
  }

  /** Never throws: what went wrong is told to `failed`, and the next minute tries again. */
  async run(): Promise<void> {
    const stopped = () => this.#stopped;
    try {
      await aloneWith(this.#deps.database, 'compaction', async () => {
        await removeReplaced(this.#deps, stopped);
        while ((this.#asked || this.#deps.byItself) && !this.#stopped) {
          const quiet = this.#asked ? 0 : quietSeconds;
          this.#asked = false;
          await compactDue(this.#deps, stopped);
          if (this.#deps.compression) await compressWaiting(this.#deps, quiet, stopped);
          if (!this.#asked) return;
        }
      });
      this.#failedAt = undefined;
    } catch (error) {
      this.#failedAt = this.#deps.now();
      this.#deps.failed(error);
    }
  }

  #go(): void {
    this.#running = this.run().finally(() => {
      this.#running = undefined;
      this.#wait(minuteMs);
    });
  }

  #wait(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#go(), ms).unref();
  }
}
