import type { Page } from 'playwright-core';

/** What of OHIF's own library is asked here: it puts that on the page for whoever wants to look. */
type Cornerstone = {
  getEnabledElements(): {
    readonly viewport: {
      readonly canvas: HTMLCanvasElement;
      getCurrentImageId?(): string | undefined;
      getImageData?(): { dimensions: number[]; imageData: { indexToWorld(at: number[]): number[] } } | undefined;
      worldToCanvas(at: number[]): [number, number];
    };
  }[];
};

export type Shown = {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
  readonly frame: number;
  /** Edge × edge pixels of what the canvas shows of the image, red, green and blue each. */
  readonly colours: readonly number[];
};

/** How many squares, in each direction, two pictures are compared by. */
const edge = 48;

/** What OHIF shows in its first viewport; undefined while it shows nothing. */
export function shown(page: Page): Promise<Shown | undefined> {
  return page.evaluate((edge) => {
    const { cornerstone } = globalThis as unknown as { cornerstone?: Cornerstone };
    const viewport = cornerstone?.getEnabledElements()[0]?.viewport;
    const { dimensions, imageData } = viewport?.getImageData?.() ?? {};
    const id = /studies\/([^/]+)\/series\/([^/]+)\/instances\/([^/]+)\/frames\/(\d+)/.exec(
      viewport?.getCurrentImageId?.() ?? '',
    );
    if (!viewport || !dimensions || !imageData || !id) return undefined;
    const corner = (x: number, y: number) => viewport.worldToCanvas(imageData.indexToWorld([x - 0.5, y - 0.5, 0]));
    const [from, to] = [corner(0, 0), corner(dimensions[0]!, dimensions[1]!)];
    const scale = viewport.canvas.width / viewport.canvas.clientWidth;
    const small = new OffscreenCanvas(edge, edge).getContext('2d')!;
    small.imageSmoothingQuality = 'high';
    const across = [from[0], from[1], to[0] - from[0], to[1] - from[1]].map((one) => one * scale);
    small.drawImage(viewport.canvas, ...(across as [number, number, number, number]), 0, 0, edge, edge);
    const colours = [...small.getImageData(0, 0, edge, edge).data].filter((_, at) => at % 4 !== 3);
    return { studyUid: id[1]!, seriesUid: id[2]!, sopUid: id[3]!, frame: Number(id[4]), colours };
  }, edge);
}

/** The same of a picture by somebody else. */
export function squaresOf(page: Page, picture: Buffer): Promise<number[]> {
  return page.evaluate(
    async ({ edge, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const small = new OffscreenCanvas(edge, edge).getContext('2d')!;
      small.imageSmoothingQuality = 'high';
      small.drawImage(bitmap, 0, 0, edge, edge);
      return [...small.getImageData(0, 0, edge, edge).data].filter((_, at) => at % 4 !== 3);
    },
    { edge, base64: picture.toString('base64') },
  );
}

/** Whether there is something to be seen in it. */
export const isPlain = (colours: readonly number[]): boolean => new Set(colours).size < 3;

/**
 * How much of one picture is in the other: 1 where it is the same but for brightness and contrast (Pearson's correlation). Where there is
 * next to nothing in either, whether they are as bright.
 */
export function alike(one: readonly number[], other: readonly number[]): number {
  const mean = (all: readonly number[]) => all.reduce((sum, each) => sum + each, 0) / all.length;
  const [a, b] = [mean(one), mean(other)];
  let [both, first, second, apart] = [0, 0, 0, 0];
  for (const [at, value] of one.entries()) {
    const [x, y] = [value - a, (other[at] ?? 0) - b];
    both += x * y;
    first += x * x;
    second += y * y;
    apart += Math.abs(value - (other[at] ?? 0)) / one.length;
  }
  const faint = Math.max(first, second) / one.length < 8 ** 2;
  return faint ? Math.max(0, 1 - apart / 64) : both / Math.sqrt(first * second);
}

/** The small pictures in the study browser: how many there are, and how many show something. */
export function thumbnails(page: Page): Promise<{ readonly all: number; readonly drawn: number }> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll('[data-cy^="study-browser-thumbnail"]')];
    const drawn = all.filter((one) => {
      const picture = one.querySelector('img');
      return picture !== null && picture.naturalWidth > 1;
    });
    return { all: all.length, drawn: drawn.length };
  });
}
