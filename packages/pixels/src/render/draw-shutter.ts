import type { Shutter, ShutterShape } from '../model/shutters.ts';
import type { Canvas } from './draw-overlays.ts';

/**
 * Covers what is outside of a shutter: outside of any one of its shapes. A pixel is inside by its middle; those on the edges of
 * a rectangle are.
 *
 * Cost    for each row that is shown, one step for each vertex, and one for each pixel that is covered.
 * Source  PS3.3 §C.7.6.11.
 */
export function drawShutter({ pixels, channels, region }: Canvas, shutter: Shutter): void {
  const colour = channels === 1 ? [shutter.grey] : shutter.colour;
  const { left, top, width, height } = region;
  for (let y = 0; y < height; y++) {
    const row = y * width * channels;
    const cover = (from: number, to: number) => {
      for (let at = row + from * channels; at < row + to * channels; at += channels)
        for (let channel = 0; channel < channels; channel++) pixels[at + channel] = colour[channel]!;
    };
    for (const shape of shutter.shapes) {
      let shownUpTo = 0;
      for (const [first, last] of insideOf(shape, top + y)) {
        const from = Math.min(Math.max(Math.ceil(first) - left, shownUpTo), width);
        cover(shownUpTo, from);
        shownUpTo = Math.min(Math.max(Math.floor(last) + 1 - left, from), width);
      }
      cover(shownUpTo, width);
    }
  }
}

type Stretch = readonly [first: number, last: number];

/** Which columns of a row a shape leaves to be seen, from left to right. */
function insideOf(shape: ShutterShape, row: number): readonly Stretch[] {
  switch (shape.kind) {
    case 'rectangular':
      return row >= shape.top && row <= shape.bottom ? [[shape.left, shape.right]] : [];
    case 'circular': {
      const half = Math.sqrt(shape.radius ** 2 - ((row - shape.row) * shape.aspect) ** 2);
      return half >= 0 ? [[shape.column - half, shape.column + half]] : [];
    }
    case 'polygonal':
      return insideOfPolygon(shape.vertices, row);
  }
}

/** Between every other crossing of the row with an edge. An edge counts its upper end and not its lower one. */
function insideOfPolygon(vertices: readonly number[], row: number): readonly Stretch[] {
  const crossings: number[] = [];
  let [fromRow, fromColumn] = [vertices.at(-2)!, vertices.at(-1)!];
  for (let at = 0; at < vertices.length; at += 2) {
    const [toRow, toColumn] = [vertices[at]!, vertices[at + 1]!];
    if (fromRow <= row !== toRow <= row)
      crossings.push(fromColumn + ((row - fromRow) / (toRow - fromRow)) * (toColumn - fromColumn));
    [fromRow, fromColumn] = [toRow, toColumn];
  }
  crossings.sort((a, b) => a - b);
  return crossings.flatMap((first, at) => (at % 2 === 0 ? [[first, crossings[at + 1]!] as const] : []));
}
