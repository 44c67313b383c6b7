/** Where an image does not say how long a frame of it stands. */
const usualFps = 15;
const mostFps = 60;

/** As many whole frames a second as the image says, within what a screen shows. */
export const speedOf = (frameMs: number | null): number =>
  frameMs === null ? usualFps : Math.min(mostFps, Math.max(1, Math.round(1000 / frameMs)));

/** Plays a run of places round and round: the time decides when, the pictures at hand whether. */
export class Cine {
  fps = usualFps;
  #playing = false;
  #last = 0;

  get playing(): boolean {
    return this.#playing;
  }

  play(now: number): void {
    this.#playing = true;
    this.#last = now;
  }

  pause(): void {
    this.#playing = false;
  }

  /** The place to go to; the same while it is not yet time, or while `ready` says that the next is still to come. */
  next(now: number, at: number, [first, end]: readonly [number, number], ready: (index: number) => boolean): number {
    if (!this.#playing || end - first < 2) return at;
    const pause = 1000 / this.fps;
    if (now - this.#last < pause) return at;
    const next = at + 1 < end && at >= first ? at + 1 : first;
    if (!ready(next)) return at;
    // After a halt the run goes on from now, and does not make up for it.
    this.#last = now - this.#last > 2 * pause ? now : this.#last + pause;
    return next;
  }
}
