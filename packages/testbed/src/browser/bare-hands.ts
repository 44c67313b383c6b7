import { setTimeout as pause } from 'node:timers/promises';
import type { BareBrowser } from './bare-browser.ts';

type Point = { readonly x: number; readonly y: number };

/** What a hand does at mouse and keys, in a browser that nothing watches. Each waits until there is what it needs. */
export type BareHands = {
  /** Waits until the page says yes to this; `what` is what the complaint calls it. */
  until<A extends readonly string[]>(what: string, seen: (...args: A) => boolean, ...args: A): Promise<void>;
  /** The middle of the first element that is seen, stands still and has these words in its name. */
  find(selector: string, words?: string): Promise<Point>;
  click(selector: string, words?: string): Promise<void>;
  fill(label: string, text: string): Promise<void>;
  press(key: string): Promise<void>;
  wheel(at: Point, pixels: number): Promise<void>;
  drag(from: Point, to: Point, steps: number): Promise<void>;
};

const patienceMs = 60_000;

/** Keys that write nothing have numbers, which Chromium wants to be told. */
const numbers: Readonly<Record<string, number>> = { Escape: 27, End: 35 };

export function bareHands({ run, call }: BareBrowser): BareHands {
  const until: BareHands['until'] = async (what, seen, ...args) => {
    for (const giveUpAt = performance.now() + patienceMs; performance.now() < giveUpAt; await pause(20)) {
      if (await run(seen, ...args).catch(ifLeaving)) return;
    }
    return complain(what);
  };
  const complain = async (what: string): Promise<never> => {
    const there = await run(() => `“${document.title}” at ${location.pathname}: ${document.body.innerText}`).catch(
      String,
    );
    throw new Error(`waited in vain for ${what}; there is ${there.slice(0, 2000)}`);
  };
  const find: BareHands['find'] = async (selector, words = '') => {
    for (const giveUpAt = performance.now() + patienceMs; performance.now() < giveUpAt; await pause(20)) {
      const at = await run(middleOf, selector, words).catch(ifLeaving);
      if (at) return at;
    }
    return complain(`${selector} ${words}`);
  };
  const mouse = (type: string, { x, y }: Point, more: Readonly<Record<string, string | number>> = {}) =>
    call('Input.dispatchMouseEvent', { type, x, y, ...more });
  const held = { button: 'left', buttons: 1, clickCount: 1 };
  return {
    until,
    find,
    async click(selector, words) {
      const at = await find(selector, words);
      await mouse('mouseMoved', at);
      await mouse('mousePressed', at, held);
      await mouse('mouseReleased', at, { ...held, buttons: 0 });
    },
    fill: (label, text) => until(`a field ${label}`, fillField, label, text),
    async press(key) {
      const windowsVirtualKeyCode = numbers[key];
      const what = windowsVirtualKeyCode === undefined ? { key, text: key } : { key, code: key, windowsVirtualKeyCode };
      await call('Input.dispatchKeyEvent', {
        type: windowsVirtualKeyCode === undefined ? 'keyDown' : 'rawKeyDown',
        ...what,
      });
      await call('Input.dispatchKeyEvent', { type: 'keyUp', ...what });
    },
    async wheel(at, pixels) {
      await mouse('mouseWheel', at, { deltaX: 0, deltaY: pixels });
    },
    async drag(from, to, steps) {
      await mouse('mouseMoved', from);
      await mouse('mousePressed', from, held);
      for (let step = 1; step <= steps; step += 1) {
        const part = step / steps;
        await mouse('mouseMoved', { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }, held);
      }
      await mouse('mouseReleased', to, { ...held, buttons: 0 });
    },
  };
}

/** A page that makes way for the next takes the question with it. */
function ifLeaving(error: Error): undefined {
  if (!/context|navigated/i.test(error.message)) throw error;
}

// What follows runs in the page.

async function middleOf(selector: string, words: string): Promise<{ x: number; y: number } | undefined> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (const one of document.querySelectorAll(selector)) {
    if (!(one.getAttribute('aria-label') ?? one.textContent ?? '').includes(words)) continue;
    const before = one.getBoundingClientRect();
    if (before.width === 0 || before.height === 0) continue;
    await frame();
    await frame();
    const { x, y, width, height } = one.getBoundingClientRect();
    if (x !== before.x || y !== before.y) return undefined;
    const middle = { x: x + width / 2, y: y + height / 2 };
    if (one.contains(document.elementFromPoint(middle.x, middle.y))) return middle;
  }
  return undefined;
}

function fillField(label: string, text: string): boolean {
  const named = [...document.querySelectorAll('label')].find(({ textContent }) => textContent?.startsWith(label));
  const field = named?.control;
  if (!(field instanceof HTMLInputElement)) return false;
  field.focus();
  // React puts a setter of its own on each field, and takes what comes through that for its own doing.
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(field, text);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return true;
}
