import { aloneWith } from '../platform/db/alone.ts';
import type { Database } from '../platform/db/database.ts';
import { beginRound, latestRounds, openRound } from './scrub.store.ts';
import { type ScrubDeps, scrubOn } from './scrub.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** How often it is looked whether a round is due, or one was left that nobody goes on with. */
const lookEveryMs = 10 * minuteMs;
/** Not at the start, where everybody comes back at once. */
const firstAfterMs = minuteMs;

export type ScrubJobDeps = ScrubDeps & {
  readonly database: Database;
  /** A round begins so many days after the last one began; undefined: by hand only. */
  readonly everyDays: number | undefined;
  readonly failed: (error: unknown) => void;
};

/** Reads everything again by the clock. Several nodes take turns: whoever has the lock goes on with the round. */
export class ScrubJob {
  readonly #deps: ScrubJobDeps;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  /** Somebody asked during the run, which may have looked for a round just before there was one. */
  #woken = false;

  constructor(deps: ScrubJobDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#wait(firstAfterMs);
  }

  /** Ends with the piece that is being read; the page is read again by the next. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Goes on at once, or begins: somebody asked. Returns when it is under way. */
  wake(): void {
    if (this.#stopped) return;
    this.#woken = true;
    if (this.#running !== undefined) return;
    clearTimeout(this.#timer);
    this.#go();
  }

  /** Begins a round where one is due, and goes on with what is under way. Never throws. */
  async run(): Promise<void> {
    try {
      await aloneWith(this.#deps.database, 'scrub', async () => {
        await this.#beginWhereDue();
        await scrubOn(this.#deps, () => this.#stopped);
      });
    } catch (error) {
      this.#deps.failed(error);
    }
  }

  async #beginWhereDue(): Promise<void> {
    const { database, everyDays, now } = this.#deps;
    if (everyDays === undefined || (await openRound(database)) !== undefined) return;
    const [last] = await latestRounds(database);
    if (last === undefined || now().getTime() - Date.parse(last.startedAt) >= everyDays * dayMs)
      await beginRound(database, now());
  }

  #go(): void {
    this.#woken = false;
    this.#running = this.run().finally(() => {
      this.#running = undefined;
      if (this.#woken && !this.#stopped) this.#go();
      else this.#wait(lookEveryMs);
    });
  }

  #wait(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#go(), ms).unref();
  }
}
