import type { Image } from '@symbolon/contract';

export type Point = { readonly x: number; readonly y: number };
export type Extent = { readonly width: number; readonly height: number };

/**
 * How a picture lies in its box. `scale`: 1 is as large as fits; `x`, `y`: how far its middle is from the box's. It is
 * flipped before it is turned; `turns` clockwise by 90°. Units: CSS pixels.
 */
export type View = {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  readonly turns: number;
  readonly flipped: boolean;
};

export const fitted: View = { scale: 1, x: 0, y: 0, turns: 0, flipped: false };

/** So much of the picture stays in the box, wherever it is dragged. */
const grip = 48;
const scales = { least: 0.1, most: 40 };

/** A picture's extent in its own pixels, which are square: the exchange has made them so. */
export function extentOf({ rows, columns }: Pick<Image, 'rows' | 'columns'>): Extent {
  return { width: Math.max(1, columns), height: Math.max(1, rows) };
}

/** CSS pixels for each pixel of the picture. */
export function magnification(view: View, picture: Extent, box: Extent): number {
  const [width, height] = view.turns % 2 === 0 ? [picture.width, picture.height] : [picture.height, picture.width];
  return Math.max(1e-6, Math.min(box.width / width, box.height / height)) * view.scale;
}

/** The six numbers of the transform from the picture's pixels to the box, as `setTransform` takes them. */
export function transformOf(
  view: View,
  picture: Extent,
  box: Extent,
): [number, number, number, number, number, number] {
  const size = magnification(view, picture, box);
  const cos = [1, 0, -1, 0][view.turns % 4]! * size;
  const sin = [0, 1, 0, -1][view.turns % 4]! * size;
  const mirror = view.flipped ? -1 : 1;
  const [a, b, c, d] = [cos * mirror, sin * mirror, -sin, cos];
  const [mx, my] = [picture.width / 2, picture.height / 2];
  return [a, b, c, d, box.width / 2 + view.x - a * mx - c * my, box.height / 2 + view.y - b * mx - d * my];
}

/** Keeps a bit of the picture within reach. */
export function held(view: View, picture: Extent, box: Extent): View {
  const size = magnification(view, picture, box);
  const [width, height] = view.turns % 2 === 0 ? [picture.width, picture.height] : [picture.height, picture.width];
  const far = {
    x: Math.max(0, (box.width + width * size) / 2 - grip),
    y: Math.max(0, (box.height + height * size) / 2 - grip),
  };
  const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value));
  return { ...view, x: clamp(view.x, far.x), y: clamp(view.y, far.y) };
}

export function panned(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** Larger or smaller, while what lies under `at` stays there. */
export function zoomedAt(view: View, box: Extent, at: Point, factor: number): View {
  const scale = Math.max(scales.least, Math.min(scales.most, view.scale * factor));
  const by = scale / view.scale;
  const [px, py] = [at.x - box.width / 2, at.y - box.height / 2];
  return { ...view, scale, x: px - (px - view.x) * by, y: py - (py - view.y) * by };
}

/** Two fingers: what lay under them stays under them, as far as it can without turning. */
export function pinched(view: View, box: Extent, from: readonly [Point, Point], to: readonly [Point, Point]): View {
  const between = ([a, b]: readonly [Point, Point]): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const apart = ([a, b]: readonly [Point, Point]): number => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  const [start, end] = [between(from), between(to)];
  return panned(zoomedAt(view, box, start, apart(to) / apart(from)), end.x - start.x, end.y - start.y);
}

/** Turned by 90° as seen on the screen, with what was moved aside turned along. */
export function turned(view: View): View {
  return { ...view, turns: (view.turns + 1) % 4, x: -view.y, y: view.x };
}

/** Left and right change places as seen on the screen, whichever way the picture is turned. */
export function mirrored(view: View): View {
  const turns = view.turns % 2 === 0 ? view.turns : (view.turns + 2) % 4;
  return { ...view, turns, flipped: !view.flipped, x: -view.x };
}

/** A length of 1, 2 or 5 times a power of ten that is at most `longest` wide. Units: millimetres for each CSS pixel. */
export function scaleBar(
  mmPerPixel: number,
  longest: number,
): { readonly pixels: number; readonly label: string } | undefined {
  const most = mmPerPixel * longest;
  if (!(most > 0) || !Number.isFinite(most)) return undefined;
  const power = 10 ** Math.floor(Math.log10(most));
  const mm = power * (most / power >= 5 ? 5 : most / power >= 2 ? 2 : 1);
  const label = mm >= 10 ? `${Number((mm / 10).toPrecision(3))} cm` : `${Number(mm.toPrecision(3))} mm`;
  return { pixels: mm / mmPerPixel, label };
}
