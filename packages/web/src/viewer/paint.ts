import { type Extent, magnification, transformOf, type View } from './geometry.ts';

type Scene = {
  readonly source: ImageBitmap | HTMLCanvasElement | undefined;
  readonly picture: Extent;
  readonly view: View;
  readonly box: Extent;
  /** Device pixels for each CSS pixel. */
  readonly ratio: number;
  readonly inverted: boolean;
};

/** Beyond this many device pixels for each pixel of the picture, its pixels are shown as they are. */
const smoothUpTo = 3;

/** Draws one picture on black. */
export function paint(context: CanvasRenderingContext2D, { source, picture, view, box, ratio, inverted }: Scene): void {
  const { canvas } = context;
  const width = Math.max(1, Math.round(box.width * ratio));
  const height = Math.max(1, Math.round(box.height * ratio));
  // Setting either empties the canvas and costs an allocation.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalCompositeOperation = 'source-over';
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  if (source === undefined) return;
  context.setTransform(...(transformOf(view, picture, box).map((value) => value * ratio) as DomMatrixNumbers));
  context.imageSmoothingEnabled = magnification(view, picture, box) * ratio <= smoothUpTo;
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0, picture.width, picture.height);
  if (!inverted) return;
  // White minus what is there: every browser has it, filters not every one.
  context.globalCompositeOperation = 'difference';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, picture.width, picture.height);
}

type DomMatrixNumbers = [number, number, number, number, number, number];
