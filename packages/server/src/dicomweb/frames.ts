import { DicomError } from '@symbolon/dicom';
import { type PixelFormat, PixelsError } from '@symbolon/pixels';
import type { StudyReader } from '../access/index.ts';
import { type Receiver, roomFor } from '../platform/http/taken.ts';
import { decodedBytes, RenderingError, type StoredFrames, transcodedInWorker } from '../rendering/index.ts';
import { notFound } from '../studies/index.ts';
import { DicomWebError } from './errors.ts';
import { type FrameForm, isBareNative } from './frame-forms.ts';
import type { Found, RetrieveDeps } from './selection.ts';
import type { Bytes } from './send-bytes.ts';

/** The frames that a path lists, counted from 1, in its order. @throws DicomWebError REQUEST_INVALID */
export function frameList(text: string): number[] {
  if (!/^[1-9]\d{0,8}(,[1-9]\d{0,8})*$/.test(text))
    throw new DicomWebError(
      'REQUEST_INVALID',
      'Frames are listed by their numbers from 1 on, parted by commas, as in 1,2,5.',
    );
  return text.split(',').map(Number);
}

/** All frames, counted from 1, one after another: of one bit each there may be two thousand million, and no list of them fits into memory. */
export function* framesUpTo(count: number): Generator<number> {
  for (let frame = 1; frame <= count; frame++) yield frame;
}

export const noSuchFrame = (frame: number, frames: number): DicomWebError =>
  new DicomWebError(
    'FRAME_NOT_FOUND',
    `There is no frame ${frame}: the instance has ${frames === 1 ? '1 frame' : `${frames} frames`}.`,
  );

/** What pixel data that cannot be read is answered with. */
export async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PixelsError && (error.code === 'PIXELS_MISSING' || error.code === 'PIXELS_FRAME_MISSING'))
      throw notFound();
    if (error instanceof PixelsError || error instanceof DicomError || isRefused(error))
      throw new DicomWebError(
        'PIXELS_NOT_RENDERABLE',
        `${error instanceof DicomError ? 'The header of this object cannot be read as a picture.' : (error as Error).message} The file as it is stored is served as application/dicom with transfer-syntax=*.`,
        { cause: error },
      );
    throw error;
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof RenderingError && error.code === 'PIXELS_NOT_RENDERABLE';

/** One frame, counted from 0, in a form that it has; its bytes can be had from any one on. */
export async function frameBytes(
  deps: RetrieveDeps,
  actor: StudyReader,
  found: Found,
  stored: StoredFrames,
  frame: number,
  { how }: Pick<FrameForm, 'how'>,
  to: Receiver,
): Promise<Bytes> {
  const { reader, memory } = deps;
  const { table, element } = stored;
  if (how === 'stored' && table.kind === 'native' && isBareNative(stored)) {
    const bytes = table.frameBits / 8;
    return {
      bytes,
      pieces: (start, end) => memory.stored.value(reader, found, stored, frame * bytes + start, frame * bytes + end),
    };
  }
  const place = await memory.stored.frame(reader, found, stored, frame);
  if (how === 'stored') return place;
  const { kind, vr } = element;
  const read = async () => {
    const bytes = new Uint8Array(place.bytes);
    let at = 0;
    for await (const piece of place.pieces(0, place.bytes)) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return { bytes, bitOffset: place.bitOffset, kind, vr };
  };
  // Forms are offered of what has one.
  const format = stored.format as PixelFormat;
  const room = await roomFor(memory.outgoing, decodedBytes({ format }), to);
  try {
    const transcode = transcodedInWorker(deps, actor, to.signal);
    const { bytes } = await transcode(format, { storedBytes: place.bytes, read }, how);
    return {
      bytes: bytes.length,
      pieces: async function* (start, end) {
        yield* room.sent(bytes.subarray(start, end));
        // Of a part others may come.
        if (end - start === bytes.length) room.release();
      },
    };
  } catch (error) {
    room.release();
    throw error;
  }
}
