import { PixelsError } from '../errors.ts';

/** Bytes of the pixel data element's value, end exclusive; exactly as many as asked for. */
export type ValueReader = (start: number, end: number) => Promise<Uint8Array>;

export type FragmentPlace = { readonly start: number; readonly end: number; readonly beginsStream: boolean };

/** Headers come along in reads of so many bytes: small fragments share one, and sealed data is opened 64 KiB at a time. */
const windowBytes = 65_536;
/** Whoever keeps a walk needs not repeat it for the next frame; a table of more would be too large to keep. */
const maxFragments = 100_000;
const itemTag = 0xe000fffe;
const delimiterTag = 0xe0ddfffe;
const undefinedLength = 0xffffffff;

/**
 * Walks the items from `from` until `to`, the sequence's delimiter, or `most` of them, by their headers.
 *
 * @throws PixelsError PIXELS_FRAME_TABLE_INVALID  something else than an item stands there, or there are too many
 * @throws PixelsError PIXELS_TRUNCATED            an item claims more than there is
 */
export async function walkFragments(
  read: ValueReader,
  from: number,
  to: number,
  most = maxFragments,
): Promise<FragmentPlace[]> {
  const fragments: FragmentPlace[] = [];
  let window: Uint8Array = new Uint8Array(0);
  let view = new DataView(window.buffer);
  let windowStart = from;
  for (let at = from; at < to && fragments.length < most; ) {
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
    const beginsStream = length >= 4 && isStreamStart(view, head + 8);
    fragments.push({ start: at + 8, end: at + 8 + length, beginsStream });
    at += 8 + length;
  }
  if (fragments.length === maxFragments)
    throw new PixelsError('PIXELS_FRAME_TABLE_INVALID', 'There are more fragments than any picture has.');
  return fragments;
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
