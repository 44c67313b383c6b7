type Around = {
  readonly at: number;
  readonly total: number;
  /** The way in which somebody scrolls: 1 to the end, -1 to the start, 0 when it is not known. */
  readonly direction: number;
  readonly most: number;
};

/**
 * Which places to fetch, and in which order: this one, then the nearest; where a direction is known, two on that side for
 * each one on the other, since people turn round less often than they go on.
 */
export function fetchOrder({ at, total, direction, most }: Around): number[] {
  const forward = direction < 0 ? -1 : 1;
  const ahead = direction === 0 ? 1 : 2;
  const order: number[] = at >= 0 && at < total && most > 0 ? [at] : [];
  let [front, back] = [1, 1];
  const isPlace = (index: number): boolean => index >= 0 && index < total;
  while (order.length < most) {
    const before = order.length;
    for (let step = 0; step < ahead && order.length < most; step += 1, front += 1) {
      if (isPlace(at + forward * front)) order.push(at + forward * front);
    }
    if (order.length < most) {
      if (isPlace(at - forward * back)) order.push(at - forward * back);
      back += 1;
    }
    if (order.length === before) break;
  }
  return order;
}
