import type { Facts } from './facts.ts';
import type { Window } from './window.ts';

function set(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Says what is on the canvas to those who do not see it. `data-image` counts from 1 and is empty where there is no picture;
 * `data-window` is the window with which the exchange rendered what is drawn.
 */
export function describe(canvas: HTMLCanvasElement, series: string, facts: Facts, rendered: Window | null): void {
  const number = facts.shown === null ? '' : String(facts.shown + 1);
  const trouble = facts.refusal !== null ? 'cannot be shown' : number === '' ? 'on its way' : '';
  const image = number === '' ? '' : `image ${number} of ${facts.total}`;
  set(canvas, 'data-image', facts.refusal === null ? number : '');
  set(canvas, 'data-window', rendered === null ? '' : `${rendered.center}/${rendered.width}`);
  set(canvas, 'aria-label', [series, image, trouble].filter((part) => part !== '').join(', '));
}
