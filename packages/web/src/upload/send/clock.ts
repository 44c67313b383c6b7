import type { Clock } from '@symbolon/client';

/**
 * The browser's time, in milliseconds since 1970 as the page counts too. A sleep ends early when it is stopped, when
 * the network comes back, and when somebody does not want to wait.
 */
export class WakingClock implements Clock {
  readonly #sleepers = new Set<() => void>();

  constructor(network: EventTarget) {
    network.addEventListener('online', () => this.wake());
  }

  now(): number {
    return performance.timeOrigin + performance.now();
  }

  random(): number {
    return Math.random();
  }

  wake(): void {
    for (const wake of [...this.#sleepers]) wake();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#sleepers.add(wake);
      signal?.addEventListener('abort', wake);
      if (signal?.aborted) wake();
    });
  }
}
