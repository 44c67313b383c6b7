import type { StudyRoad } from '@symbolon/client';
import { Cine, speedOf } from './cine.ts';
import { describe } from './describe.ts';
import { cineRange, type Facts, factsOf, measures, noFacts, noMeasures, type Shown } from './facts.ts';
import { fetchOrder } from './fetch-order.ts';
import { extentOf } from './geometry.ts';
import type { Tool } from './keys.ts';
import { paint } from './paint.ts';
import type { Refusal } from './picture-loader.ts';
import type { Picture, PictureSource } from './picture-source.ts';
import { Preview } from './preview.ts';
import { placeName, wishFor } from './rendering.ts';
import { Sight } from './sight.ts';
import { clampIndex, knownPlaces, type Place, placeAt, type Stack, stackOf } from './stack.ts';
import { draggedWindow, sameWindow, type Window } from './window.ts';
import { ownWindow, type WindowChoice, wantedWindow } from './window-choice.ts';

/** Places to fetch ahead at most; memory ends them earlier where pictures are large. */
const fetchAhead = 300;

type Options = { readonly road: StudyRoad; readonly source: PictureSource; readonly touch: boolean };

/**
 * The picture area: what is wanted, what is shown, and how. It draws on its canvas once a frame of the display at most, and
 * tells listeners afterwards; React has no part in it.
 */
export class Viewport {
  readonly #options: Options;
  readonly sight = new Sight({
    picture: () => {
      const place = this.#shown?.place ?? placeAt(this.#stack, this.#index);
      return place === undefined ? undefined : extentOf(place.image);
    },
    changed: () => this.#changed(),
  });
  readonly #cine = new Cine();
  readonly #listeners = new Set<() => void>();
  #context: CanvasRenderingContext2D | undefined;
  #preview: Preview | undefined;
  #label = '';
  #stack: Stack = stackOf([], 0, true);
  #index = 0;
  #direction = 0;
  #choice: WindowChoice = ownWindow;
  #dragFrom: Window | undefined;
  #tool: Tool | undefined;
  #shown: Shown | undefined;
  #facts: Facts = noFacts;
  #drawing = 0;
  /** Whether the speed is that of this series, or the one that somebody chose for it. */
  #paced = false;

  constructor(options: Options) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly facts = (): Facts => this.#facts;

  attach(canvas: HTMLCanvasElement): void {
    this.#context = canvas.getContext('2d', { alpha: false })!;
    this.#preview = new Preview();
    this.redraw();
  }

  /** Nothing of the study stays, neither on the screen nor in memory. */
  close(): void {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
    this.#cine.pause();
    this.#show(undefined);
    this.#stack = stackOf([], 0, true);
    this.#preview?.clear();
    this.#draw();
    this.#options.source.close();
  }

  /** Another series, seen afresh from `at`. `label` is what it is called. */
  open(stack: Stack, label: string, at: number): void {
    this.#cine.pause();
    this.#paced = false;
    this.#show(undefined);
    this.#label = label;
    this.#choice = ownWindow;
    this.sight.reset();
    this.#direction = 0;
    this.#index = at;
    this.grow(stack);
  }

  /** More of the same series is known. */
  grow(stack: Stack): void {
    this.#stack = stack;
    const [first] = stack.images;
    if (first !== undefined && !this.#paced) {
      this.#paced = true;
      this.#cine.fps = speedOf(first.frameMs);
    }
    this.#index = Math.max(0, clampIndex(stack, this.#index));
    this.#changed();
  }

  get index(): number {
    return this.#index;
  }

  goTo(index: number): void {
    const next = clampIndex(this.#stack, index);
    if (next === this.#index || next < 0) return;
    this.#direction = Math.sign(next - this.#index);
    this.#index = next;
    this.#changed();
  }

  step(by: number): void {
    this.goTo(this.#index + by);
  }

  get total(): number {
    return this.#stack.total;
  }

  toolFor(pointer: 'touch' | 'mouse'): Tool {
    const tool = this.#tool ?? (pointer === 'touch' ? 'scroll' : 'window');
    const useless = (tool === 'scroll' && this.#stack.total < 2) || (tool === 'window' && !this.#facts.canWindow);
    return useless ? 'pan' : tool;
  }

  chooseTool(tool: Tool): void {
    this.#tool = tool;
    this.redraw();
  }

  chooseWindow(choice: WindowChoice): void {
    this.#dragFrom = undefined;
    this.#choice = choice;
    this.#options.source.forgetLatest();
    this.#options.source.forgetOtherWindows(choice);
    this.#changed();
  }

  /** Somebody drags the window, so far from where they began. */
  dragWindow(dx: number, dy: number): void {
    const place = this.#shown?.place;
    if (place === undefined) return;
    const from = this.#dragFrom ?? this.#facts.window;
    if (from === null) return;
    this.#dragFrom = from;
    const choice: WindowChoice = { kind: 'set', window: draggedWindow(from, dx, dy) };
    this.#choice = choice;
    this.redraw();
    this.#options.source.want([]);
    this.#options.source.renderLatest(place, choice, this.sight.sizeOf(extentOf(place.image)), (picture) => {
      // The window may have moved on; an exact picture is still the better one to remap.
      if (this.#shown === undefined || this.#dragFrom === undefined) return;
      if (placeName(this.#shown.place) !== placeName(place)) return;
      this.#show({ ...this.#shown, picture });
      this.redraw();
    });
  }

  endDrag(): void {
    if (this.#dragFrom !== undefined) this.chooseWindow(this.#choice);
  }

  reset(): void {
    this.sight.reset();
    this.chooseWindow(ownWindow);
  }

  play(playing: boolean): void {
    if (playing && this.#stack.total > 1) this.#cine.play(performance.now());
    else this.#cine.pause();
    this.redraw();
  }

  playAt(fps: number): void {
    this.#cine.fps = fps;
    this.redraw();
  }

  again(): void {
    const place = placeAt(this.#stack, this.#index);
    if (place !== undefined) this.#options.source.again(place);
    this.redraw();
  }

  readonly redraw = (): void => {
    if (this.#context !== undefined && this.#drawing === 0) this.#drawing = requestAnimationFrame(this.#draw);
  };

  #changed(): void {
    this.#wish();
    this.redraw();
  }

  #wish(): void {
    if (this.sight.box.width === 0 || this.#dragFrom !== undefined) return;
    const order = fetchOrder({
      at: this.#index,
      total: knownPlaces(this.#stack),
      direction: this.#direction,
      most: fetchAhead,
    });
    const wishes = order.flatMap((index) => {
      const place = placeAt(this.#stack, index)!;
      if (place.image.refusal !== null || place.image.frames < 1) return [];
      const size = this.sight.sizeOf(extentOf(place.image), index !== this.#index);
      return [wishFor(this.#options.road, place, this.#choice, size)];
    });
    this.#options.source.want(wishes);
  }

  #show(shown: Shown | undefined): void {
    this.#shown = shown;
    this.#options.source.hold(shown?.picture);
  }

  /** The picture of a place in the window that is wanted, as good as there is one. */
  #find(place: Place): Picture | undefined {
    return this.#options.source.find(place, this.#choice, this.sight.sizeOf(extentOf(place.image)));
  }

  #refusal(place: Place | undefined): Refusal | null {
    if (place === undefined) return null;
    if (place.image.refusal !== null) return { reason: place.image.refusal, again: false };
    if (place.image.frames < 1) return { reason: 'It has no pictures.', again: false };
    return this.#options.source.refusal(place) ?? null;
  }

  readonly #draw = (now = 0): void => {
    this.#drawing = 0;
    const context = this.#context;
    if (context === undefined) return;
    this.#playOn(now);
    const place = placeAt(this.#stack, this.#index);
    const refusal = this.#refusal(place);
    const found = place === undefined || refusal !== null ? undefined : this.#find(place);
    if (refusal !== null) this.#show(undefined);
    else if (place !== undefined && found !== undefined) {
      this.#show({ index: this.#index, place, picture: found });
    }
    const { view, box, ratio, inverted } = this.sight;
    const picture = this.#shown === undefined ? box : extentOf(this.#shown.place.image);
    paint(context, { source: this.#source(), picture, view, box, ratio, inverted });
    this.#tell(context.canvas, place, refusal, found !== undefined || refusal !== null);
    if (this.#cine.playing) this.redraw();
  };

  #playOn(now: number): void {
    if (!this.#cine.playing) return;
    const range = cineRange(this.#stack, placeAt(this.#stack, this.#index));
    const next = this.#cine.next(now, this.#index, range, (index) => {
      const place = placeAt(this.#stack, index);
      return place !== undefined && (this.#refusal(place) !== null || this.#find(place) !== undefined);
    });
    if (next === this.#index) return;
    this.#direction = 1;
    this.#index = next;
    this.#wish();
  }

  #source(): ImageBitmap | HTMLCanvasElement | undefined {
    const shown = this.#shown;
    if (shown === undefined) return undefined;
    const { bitmap, window } = shown.picture;
    const wanted = wantedWindow(shown.place.image, this.#choice, window);
    if (window === null || wanted === null || sameWindow(window, wanted)) return bitmap;
    return this.#preview!.of(bitmap, window, wanted);
  }

  #tell(canvas: HTMLCanvasElement, place: Place | undefined, refusal: Refusal | null, current: boolean): void {
    const { view, box, ratio, inverted } = this.sight;
    const facts = factsOf({
      total: this.#stack.total,
      wanted: this.#index,
      place,
      refusal,
      shown: this.#shown,
      choice: this.#choice,
      loading: !current && this.#dragFrom === undefined,
      trouble: this.#options.source.trouble,
      tool: this.#tool ?? (this.#options.touch ? 'scroll' : 'window'),
      inverted,
      playing: this.#cine.playing,
      fps: this.#cine.fps,
      ...(this.#shown === undefined ? noMeasures : measures(this.#shown.place, view, box, ratio)),
    });
    describe(canvas, this.#label, facts, this.#shown?.picture.window ?? null);
    this.#facts = facts;
    for (const tell of this.#listeners) tell();
  }
}
