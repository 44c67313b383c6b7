import * as geometry from './geometry.ts';
import { type PictureSize, sizeToAsk } from './picture-size.ts';

type Options = {
  /** What is looked at; nothing while it is not known. */
  picture(): geometry.Extent | undefined;
  changed(): void;
};

/** How the picture lies in its box, and how it is moved there. */
export class Sight {
  readonly #options: Options;
  #view = geometry.fitted;
  box: geometry.Extent = { width: 0, height: 0 };
  /** Device pixels for each CSS pixel. */
  ratio = 1;
  inverted = false;

  constructor(options: Options) {
    this.#options = options;
  }

  get view(): geometry.View {
    return this.#view;
  }

  resize(box: geometry.Extent, ratio: number): void {
    this.box = box;
    this.ratio = ratio;
    this.#see(this.#view);
  }

  pan(dx: number, dy: number): void {
    this.#see(geometry.panned(this.#view, dx, dy));
  }

  /** Without a point, what lies in the middle stays there. */
  zoomAt(at: geometry.Point | undefined, factor: number): void {
    const middle = { x: this.box.width / 2, y: this.box.height / 2 };
    this.#see(geometry.zoomedAt(this.#view, this.box, at ?? middle, factor));
  }

  pinch(from: readonly [geometry.Point, geometry.Point], to: readonly [geometry.Point, geometry.Point]): void {
    this.#see(geometry.pinched(this.#view, this.box, from, to));
  }

  turn(): void {
    this.#see(geometry.turned(this.#view));
  }

  flip(): void {
    this.#see(geometry.mirrored(this.#view));
  }

  fit(): void {
    this.#see({ ...this.#view, scale: 1, x: 0, y: 0 });
  }

  invert(): void {
    this.inverted = !this.inverted;
    this.#options.changed();
  }

  /** As it was first seen; says nothing, since whoever resets changes more than this. */
  reset(): void {
    this.#view = geometry.fitted;
    this.inverted = false;
  }

  /** The size to ask for. `ahead`: of a picture that is not looked at yet, and will be seen as large as fits. */
  sizeOf(picture: geometry.Extent, ahead = false): PictureSize {
    const view = ahead ? { ...this.#view, scale: Math.min(1, this.#view.scale) } : this.#view;
    return sizeToAsk(picture, geometry.magnification(view, picture, this.box) * this.ratio);
  }

  #see(view: geometry.View): void {
    const picture = this.#options.picture();
    this.#view = picture === undefined ? view : geometry.held(view, picture, this.box);
    this.#options.changed();
  }
}
