import { type ClientError, type Exchange, frame, type StudyRoad } from '@symbolon/client';
import { LatestWins } from './latest-wins.ts';
import { PictureLoader, type Refusal, type Trouble, type Wish } from './picture-loader.ts';
import type { PictureSize } from './picture-size.ts';
import { Pictures } from './pictures.ts';
import { isOfChoice, keysOf, placeName, wishFor } from './rendering.ts';
import type { Place } from './stack.ts';
import type { Window } from './window.ts';
import type { WindowChoice } from './window-choice.ts';

/** A decoded picture, and the window with which the exchange rendered it. */
export type Picture = { readonly bitmap: ImageBitmap; readonly window: Window | null };

/** Decoded pictures at hand. Units: bytes. A phone's browser is ended by its system long before a desktop's is. */
const maxBytes = { phone: 96 * 1024 * 1024, desktop: 256 * 1024 * 1024 };

type Options = {
  readonly exchange: Exchange;
  readonly road: StudyRoad;
  readonly phone: boolean;
  changed(): void;
  ended(error: ClientError): void;
};

type Exact = { readonly wish: Wish; done(): void };

/** Sleeps, but not on when the browser finds its network again. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      globalThis.removeEventListener('online', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    globalThis.addEventListener('online', end);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Where the viewer gets its pictures: at hand, or from the exchange. */
export class PictureSource {
  readonly #options: Options;
  readonly #pictures: Pictures<Picture>;
  readonly #loader: PictureLoader<Picture>;
  readonly #latest: LatestWins<Exact>;
  readonly #ending = new AbortController();
  /** What is on the screen stays open even when it has left the pictures at hand. */
  #onScreen: Picture | undefined;
  #left: Picture | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#pictures = new Pictures({
      maxBytes: options.phone ? maxBytes.phone : maxBytes.desktop,
      bytesOf: ({ bitmap }) => bitmap.width * bitmap.height * 4,
      drop: (picture) => this.#drop(picture),
    });
    this.#loader = new PictureLoader({
      pictures: this.#pictures,
      load: (wish, signal) => this.#load(wish, signal),
      drop: ({ bitmap }) => bitmap.close(),
      changed: options.changed,
      ended: (error) => this.#end(error),
      sleep,
    });
    this.#latest = new LatestWins((exact) => this.#render(exact));
  }

  get trouble(): Trouble | null {
    return this.#loader.trouble;
  }

  /** Memory of decoded pictures, in bytes. */
  get bytes(): number {
    return this.#pictures.bytes;
  }

  find(place: Place, choice: WindowChoice, size: PictureSize): Picture | undefined {
    for (const key of keysOf(place, choice, size)) {
      if (this.#pictures.has(key)) return this.#pictures.get(key);
    }
    return undefined;
  }

  refusal(place: Place): Refusal | undefined {
    return this.#loader.refusal(placeName(place));
  }

  again(place: Place): void {
    this.#loader.again(placeName(place));
  }

  want(wishes: readonly Wish[]): void {
    this.#loader.want(wishes);
  }

  /** Asks for one rendering, one at a time; what was asked for meanwhile and is older is left out. */
  renderLatest(place: Place, choice: WindowChoice, size: PictureSize, then: (picture: Picture) => void): void {
    const wish = wishFor(this.#options.road, place, choice, size);
    const done = (): void => {
      const picture = this.#pictures.get(wish.key);
      if (picture !== undefined) then(picture);
    };
    this.#latest.ask({ wish, done });
  }

  forgetLatest(): void {
    this.#latest.forget();
  }

  forgetOtherWindows(choice: WindowChoice): void {
    this.#pictures.keep((key) => isOfChoice(key, choice));
  }

  /** Tells which picture is on the screen. */
  hold(picture: Picture | undefined): void {
    this.#onScreen = picture;
    if (this.#left === undefined || this.#left === picture) return;
    this.#left.bitmap.close();
    this.#left = undefined;
  }

  /** Nothing is asked for any more, and no picture stays in memory. */
  close(): void {
    this.#ending.abort();
    this.#latest.forget();
    this.#loader.close();
    this.hold(undefined);
    this.#pictures.clear();
  }

  #drop(picture: Picture): void {
    if (picture === this.#onScreen) this.#left = picture;
    else picture.bitmap.close();
  }

  #end(error: ClientError): void {
    this.close();
    this.#options.ended(error);
  }

  async #load(wish: Wish, signal: AbortSignal): Promise<Picture> {
    const { blob, window } = await frame(this.#options.exchange, wish.url(), signal);
    return { bitmap: await createImageBitmap(blob), window };
  }

  /** A failure shows when the same rendering is wished for at the end of the drag. */
  async #render({ wish, done }: Exact): Promise<void> {
    try {
      const picture = await this.#load(wish, this.#ending.signal);
      if (this.#ending.signal.aborted) return picture.bitmap.close();
      this.#pictures.set(wish.key, picture);
      done();
    } catch {}
  }
}
