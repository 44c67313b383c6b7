import { FairQueue } from './fair-queue.ts';

export type TurnsOptions = {
  readonly atOnce: number;
  /** So many may wait; the next is turned away. */
  readonly maxWaiting: number;
  /** Of those, so many of one. */
  readonly maxWaitingOfOne: number;
};

/**
 * Lets so much of one kind of work run at once, and the rest wait: of many who wait each in turn gets one, however many places one
 * of them has taken.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #waiting = new FairQueue();
  #running = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Runs it when it is its turn. Where too many wait it is not run, and what `full` makes is thrown. */
  async run<T>(who: string, work: () => Promise<T>, full: () => Error): Promise<T> {
    const { atOnce, maxWaiting, maxWaitingOfOne } = this.#options;
    if (this.#running < atOnce) this.#running += 1;
    else if (this.#waiting.length >= maxWaiting || this.#waiting.placesOf(who) >= maxWaitingOfOne) throw full();
    else await this.#waiting.wait(who);
    try {
      return await work();
    } finally {
      // The place goes straight to who is next, so that nobody who comes now takes it from under them.
      if (!this.#waiting.next()) this.#running -= 1;
    }
  }
}
