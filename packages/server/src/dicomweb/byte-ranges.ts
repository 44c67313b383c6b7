/** First byte and behind the last. */
export type ByteRange = { readonly start: number; readonly end: number };

/** Whoever wants more pieces than these gets the whole. */
const maxRanges = 16;

/**
 * The ranges that a Range header asks for of so many bytes.
 *
 * Shape   undefined where all is to be sent: there is no header, it is of another unit or no valid one, or it asks for too many
 *         pieces. Empty where none of them lies within the bytes: 416.
 * Law     ranges that overlap come once, so that nobody is sent more than there is.
 * Source  RFC 9110 §14.1.1, §14.1.2, §14.2.
 */
export function byteRanges(header: string | undefined, bytes: number): ByteRange[] | undefined {
  const list = /^bytes\s*=\s*(.*)$/i.exec(header ?? '')?.[1];
  if (list === undefined) return undefined;
  const pieces = list.slice(0, 1_000).split(',');
  if (pieces.length > maxRanges || list.length > 1_000) return undefined;
  const ranges: ByteRange[] = [];
  for (const piece of pieces) {
    const [, first = '', last = ''] = /^\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/.exec(piece) ?? [];
    if (first === '' && last === '') return undefined;
    if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
    const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
    const end = first === '' || last === '' ? bytes : Math.min(Number(last) + 1, bytes);
    if (start < end) ranges.push({ start, end });
  }
  const sorted = ranges.toSorted((a, b) => a.start - b.start);
  const overlap = sorted.some(({ start }, at) => at > 0 && start < (sorted[at - 1] as ByteRange).end);
  return overlap ? joined(sorted) : ranges;
}

function joined(sorted: readonly ByteRange[]): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (const { start, end } of sorted) {
    const last = ranges.at(-1);
    if (last && start <= last.end) ranges[ranges.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    else ranges.push({ start, end });
  }
  return ranges;
}
