import { remapTable, sameWindow, type Window } from './window.ts';

/** The longest edge of what is remapped. Units: pixels. At this size a remap takes some 3 ms. */
const longest = 1024;

/** A picture with its greys remapped to another window, until the exchange has rendered it. */
export class Preview {
  readonly #canvas = document.createElement('canvas');
  readonly #context = this.#canvas.getContext('2d', { willReadFrequently: true })!;
  #source: ImageBitmap | undefined;
  #greys = new Uint8Array(0);
  #pixels: ImageData | undefined;
  #windows: readonly [Window, Window] | undefined;

  /** What to draw instead of `picture`. */
  of(picture: ImageBitmap, from: Window, to: Window): HTMLCanvasElement {
    const fresh = this.#source !== picture;
    if (fresh) this.#take(picture);
    const [before, after] = this.#windows ?? [null, null];
    if (fresh || !sameWindow(before, from) || !sameWindow(after, to)) this.#remap(from, to);
    return this.#canvas;
  }

  clear(): void {
    this.#source = undefined;
    this.#pixels = undefined;
    this.#windows = undefined;
    this.#greys = new Uint8Array(0);
    this.#canvas.width = 0;
    this.#canvas.height = 0;
  }

  #take(picture: ImageBitmap): void {
    const factor = Math.min(1, longest / Math.max(picture.width, picture.height));
    this.#canvas.width = Math.max(1, Math.round(picture.width * factor));
    this.#canvas.height = Math.max(1, Math.round(picture.height * factor));
    this.#context.drawImage(picture, 0, 0, this.#canvas.width, this.#canvas.height);
    this.#pixels = this.#context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
    const { data } = this.#pixels;
    this.#greys = new Uint8Array(data.length / 4);
    for (let at = 0; at < this.#greys.length; at += 1) this.#greys[at] = data[at * 4]!;
    this.#source = picture;
  }

  #remap(from: Window, to: Window): void {
    const table = remapTable(from, to);
    const { data } = this.#pixels!;
    for (let at = 0; at < this.#greys.length; at += 1) {
      const grey = table[this.#greys[at]!]!;
      data[at * 4] = grey;
      data[at * 4 + 1] = grey;
      data[at * 4 + 2] = grey;
    }
    this.#context.putImageData(this.#pixels!, 0, 0);
    this.#windows = [from, to];
  }
}
