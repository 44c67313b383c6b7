/** Where an image stands: its number, and in space where its header says so. Source: PS3.3 §C.7.6.2. */
export type Placed = {
  readonly number: number | null;
  readonly position: readonly number[] | null;
  readonly orientation: readonly number[] | null;
};

/** Direction cosines that differ by less are the same; scanners round them differently from slice to slice. */
const sameCosine = 1e-3;
/** Slices nearer than this lie in one place. Millimetres. */
const samePlace = 1e-3;

/**
 * The order in which images are looked at: along the normal of their common plane where all have one and no two lie in the
 * same place, from the end where the instance numbers begin; else by instance number, those without one last, and then as they arrived.
 */
export function inOrder<T extends Placed>(images: readonly T[]): T[] {
  const depths = depthsOf(images);
  const key = depths ?? images.map(({ number }) => number ?? Number.POSITIVE_INFINITY);
  const order = images.map((_, at) => at);
  // Two without a number are both infinite, and their difference no number.
  order.sort((a, b) => (key[a] === key[b] ? a - b : (key[a] as number) - (key[b] as number)));
  const sorted = order.map((at) => images[at] as T);
  // Reports say "image 17": where the numbers run against the normal, they decide which end comes first.
  return depths !== undefined && runsBackwards(sorted) ? sorted.reverse() : sorted;
}

function runsBackwards(images: readonly Placed[]): boolean {
  return images.every(({ number }, at) => {
    const before = images[at - 1]?.number;
    return at === 0 ? number !== null : number !== null && before != null && number < before;
  });
}

function depthsOf(images: readonly Placed[]): number[] | undefined {
  const first = images[0]?.orientation;
  if (!first || images.length < 2) return undefined;
  const normal = normalOf(first);
  if (normal === undefined) return undefined;
  const depths: number[] = [];
  for (const { position, orientation } of images) {
    if (!position || !orientation) return undefined;
    if (orientation.some((cosine, at) => Math.abs(cosine - (first[at] as number)) > sameCosine)) return undefined;
    depths.push(normal.reduce((sum, cosine, at) => sum + cosine * (position[at] as number), 0));
  }
  const sorted = [...depths].sort((a, b) => a - b);
  const distinct = sorted.every((depth, at) => at === 0 || depth - (sorted[at - 1] as number) > samePlace);
  return distinct ? depths : undefined;
}

/** Rows cross columns. Undefined where the two are no plane. */
function normalOf([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: readonly number[]): number[] | undefined {
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  const length = Math.hypot(...normal);
  return length > 0.5 && length < 1.5 ? normal : undefined;
}
