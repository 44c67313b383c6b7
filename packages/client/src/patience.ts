import { ClientError } from './errors.ts';

/** The world that retrying needs. Units: milliseconds; `random` is in [0, 1). */
export type Clock = {
  now(): number;
  random(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export type Waiting = { readonly error: ClientError; readonly delayMs: number; readonly sinceMs: number };

export type PatienceOptions = {
  /** After this long without an answer, the last error is thrown. 0 means no second try. */
  readonly giveUpAfterMs: number;
  readonly firstDelayMs?: number;
  readonly maxDelayMs?: number;
  /** Told before each wait, so that a person can see what is being waited for. */
  readonly onWait?: (waiting: Waiting) => void;
  readonly signal?: AbortSignal | undefined;
};

/** Errors that pass by themselves. A 4xx says the same the second time. */
export function passes(error: unknown): error is ClientError {
  return (
    error instanceof ClientError && (error.code === 'EXCHANGE_OUT_OF_REACH' || error.code === 'EXCHANGE_UNAVAILABLE')
  );
}

/**
 * The one retry policy. Everything that goes the same road shares one, so that an outage is one outage, however
 * many connections notice it, and ends for all when one gets through.
 *
 * Law   the n-th wait in a row is between half and the whole of firstDelay × 2ⁿ, capped at maxDelay (half fixed, half
 *       jitter: senders that lost the exchange together do not come back together), and never less than Retry-After.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #options: PatienceOptions;
  #outSince: number | undefined;

  constructor(clock: Clock, options: PatienceOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** It answered: what was an outage is over. */
  answered(): void {
    this.#outSince = undefined;
  }

  /** Waits before try number `attempt` (from 0), or throws `error` when it will not pass or has lasted too long. */
  async wait(error: unknown, attempt: number): Promise<void> {
    if (!passes(error)) throw error;
    const { giveUpAfterMs, firstDelayMs = 1000, maxDelayMs = 30_000, onWait, signal } = this.#options;
    const now = this.#clock.now();
    this.#outSince ??= now;
    const whole = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempt, 30));
    const delayMs = Math.max(whole * (0.5 + 0.5 * this.#clock.random()), error.retryAfterMs ?? 0);
    const sinceMs = now - this.#outSince;
    if (giveUpAfterMs === 0 || sinceMs >= giveUpAfterMs) throw error;
    onWait?.({ error, delayMs, sinceMs });
    await this.#clock.sleep(Math.min(delayMs, giveUpAfterMs - sinceMs), signal);
    if (signal?.aborted) throw new ClientError('STOPPED', 'stopped');
  }

  /** Does it until it is answered. Only for what may be done twice. */
  async persist<T>(operation: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const result = await operation();
        this.answered();
        return result;
      } catch (error) {
        await this.wait(error, attempt);
      }
    }
  }
}
