import { type Extent, extentOf, magnification, scaleBar, type View } from './geometry.ts';
import type { Tool } from './keys.ts';
import type { Refusal, Trouble } from './picture-loader.ts';
import type { Picture } from './picture-source.ts';
import type { Place, Stack } from './stack.ts';
import { sameWindow, type Window } from './window.ts';
import { type WindowChoice, wantedWindow } from './window-choice.ts';

/**
 * What the viewer says of itself. `shown` belongs to the picture on the screen, `wanted` to where somebody went; they differ
 * while a picture is on its way. Both count from 0.
 */
export type Facts = {
  readonly total: number;
  readonly wanted: number;
  readonly shown: number | null;
  readonly place: Place | null;
  readonly window: Window | null;
  readonly canWindow: boolean;
  /** The exchange has still to render that window; until then its greys are those of another, remapped. */
  readonly preview: boolean;
  readonly zoomPercent: number;
  readonly scaleBar: { readonly pixels: number; readonly label: string } | null;
  readonly loading: boolean;
  readonly trouble: Trouble | null;
  readonly refusal: Refusal | null;
  readonly tool: Tool;
  readonly inverted: boolean;
  readonly playing: boolean;
  readonly fps: number;
};

/** The picture on the screen. */
export type Shown = { readonly index: number; readonly place: Place; readonly picture: Picture };

export const noMeasures = { zoomPercent: 100, scaleBar: null } as const;

export const noFacts: Facts = {
  total: 0,
  wanted: 0,
  shown: null,
  place: null,
  window: null,
  canWindow: false,
  preview: false,
  ...noMeasures,
  loading: true,
  trouble: null,
  refusal: null,
  tool: 'window',
  inverted: false,
  playing: false,
  fps: 15,
};

type State = Omit<Facts, 'shown' | 'place' | 'window' | 'canWindow' | 'preview'> & {
  readonly place: Place | undefined;
  readonly shown: Shown | undefined;
  readonly choice: WindowChoice;
};

/** The number that is told belongs to what is on the screen: a picture, or the reason why there is none. */
export function factsOf({ place, shown, choice, ...rest }: State): Facts {
  const refused = rest.refusal !== null;
  const said = refused ? place : shown?.place;
  const window = refused || shown === undefined ? null : wantedWindow(shown.place.image, choice, shown.picture.window);
  return {
    ...rest,
    place: said ?? null,
    shown: refused ? rest.wanted : (shown?.index ?? null),
    window,
    canWindow: window !== null,
    preview: window !== null && !sameWindow(window, shown?.picture.window ?? null),
  };
}

/** Of the picture on the screen: how large it is, and how long a centimetre. */
export function measures(
  { image }: Place,
  view: View,
  box: Extent,
  ratio: number,
): Pick<Facts, 'zoomPercent' | 'scaleBar'> {
  const size = magnification(view, extentOf(image), box);
  const mmPerPixel = image.spacing === null ? Number.NaN : image.spacing[1] / size;
  const bar = scaleBar(mmPerPixel, Math.min(160, box.width / 3));
  return { zoomPercent: Math.round(size * ratio * 100), scaleBar: bar ?? null };
}

/** Where the frames lie among which a cine runs: those of one image, or the images of a whole series. */
export function cineRange({ images, starts, total }: Stack, place: Place | undefined): readonly [number, number] {
  if (place === undefined || (images[place.imageIndex]?.frames ?? 1) < 2) return [0, total];
  return [starts[place.imageIndex]!, starts[place.imageIndex + 1]!];
}
