import type { DecodedFrame } from '../decode/decoded-frame.ts';
import type { Overlay } from '../model/overlays.ts';
import type { Region } from './region.ts';

/** The levels of a part of an image, eight bits each, that is drawn into. */
export type Canvas = { readonly pixels: Uint8Array; readonly channels: 1 | 3; readonly region: Region };

const white = 255;
/** From here on white would hardly be seen. */
const light = 128;

/**
 * Draws graphics in white. Where the picture beside them is light it becomes black for the width of a pixel: on a dark ground
 * they look as elsewhere, and on a light one they are seen.
 *
 * Cost    one step for each byte of graphics inside the part that is shown, and one for each pixel that is drawn.
 * Source  PS3.3 §C.9.2; docs/decisions/2026-11-23-overlays-and-shutters.md.
 */
export function drawOverlays(canvas: Canvas, overlays: readonly Overlay[], frame: DecodedFrame): void {
  for (const overlay of overlays)
    eachSet(overlay, frame, canvas.region, 1, (row, column) => darkenAround(canvas, row, column));
  for (const overlay of overlays)
    eachSet(overlay, frame, canvas.region, 0, (row, column) => paint(canvas, row, column, white));
}

type Visit = (row: number, column: number) => void;

/** Visits what is set inside a part of the image, or so many pixels around it. Rows and columns are those of the part. */
function eachSet(overlay: Overlay, frame: DecodedFrame, region: Region, around: number, visit: Visit): void {
  const { top, left, rows, columns } = overlay;
  const firstRow = Math.max(0, region.top - around - top);
  const lastRow = Math.min(rows, region.top + region.height + around - top);
  const firstColumn = Math.max(0, region.left - around - left);
  const lastColumn = Math.min(columns, region.left + region.width + around - left);
  const [down, across] = [top - region.top, left - region.left];
  for (let row = firstRow; row < lastRow; row++) {
    const [from, to] = [row * columns + firstColumn, row * columns + lastColumn];
    if (overlay.kind === 'bits') {
      // Bits that are not there are not set.
      const end = Math.min(to, overlay.bits.length * 8 - overlay.bitOffset);
      for (let at = from; at < end; at++) {
        const bit = at + overlay.bitOffset;
        const byte = overlay.bits[bit >> 3]!;
        if (byte === 0) at += 7 - (bit & 7);
        else if ((byte >> (bit & 7)) & 1) visit(row + down, at - row * columns + across);
      }
      if (end < to) return;
    } else {
      const { words } = frame;
      for (let at = from; at < to; at++)
        if (((words[at] as number) >> overlay.bit) & 1) visit(row + down, at - row * columns + across);
    }
  }
}

function darkenAround(canvas: Canvas, row: number, column: number): void {
  const { width, height } = canvas.region;
  for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++)
    for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++)
      if (levelAt(canvas, y, x) >= light) paint(canvas, y, x, 0);
}

function levelAt({ pixels, channels, region }: Canvas, row: number, column: number): number {
  const at = (row * region.width + column) * channels;
  return channels === 1 ? pixels[at]! : (pixels[at]! + pixels[at + 1]! + pixels[at + 2]!) / 3;
}

function paint({ pixels, channels, region }: Canvas, row: number, column: number, level: number): void {
  const at = (row * region.width + column) * channels;
  for (let channel = 0; channel < channels; channel++) pixels[at + channel] = level;
}
