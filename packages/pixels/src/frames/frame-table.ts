import type { DataSet } from '@symbolon/dicom';
import { PixelsError } from '../errors.ts';
import type { ImageModel } from '../model/image-model.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { pixelTags } from '../model/pixel-tags.ts';
import { isVideo } from '../model/transfer-syntaxes.ts';
import { type Fragments, maxTabled, type ValueReader, walkFragments } from './fragments.ts';

/** Where one frame lies: ranges of the pixel data's value, and the bit at which it begins there. */
export type FramePlace = { readonly ranges: readonly Range[]; readonly bytes: number; readonly bitOffset: number };
type Range = { readonly start: number; readonly end: number };
type Places = Pick<Fragments, 'starts' | 'lengths'>;

/**
 * Where the frames of one instance lie. Plain data: whoever keeps it needs no second walk.
 * `native` frames follow from the header; `fragments` were walked; `offsets` were believed, and are checked at each use.
 */
export type FrameTable =
  | { readonly kind: 'native'; readonly frames: number; readonly frameBits: number; readonly valueBytes: number }
  | ({
      readonly kind: 'fragments';
      readonly frames: number;
      /** Of each frame, which fragment is its first. */
      readonly firsts: Uint32Array;
    } & Places)
  | {
      readonly kind: 'offsets';
      readonly frames: number;
      /** Of each frame's first item, and behind the last where that is known. */
      readonly starts: readonly number[];
      /** Of each frame's one fragment, where the extended table gives them. */
      readonly lengths?: readonly number[] | undefined;
      readonly end: number;
    };

/** What of an image decides where its frames lie. */
type Framed = Pick<ImageModel, 'format' | 'frames'>;

/** Each is read by itself: a frame of more would take too long. */
const maxFragmentsOfFrame = 100_000;

/** Bits of one native frame. Two chroma samples serve two pixels of 4:2:2, four of 4:2:0. Source: PS3.3 §C.7.6.3.1.2. */
export function frameBits({ rows, columns, samples, photometric, bitsAllocated }: PixelFormat): number {
  return rows * columns * (samplesOf[photometric] ?? samples) * bitsAllocated;
}

const samplesOf: Partial<Record<PixelFormat['photometric'], number>> = {
  YBR_FULL_422: 2,
  YBR_PARTIAL_422: 2,
  YBR_PARTIAL_420: 1.5,
};

/** Bits of one native frame of which each pixel has its own chroma, whatever the header names it. */
export const spreadFrameBits = ({ rows, columns, samples, bitsAllocated }: PixelFormat): number =>
  rows * columns * samples * bitsAllocated;

/**
 * The bits that the frames of a native value have. Gateways that decompress write three samples for each pixel and leave the
 * name YBR_FULL_422 as it was: the length of the value shows it.
 */
function nativeFrameBits({ format, frames }: Framed, valueBytes: number): number {
  const spread = spreadFrameBits(format);
  const padding = valueBytes - Math.ceil((frames * spread) / 8);
  const isSpread = format.photometric.endsWith('_422') && (padding === 0 || padding === 1);
  return isSpread ? spread : frameBits(format);
}

/** How many of the claimed frames there can be in a value of this length: nobody has to believe in 2³¹ of them. */
export function framesWithin({ format, frames }: Framed, valueBytes: number, encapsulated: boolean): number {
  return Math.min(frames, Math.floor(encapsulated ? valueBytes / 8 : (valueBytes * 8) / frameBits(format)));
}

/**
 * Finds out where the frames of an instance lie.
 *
 * Shape   of a video, all of it is one frame. `read` gives bytes of the pixel data element's value, `valueBytes` long; `header` may hold an extended table.
 * Cost    native: nothing. With an offset table: that table. Else the items' headers, by reads of 64 KiB.
 * Source  PS3.5 §8.2, §A.4 and Table A.4-1 (offset tables), PS3.3 §C.7.6.3.1.8 (extended offset table).
 *
 * @throws PixelsError PIXELS_FRAME_TABLE_INVALID PIXELS_TRUNCATED
 */
export async function frameTable(
  model: Framed,
  header: DataSet,
  pixels: { readonly encapsulated: boolean; readonly valueBytes: number },
  read: ValueReader,
): Promise<FrameTable> {
  const { encapsulated, valueBytes } = pixels;
  const frames = framesWithin(model, valueBytes, encapsulated);
  if (frames === 0) throw new PixelsError('PIXELS_TRUNCATED', 'The pixel data is shorter than one frame.');
  if (!encapsulated) return { kind: 'native', frames, frameBits: nativeFrameBits(model, valueBytes), valueBytes };
  const { offsets, itemsStart } = await basicTable(read, valueBytes, frames);
  // A video is one stream, in one fragment or many: none of its frames is a picture by itself (PS3.5 §8.2.5).
  if (isVideo(model.format.transferSyntax)) return gather(await walkFragments(read, itemsStart, valueBytes), 1);
  // Of a single frame everything is part, whatever a table says.
  if (frames > 1 && frames === model.frames) {
    const extended = extendedTable(header, frames);
    const starts = extended?.offsets ?? offsets;
    if (starts && ascends(starts))
      return {
        kind: 'offsets',
        frames,
        starts: starts.map((offset) => itemsStart + offset),
        lengths: extended?.lengths,
        end: valueBytes,
      };
  }
  return gather(await walkFragments(read, itemsStart, valueBytes), frames);
}

/** Where a frame lies, counted from 0. @throws PixelsError PIXELS_FRAME_MISSING PIXELS_FRAME_TABLE_INVALID PIXELS_TRUNCATED */
export async function framePlace(table: FrameTable, frame: number, read: ValueReader): Promise<FramePlace> {
  if (!(frame >= 0 && frame < table.frames))
    throw new PixelsError('PIXELS_FRAME_MISSING', `There is no frame ${frame + 1}; there are ${table.frames}.`);
  if (table.kind === 'native') {
    const firstBit = frame * table.frameBits;
    // In whole words: in a big endian file the bytes of one stand in each other's place.
    const start = Math.floor(firstBit / 16) * 2;
    const end = Math.min(Math.ceil((firstBit + table.frameBits) / 16) * 2, table.valueBytes);
    return { ranges: [{ start, end }], bytes: end - start, bitOffset: firstBit - start * 8 };
  }
  if (table.kind === 'fragments') return placeOf(table, table.firsts[frame]!, table.firsts[frame + 1]);
  const start = table.starts[frame] as number;
  const next = table.starts[frame + 1];
  if (start >= table.end || (next ?? 0) > table.end) throw lying();
  const fragments = await walkFragments(read, start, next ?? table.end, table.lengths ? 1 : undefined);
  const [only] = fragments.starts;
  if (only === undefined) throw lying();
  const length = table.lengths?.[frame];
  if (length === undefined) {
    const end = fragments.starts.at(-1)! + fragments.lengths.at(-1)!;
    if (next !== undefined && end !== next) throw lying();
    return placeOf(fragments);
  }
  if (length > fragments.lengths[0]!) throw lying();
  return placeOf({ starts: fragments.starts, lengths: Uint32Array.of(length) });
}

/** The first item: empty, or the start of each frame. One of another length than there are frames is no table. */
async function basicTable(
  read: ValueReader,
  valueBytes: number,
  frames: number,
): Promise<{ offsets: number[] | undefined; itemsStart: number }> {
  if (valueBytes < 8) throw new PixelsError('PIXELS_TRUNCATED', 'The pixel data ends before its first fragment.');
  const head = await read(0, 8);
  const view = new DataView(head.buffer, head.byteOffset, 8);
  if (view.getUint32(0, true) !== 0xe000fffe)
    throw new PixelsError('PIXELS_FRAME_TABLE_INVALID', 'The pixel data does not begin with an item.');
  const length = view.getUint32(4, true);
  if (8 + length > valueBytes)
    throw new PixelsError('PIXELS_TRUNCATED', 'The table of frames is longer than the data.');
  const itemsStart = 8 + length;
  if (length !== 4 * frames || frames > maxTabled) return { offsets: undefined, itemsStart };
  const bytes = await read(8, itemsStart);
  const table = new DataView(bytes.buffer, bytes.byteOffset, length);
  return { offsets: Array.from({ length: frames }, (_, frame) => table.getUint32(4 * frame, true)), itemsStart };
}

function extendedTable(header: DataSet, frames: number): { offsets: number[]; lengths: number[] } | undefined {
  const words = (tag: number): number[] | undefined => {
    const element = header.elements.get(tag);
    if (element === undefined || element.valueEnd - element.valueStart !== 8 * frames) return undefined;
    const view = new DataView(header.bytes.buffer, header.bytes.byteOffset + element.valueStart, 8 * frames);
    return Array.from({ length: frames }, (_, frame) => Number(view.getBigUint64(8 * frame, true)));
  };
  const offsets = words(pixelTags.ExtendedOffsetTable);
  const lengths = words(pixelTags.ExtendedOffsetTableLengths);
  return offsets && lengths && { offsets, lengths };
}

const ascends = (starts: readonly number[]): boolean =>
  starts.every((start, at) => (at === 0 ? start === 0 : start > (starts[at - 1] as number)));

/** Which fragments make which frame where no table says so: all of one, one of each, or each from where a stream begins. */
function gather({ starts, lengths, streams }: Fragments, frames: number): FrameTable {
  const count = starts.length;
  if (count === 0) throw new PixelsError('PIXELS_TRUNCATED', 'The pixel data holds no fragment.');
  const by = (firsts: Uint32Array): FrameTable => ({ kind: 'fragments', frames, firsts, starts, lengths });
  if (frames === 1) return by(new Uint32Array(1));
  if (count === frames) return by(Uint32Array.from(starts, (_, at) => at));
  const begins = streams.reduce((sum, one) => sum + one, 0);
  if (begins === frames && streams[0] === 1) {
    const firsts = new Uint32Array(frames);
    for (let at = 0, frame = 0; at < count; at++) if (streams[at] === 1) firsts[frame++] = at;
    return by(firsts);
  }
  throw new PixelsError(
    'PIXELS_FRAME_TABLE_INVALID',
    `Which of ${count} fragments belong to which of ${frames} frames cannot be told.`,
  );
}

/** From one fragment up to another. */
function placeOf({ starts, lengths }: Places, from = 0, to = starts.length): FramePlace {
  if (to - from > maxFragmentsOfFrame)
    throw new PixelsError(
      'PIXELS_FRAME_TABLE_INVALID',
      `A frame is in more than ${maxFragmentsOfFrame} fragments, which takes too long to put together.`,
    );
  const ranges: Range[] = [];
  let bytes = 0;
  for (let at = from; at < to; at++) {
    const [start, length] = [starts[at]!, lengths[at]!];
    if (length === 0) continue;
    ranges.push({ start, end: start + length });
    bytes += length;
  }
  return { ranges, bytes, bitOffset: 0 };
}

const lying = (): PixelsError =>
  new PixelsError('PIXELS_FRAME_TABLE_INVALID', 'The table of frames points to where no frame is.');
