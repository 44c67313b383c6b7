export const tools = ['scroll', 'window', 'zoom', 'pan'] as const;
export type Tool = (typeof tools)[number];

/** What somebody can ask of the viewer by a key or a button. */
export type Command =
  | { readonly do: 'step'; readonly by: number }
  | { readonly do: 'go'; readonly to: 'first' | 'last' }
  | { readonly do: 'series'; readonly by: 1 | -1 }
  | { readonly do: 'tool'; readonly tool: Tool }
  | { readonly do: 'preset'; readonly key: string }
  | { readonly do: 'zoom'; readonly by: number }
  | { readonly do: 'play' | 'reset' | 'fit' | 'invert' | 'turn' | 'flip' | 'text' | 'fullscreen' | 'help' | 'escape' };

type Key = { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean };

/** Pictures of a leap. */
const leap = 10;
const zoomStep = 1.25;

const commands: Readonly<Record<string, Command>> = {
  ArrowDown: { do: 'step', by: 1 },
  ArrowRight: { do: 'step', by: 1 },
  ArrowUp: { do: 'step', by: -1 },
  ArrowLeft: { do: 'step', by: -1 },
  PageDown: { do: 'step', by: leap },
  PageUp: { do: 'step', by: -leap },
  Home: { do: 'go', to: 'first' },
  End: { do: 'go', to: 'last' },
  ' ': { do: 'play' },
  Escape: { do: 'escape' },
  '.': { do: 'series', by: 1 },
  ',': { do: 'series', by: -1 },
  '+': { do: 'zoom', by: zoomStep },
  '=': { do: 'zoom', by: zoomStep },
  '-': { do: 'zoom', by: 1 / zoomStep },
  '?': { do: 'help' },
  '0': { do: 'reset' },
  s: { do: 'tool', tool: 'scroll' },
  w: { do: 'tool', tool: 'window' },
  z: { do: 'tool', tool: 'zoom' },
  p: { do: 'tool', tool: 'pan' },
  f: { do: 'fit' },
  i: { do: 'invert' },
  r: { do: 'turn' },
  h: { do: 'flip' },
  t: { do: 'text' },
  m: { do: 'fullscreen' },
};

/** What a key asks for; nothing where it belongs to the browser or to nobody. */
export function commandOf({ key, ctrlKey, metaKey, altKey }: Key): Command | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  if (/^[1-9]$/.test(key)) return { do: 'preset', key };
  const name = key.length === 1 ? key.toLowerCase() : key;
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}

/** What the help says, in its order. */
export const keyHelp: readonly (readonly [keys: string, what: string])[] = [
  ['↑ ↓ or wheel', 'Previous and next image'],
  ['Page Up, Page Down', '10 images back and on'],
  ['Home, End', 'First and last image'],
  [', and .', 'Previous and next series'],
  ['S W Z P', 'Left button scrolls, windows, zooms, pans'],
  ['Right or middle button', 'Pan'],
  ['Ctrl + wheel, + and −', 'Zoom'],
  ['1 – 6', 'Window presets of CT'],
  ['F', 'Fit to the screen'],
  ['I', 'Invert'],
  ['R', 'Rotate by 90°'],
  ['H', 'Flip left and right'],
  ['0 or double click', 'Reset all of it'],
  ['Space', 'Play and pause'],
  ['T', 'Show and hide the text'],
  ['M', 'Whole screen and back'],
];
