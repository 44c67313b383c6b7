import type { ClientError } from '@symbolon/client';
import { failureOf } from './failure.ts';
import type { Pictures } from './pictures.ts';

/**
 * A picture to have. `place` names what it shows, in whatever window and size; `bytes` is what it will take once decoded;
 * `url` makes its address.
 */
export type Wish = { readonly key: string; readonly place: string; url(): string; readonly bytes: number };

/** Why nothing comes at the moment: the exchange has too much to do, or does not answer at all. */
export type Trouble = 'busy' | 'away';

export type Refusal = { readonly reason: string; readonly again: boolean };

type World<T> = {
  readonly pictures: Pictures<T>;
  load(wish: Wish, signal: AbortSignal): Promise<T>;
  /** Gives a picture up that nobody wants any more. */
  drop(picture: T): void;
  /** Something came, was refused, or the exchange went away or came back. */
  changed(): void;
  ended(error: ClientError): void;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

const most = { atOnce: 6, delayMs: 10_000 };
const firstDelayMs = 500;
/** The rest is for what was looked at before. */
const shareOfPictures = 0.8;

/** Fetches what is wished for, the first first, a few at once; what is not wished for any more is given up. */
export class PictureLoader<T> {
  readonly #world: World<T>;
  readonly #underWay = new Map<string, AbortController>();
  readonly #refused = new Map<string, Refusal>();
  #wishes: readonly Wish[] = [];
  #failures = 0;
  #trouble: Trouble | null = null;
  #waiting: AbortController | undefined;
  #closed = false;

  constructor(world: World<T>) {
    this.#world = world;
  }

  /** There was no answer the last time, and it is tried again. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  refusal(place: string): Refusal | undefined {
    return this.#refused.get(place);
  }

  want(wishes: readonly Wish[]): void {
    if (this.#closed) return;
    this.#wishes = this.#withinBytes(wishes);
    const wanted = new Set(this.#wishes.map(({ key }) => key));
    for (const [key, controller] of this.#underWay) if (!wanted.has(key)) this.#give(key, controller);
    // From the last to the first, so that what is wished for most leaves last.
    for (const { key } of this.#wishes.toReversed()) this.#world.pictures.get(key);
    this.#start();
  }

  /** Another try for what was refused. */
  again(place: string): void {
    this.#refused.delete(place);
    this.#start();
  }

  /** Does not wait any longer for the exchange to come back. */
  hurry(): void {
    this.#waiting?.abort();
  }

  close(): void {
    this.#closed = true;
    this.#wishes = [];
    this.#refused.clear();
    for (const [key, controller] of this.#underWay) this.#give(key, controller);
    this.#waiting?.abort();
  }

  #give(key: string, controller: AbortController): void {
    this.#underWay.delete(key);
    controller.abort();
  }

  #withinBytes(wishes: readonly Wish[]): readonly Wish[] {
    let bytes = 0;
    const end = wishes.findIndex((wish, index) => {
      bytes += wish.bytes;
      return index > 0 && bytes > this.#world.pictures.maxBytes * shareOfPictures;
    });
    return end === -1 ? wishes : wishes.slice(0, end);
  }

  #start(): void {
    if (this.#closed || this.#waiting !== undefined) return;
    // One alone finds out whether the exchange is back.
    const atOnce = this.#trouble !== null ? 1 : most.atOnce;
    for (const wish of this.#wishes) {
      if (this.#underWay.size >= atOnce) return;
      const there = this.#world.pictures.has(wish.key) || this.#underWay.has(wish.key) || this.#refused.has(wish.place);
      if (!there) void this.#load(wish);
    }
  }

  async #load(wish: Wish): Promise<void> {
    const controller = new AbortController();
    this.#underWay.set(wish.key, controller);
    try {
      const picture = await this.#world.load(wish, controller.signal);
      if (controller.signal.aborted) return this.#world.drop(picture);
      this.#underWay.delete(wish.key);
      this.#failures = 0;
      this.#trouble = null;
      this.#world.pictures.set(wish.key, picture);
    } catch (error) {
      if (controller.signal.aborted) return;
      this.#underWay.delete(wish.key);
      this.#fail(wish, error);
    }
    if (this.#closed) return;
    this.#start();
    this.#world.changed();
  }

  #fail(wish: Wish, error: unknown): void {
    const failure = failureOf(error);
    if (failure.kind === 'refused') this.#refused.set(wish.place, failure);
    if (failure.kind === 'away') {
      this.#trouble = failure.trouble;
      void this.#wait(failure.retryAfterMs);
    }
    if (failure.kind === 'ended') {
      this.close();
      this.#world.ended(failure.error);
    }
  }

  async #wait(atLeastMs: number): Promise<void> {
    if (this.#waiting !== undefined) return;
    const delayMs = Math.min(most.delayMs, firstDelayMs * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#waiting = new AbortController();
    await this.#world.sleep(Math.max(atLeastMs, delayMs), this.#waiting.signal);
    this.#waiting = undefined;
    this.#start();
  }
}
