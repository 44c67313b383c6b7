import type { Point } from './geometry.ts';
import type { Viewport } from './viewport.ts';

/** Of the pointer for each image, at most and at least; between them the height of the box is the whole stack. */
const pixelsPerImage = { least: 4, most: 28 };
/** A notch of a wheel is more than the least, some 120 on most machines; a trackpad sends less, and often. */
const notch = { least: 60, usual: 120 };
const trackpadPixelsPerImage = 24;

type Held = { at: Point; readonly start: Point; readonly button: number; readonly type: 'touch' | 'mouse' };

/**
 * An image for each notch. While a page is busy a browser gathers several turns of a wheel into one event of all their pixels:
 * none of them may be lost.
 */
export function imagesOfNotches(pixels: number): number {
  return Math.sign(pixels) * Math.max(1, Math.round(Math.abs(pixels) / notch.usual));
}

/** What fingers, mouse and wheel do on the picture. Returns how to stop listening. */
export function listenForGestures(element: HTMLElement, viewport: Viewport): () => void {
  const stop = new AbortController();
  const held = new Map<number, Held>();
  let rest = 0;

  const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };

  const scroll = (pixels: number, each: number): void => {
    rest += pixels / each;
    const images = Math.trunc(rest);
    rest -= images;
    if (images !== 0) viewport.step(images);
  };

  const drag = (one: Held, to: Point): void => {
    const [dx, dy] = [to.x - one.at.x, to.y - one.at.y];
    const tool = one.button === 0 ? viewport.toolFor(one.type) : 'pan';
    if (tool === 'pan') viewport.sight.pan(dx, dy);
    if (tool === 'window') viewport.dragWindow(to.x - one.start.x, to.y - one.start.y);
    if (tool === 'zoom') viewport.sight.zoomAt(one.start, Math.exp(-dy / 180));
    if (tool !== 'scroll') return;
    const each = element.clientHeight / Math.max(1, viewport.total);
    scroll(dy, Math.max(pixelsPerImage.least, Math.min(pixelsPerImage.most, each)));
  };

  const move = (event: PointerEvent): void => {
    const one = held.get(event.pointerId);
    if (one === undefined) return;
    const to = pointOf(event);
    const other = [...held.values()].find((candidate) => candidate !== one);
    if (other === undefined) drag(one, to);
    else viewport.sight.pinch([one.at, other.at], [to, other.at]);
    one.at = to;
  };

  const release = (event: PointerEvent): void => {
    if (!held.delete(event.pointerId)) return;
    viewport.endDrag();
  };

  const press = (event: PointerEvent): void => {
    if (held.size >= 2 || (event.pointerType === 'mouse' && held.size > 0)) return;
    element.setPointerCapture(event.pointerId);
    const at = pointOf(event);
    held.set(event.pointerId, {
      at,
      start: at,
      button: event.button,
      type: event.pointerType === 'touch' ? 'touch' : 'mouse',
    });
    rest = 0;
    // A second finger makes something else of what the first began.
    if (held.size === 2) viewport.endDrag();
  };

  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 40;
    if (event.ctrlKey || event.metaKey)
      viewport.sight.zoomAt(pointOf(event), Math.exp(-Math.max(-60, Math.min(60, pixels)) / 250));
    else if (Math.abs(pixels) >= notch.least) viewport.step(imagesOfNotches(pixels));
    else scroll(pixels, trackpadPixelsPerImage);
  };

  const { signal } = stop;
  element.addEventListener('pointerdown', press, { signal });
  element.addEventListener('pointermove', move, { signal });
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
    element.addEventListener(end, release, { signal });
  }
  element.addEventListener('wheel', wheel, { signal, passive: false });
  element.addEventListener('dblclick', () => viewport.reset(), { signal });
  // The right button pans, and the middle one must not start the browser's own scrolling.
  element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  element.addEventListener('mousedown', (event) => event.button === 1 && event.preventDefault(), { signal });
  return () => stop.abort();
}
