import type { Waiting } from '@symbolon/client';
import type { Progress } from './progress.ts';

/** Says on the progress line that the exchange does not answer, and counts down to the next try. */
export class OutageNote {
  readonly #progress: Progress;
  #until = 0;
  #reason = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  waiting({ error, delayMs }: Waiting): void {
    this.#until = performance.now() + delayMs;
    this.#reason =
      error.code === 'EXCHANGE_UNAVAILABLE' ? 'the exchange is busy or not ready' : 'the exchange does not answer';
    this.#progress.remark(`${this.#reason}; trying again in ${Math.ceil(delayMs / 1000)} s …`);
    this.#show();
    this.#timer ??= setInterval(() => this.#show(), 1000).unref();
  }

  over(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#progress.note('');
  }

  #show(): void {
    const seconds = Math.ceil((this.#until - performance.now()) / 1000);
    this.#progress.note(
      seconds > 0 ? `${this.#reason}; trying again in ${seconds} s …` : `${this.#reason}; trying again …`,
    );
  }
}
