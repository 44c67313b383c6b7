/** A window on the modality's values (PS3.3 C.11.2.1.2). */
export type Window = { readonly center: number; readonly width: number };

/** Usual windows of CT in HU; `key` on the keyboard. */
export const ctPresets: readonly (Window & { readonly name: string; readonly key: string })[] = [
  { key: '1', name: 'Brain', center: 40, width: 80 },
  { key: '2', name: 'Subdural', center: 75, width: 215 },
  { key: '3', name: 'Bone', center: 480, width: 2500 },
  { key: '4', name: 'Lung', center: -600, width: 1500 },
  { key: '5', name: 'Abdomen', center: 60, width: 400 },
  { key: '6', name: 'Mediastinum', center: 50, width: 350 },
];

const limit = 1e9;
/** Of the pointer, for the width to become e times as wide, and for the centre to move by one width. Units: CSS pixels. */
const pixelsPerE = 250;
const pixelsPerWidth = 350;

/** Whole numbers where the width is one of HU's sort, else as many digits as the width makes sensible (SUV, quotients). */
function stepFor(width: number): number {
  return Math.min(1, 10 ** (Math.floor(Math.log10(width)) - 2));
}

function rounded(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(12));
}

/** The window after a drag that began at `from`: to the right is wider, downwards a higher centre, hence darker. */
export function draggedWindow(from: Window, dx: number, dy: number): Window {
  const wide = Math.min(limit, Math.max(1e-6, from.width * Math.exp(dx / pixelsPerE)));
  const step = stepFor(Math.min(wide, from.width));
  const width = Math.max(step, rounded(wide, step));
  const center = rounded(from.center + (dy / pixelsPerWidth) * from.width, step);
  return { center: Math.max(-limit, Math.min(limit, center)), width };
}

/** A window as somebody typed it; nothing where it is none. */
export function typedWindow(center: number | string, width: number | string): Window | undefined {
  const [c, w] = [Number(center), Number(width)];
  if (center === '' || width === '' || !Number.isFinite(c) || !Number.isFinite(w)) return undefined;
  if (Math.abs(c) > limit || w <= 0 || w > limit) return undefined;
  return { center: c, width: w };
}

/**
 * The grey that a window gives for each grey of another window, in order to show at once what the exchange renders a moment
 * later: what the first window made black or white stays undivided until then.
 */
export function remapTable(from: Window, to: Window): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256);
  const factor = from.width / to.width;
  const shift = ((from.center - from.width / 2 - (to.center - to.width / 2)) / to.width) * 255;
  for (let grey = 0; grey < 256; grey += 1) table[grey] = grey * factor + shift;
  return table;
}

export function sameWindow(a: Window | null, b: Window | null): boolean {
  return a === b || (a !== null && b !== null && a.center === b.center && a.width === b.width);
}

const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 6, useGrouping: false });

export function windowText({ center, width }: Window, unit: string): string {
  return `C ${digits.format(center).replace('-', '−')}  W ${digits.format(width)}${unit === '' ? '' : ` ${unit}`}`;
}
