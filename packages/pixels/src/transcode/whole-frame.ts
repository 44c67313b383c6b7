import { isEncapsulated } from '@symbolon/dicom';
import { PixelsError } from '../errors.ts';
import type { ValueReader } from '../frames/fragments.ts';
import { type FrameTable, frameBits, framePlace } from '../frames/frame-table.ts';
import type { PixelFormat } from '../model/pixel-format.ts';
import { codecOf } from '../model/transfer-syntaxes.ts';

/** How code streams begin: SOI and another marker; SOC and SIZ, or the first box of a JP2 file. Source: ITU-T T.81, T.800. */
const starts = {
  jpeg: [[0xff, 0xd8, 0xff]],
  jpeg2000: [
    [0xff, 0x4f, 0xff, 0x51],
    [0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20],
  ],
} as const;

export type FramePieces = { readonly parts: readonly Uint8Array[]; readonly bitOffset: number };

/**
 * The fragments of one frame, all of them.
 *
 * Law     an extended offset table that leaves bytes out, other than one of padding, is refused: they might be a picture.
 *
 * @throws PixelsError PIXELS_TOO_LARGE       it is stored in more than `mostBytes`: none of them is read
 * @throws PixelsError PIXELS_HEADER_INVALID  those of `framePlace`, `requireOneFrame`
 */
export async function framePieces(
  table: FrameTable,
  at: number,
  read: ValueReader,
  format: PixelFormat,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<FramePieces> {
  const { ranges, bitOffset, bytes } = await framePlace(table, at, read);
  if (bytes > mostBytes)
    throw new PixelsError('PIXELS_TOO_LARGE', 'A frame of so many bytes is not brought into another transfer syntax.');
  if (table.kind === 'offsets' && table.lengths !== undefined) {
    const { kind, frames, starts: places, end } = table;
    const all = await framePlace({ kind, frames, starts: places, end }, at, read);
    if (all.bytes > bytes + 1) throw surplus();
  }
  const parts: Uint8Array[] = [];
  for (const { start, end } of ranges) parts.push(await read(start, end));
  if (isEncapsulated(format.transferSyntax)) requireOneFrame(format, parts);
  return { parts, bitOffset };
}

/**
 * Refuses fragments that hold more than the one frame that will be decoded: decoders leave the rest out, and say nothing.
 *
 * Source  PS3.5 §A.4 (fragments), §A.4.2 and §A.4.11 (one of RLE, and of a deflated frame).
 *
 * @throws PixelsError PIXELS_HEADER_INVALID
 */
export function requireOneFrame(format: PixelFormat, parts: readonly Uint8Array[]): void {
  const codec = codecOf(format.transferSyntax);
  if (codec === 'native') {
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    // One byte may make the length even.
    if (bytes > Math.ceil(frameBits(format) / 8) + 1) throw surplus();
    return;
  }
  const others = parts.slice(1);
  if (codec === 'rle' || codec === 'deflated') {
    if (others.length > 0) throw surplus();
    return;
  }
  const begin = codec === 'jpeg-2000' || codec === 'htj2k' ? starts.jpeg2000 : starts.jpeg;
  if (others.some((part) => begin.some((start) => start.every((byte, at) => part[at] === byte)))) throw surplus();
}

const surplus = (): PixelsError =>
  new PixelsError(
    'PIXELS_HEADER_INVALID',
    'The pixel data holds more pictures, or more of one, than the header counts, which would be lost.',
  );
