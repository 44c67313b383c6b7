import { FairQueue } from '../platform/fair-queue.ts';

/** Room for so many frames at a time, and those who wait for it: each in turn gets some. */
export class FrameRooms {
  readonly waiting = new FairQueue();
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** False where there is no room: then one waits. */
  take(): boolean {
    if (this.#taken >= this.#most) return false;
    this.#taken += 1;
    return true;
  }

  /** The room goes straight to whose turn it is, so that nobody who comes now takes it from under them. */
  leave(): void {
    if (!this.waiting.next()) this.#taken -= 1;
  }
}
