import { PixelsError } from '../errors.ts';

/** Bytes of the pixel data element's value, end exclusive; exactly as many as asked for. */
export type ValueReader = (start: number, end: number) => Promise<Uint8Array>;

/** Fragments in order: where each begins, how many bytes it has, and 1 where a stream begins with it. */
export type Fragments = {
  readonly starts: Float64Array;
  readonly lengths: Uint32Array;
  readonly streams: Uint8Array;
};

/** Headers come along in reads of so many bytes: small fragments share one, and sealed data is opened 64 KiB at a time. */
const windowBytes = 65_536;
/** More tiles than the levels of slides have: neither tables nor walks are longer. */
export const maxTabled = 1_000_000;
const itemTag = 0xe000fffe;
const delimiterTag = 0xe0ddfffe;
const undefinedLength = 0xffffffff;

/**
 * Walks the items from `from` until `to`, the sequence's delimiter, or `most` of them, by their headers.
 *
 * Cost    13 bytes a fragment, and twice as many while it walks.
 *
 * @throws PixelsError PIXELS_FRAME_TABLE_INVALID  something else than an item stands there, or there are too many
 * @throws PixelsError PIXELS_TRUNCATED            an item claims more than there is
 */
export async function walkFragments(
  read: ValueReader,
  from: number,
  to: number,
  most = Number.POSITIVE_INFINITY,
): Promise<Fragments> {
  let fragments = roomFor(16);
  let count = 0;
  let window: Uint8Array = new Uint8Array(0);
  let view = new DataView(window.buffer);
  let windowStart = from;
  for (let at = from; at < to && count < most; ) {
    if (at + 8 > to) throw new PixelsError('PIXELS_TRUNCATED', 'The pixel data ends inside the header of a fragment.');
    if (at + 12 > windowStart + window.length && windowStart + window.length < to) {
      windowStart = at;
      window = await read(at, Math.min(at + windowBytes, to));
      view = new DataView(window.buffer, window.byteOffset, window.length);
    }
    const head = at - windowStart;
    const tag = view.getUint32(head, true);
    if (tag === delimiterTag) break;
    const length = view.getUint32(head + 4, true);
    if (tag !== itemTag || length === undefinedLength)
      throw new PixelsError('PIXELS_FRAME_TABLE_INVALID', 'Between the fragments stands something that is none.');
    if (at + 8 + length > to) throw new PixelsError('PIXELS_TRUNCATED', 'A fragment claims more bytes than there are.');
    if (count === maxTabled)
      throw new PixelsError('PIXELS_FRAME_TABLE_INVALID', `The pixel data is in more than ${maxTabled} fragments.`);
    if (count === fragments.starts.length) fragments = roomFor(2 * count, fragments);
    fragments.starts[count] = at + 8;
    fragments.lengths[count] = length;
    fragments.streams[count] = length >= 4 && isStreamStart(view, head + 8) ? 1 : 0;
    count += 1;
    at += 8 + length;
  }
  const { starts, lengths, streams } = fragments;
  return { starts: starts.slice(0, count), lengths: lengths.slice(0, count), streams: streams.slice(0, count) };
}

function roomFor(count: number, before?: Fragments): Fragments {
  const room = { starts: new Float64Array(count), lengths: new Uint32Array(count), streams: new Uint8Array(count) };
  if (before === undefined) return room;
  room.starts.set(before.starts);
  room.lengths.set(before.lengths);
  room.streams.set(before.streams);
  return room;
}

/** JPEG and JPEG-LS: SOI and another marker. JPEG 2000: SOC and SIZ. JPEG XL: its code stream, or a box of its container. */
function isStreamStart(view: DataView, at: number): boolean {
  const first = view.getUint16(at);
  return (
    (first === 0xffd8 && view.getUint8(at + 2) === 0xff) ||
    (first === 0xff4f && view.getUint16(at + 2) === 0xff51) ||
    first === 0xff0a ||
    view.getUint32(at) === 0x0000000c
  );
}
