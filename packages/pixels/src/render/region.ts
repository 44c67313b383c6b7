import { type DecodedFrame, spreadSpaceOf } from '../decode/decoded-frame.ts';
import { PixelsError } from '../errors.ts';

/** A part of an image. Units: whole pixels of the image, counted from its upper left corner. */
export type Region = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

export const wholeOf = ({ rows, columns }: { readonly rows: number; readonly columns: number }): Region => ({
  left: 0,
  top: 0,
  width: columns,
  height: rows,
});

/** @throws PixelsError PIXELS_FRAME_MISSING  nothing of it, or not all of it, is inside the image */
export function requireInside({ left, top, width, height }: Region, { rows, columns }: DecodedFrame): void {
  const whole = [left, top, width, height].every(Number.isSafeInteger);
  if (!whole || left < 0 || top < 0 || width < 1 || height < 1 || left + width > columns || top + height > rows)
    throw new PixelsError('PIXELS_FRAME_MISSING', 'The part of the picture that is asked for is not inside it.');
}

/**
 * The part of a frame as a frame of its own; the frame itself where that is all of it. Lumas that share their chroma are given
 * each their own, since a part may begin between the two.
 */
export function cropped(frame: DecodedFrame, { left, top, width, height }: Region): DecodedFrame {
  const { rows, columns, samples, planar, words, space } = frame;
  if (width === columns && height === rows) return frame;
  const shape = { ...frame, rows: height, columns: width };
  if (space.endsWith('-422')) {
    const ybr = new Uint8Array(width * height * 3);
    for (let row = 0, to = 0; row < height; row++)
      for (let column = 0; column < width; column++, to += 3) {
        const at = (top + row) * columns + left + column;
        const pair = (at >> 1) * 4;
        ybr[to] = words[pair + (at & 1)]!;
        ybr[to + 1] = words[pair + 2]!;
        ybr[to + 2] = words[pair + 3]!;
      }
    return { ...shape, space: spreadSpaceOf(space), planar: 0, words: ybr };
  }
  const [planes, across] = planar === 1 ? [samples, 1] : [1, samples];
  const part = words.slice(0, width * height * samples);
  for (let plane = 0, to = 0; plane < planes; plane++)
    for (let row = 0; row < height; row++, to += width * across) {
      const from = ((plane * rows + top + row) * columns + left) * across;
      part.set(words.subarray(from, from + width * across), to);
    }
  return { ...shape, words: part };
}
