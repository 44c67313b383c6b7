import type { Image } from '@symbolon/contract';
import type { Window } from './window.ts';

/** The window somebody chose: one of those that each image's own header gives, or one for all images. */
export type WindowChoice =
  | { readonly kind: 'own'; readonly index: number }
  | { readonly kind: 'set'; readonly window: Window };

export const ownWindow: WindowChoice = { kind: 'own', index: 0 };

/** What an image is shown with; null where there is no window, as with colour. */
export function windowOf(image: Image, choice: WindowChoice): Window | null {
  if (image.colour) return null;
  if (choice.kind === 'set') return choice.window;
  const given = image.windows[choice.index] ?? image.windows[0];
  return given === undefined ? null : { center: given.center, width: given.width };
}

/**
 * The window in which a picture is to be seen that was rendered with `rendered`. Where an image's own is wanted, whatever the
 * exchange took is right: it knows the frame's own window, and finds one where the header gives none.
 */
export function wantedWindow(image: Image, choice: WindowChoice, rendered: Window | null): Window | null {
  if (choice.kind === 'own' && choice.index === 0) return rendered;
  return windowOf(image, choice);
}

/** Names the choice; pictures rendered with the same one have the same name. */
export function nameOfChoice(choice: WindowChoice): string {
  return choice.kind === 'own' ? `own${choice.index}` : `${choice.window.center}:${choice.window.width}`;
}

/** What the address has to say; nothing where the exchange takes that window of itself. */
export function askedWindow(image: Image, choice: WindowChoice): Partial<Window> {
  const first = choice.kind === 'own' && (choice.index === 0 || image.windows[choice.index] === undefined);
  return first ? {} : (windowOf(image, choice) ?? {});
}
