import { DicomError } from '@symbolon/dicom';
import { PixelsError } from '@symbolon/pixels';
import type { StudyReader } from '../access/index.ts';
import { type Receiver, type Room, roomFor } from '../platform/http/taken.ts';
import type { OpenStudy } from '../studies/index.ts';
import { RenderingError } from './errors.ts';
import type { FramePicture } from './frame-job.ts';
import { refusalOf } from './image-header.ts';
import type { FoundInstance } from './image-id.ts';
import { type Asked, madeBytesOf, type RenderingDeps, renderFound } from './render-frame.ts';
import type { RenderingMemory } from './rendering-memory.ts';
import type { StoredPicture } from './stored-picture.ts';

/** A picture, and what it takes until its receiver has it. */
export type Outgoing = FramePicture & { readonly room: Room };

/** The bytes as they are taken. */
export async function* takenOf({ bytes, room }: Outgoing): AsyncGenerator<Uint8Array> {
  try {
    yield* room.sent(bytes);
  } finally {
    room.release();
  }
}

/** What is known of an instance's picture without its pixels. @throws RenderingError PIXELS_NOT_RENDERABLE */
export async function openPicture(
  { reader }: Pick<RenderingDeps, 'reader'>,
  memory: RenderingMemory,
  found: FoundInstance,
): Promise<StoredPicture> {
  try {
    return await memory.pictures.open(reader, found);
  } catch (error) {
    if (error instanceof PixelsError || error instanceof DicomError)
      throw new RenderingError('PIXELS_NOT_RENDERABLE', refusalOf(error), { cause: error });
    throw error;
  }
}

/** Waits until there is room for a picture of so many bytes at most, and makes it. */
export async function withRoom(
  memory: RenderingMemory,
  most: number,
  to: Receiver,
  make: () => Promise<FramePicture>,
): Promise<Outgoing> {
  const room = await roomFor(memory.outgoing, most, to);
  try {
    const picture = await make();
    room.cameTo(picture.bytes.length);
    return { ...picture, room };
  } catch (error) {
    room.release();
    throw error;
  }
}

/** One frame of an instance that was found, whose reading is on record, for who may take a while to have it. @throws as `renderFound` */
export async function outgoingPicture(
  deps: RenderingDeps,
  memory: RenderingMemory,
  actor: StudyReader,
  found: FoundInstance,
  frame: number,
  asked: Asked,
  to: Receiver,
): Promise<Outgoing> {
  const { model } = await openPicture(deps, memory, found);
  return withRoom(memory, madeBytesOf(model, asked), to, () =>
    renderFound(deps, memory, actor, found, frame, asked, to.signal),
  );
}

/**
 * One frame of an image as a picture; `frame` counts from 1. The reading is on record before a byte of it is read.
 *
 * @throws StudiesError STUDY_NOT_FOUND  no such image or frame
 * @throws RenderingError PIXELS_NOT_RENDERABLE RENDERING_BUSY
 */
export async function renderFrame(
  deps: RenderingDeps,
  memory: RenderingMemory,
  actor: StudyReader,
  study: OpenStudy,
  which: { readonly imageId: string; readonly frame: number },
  asked: Asked,
  to: Receiver,
): Promise<Outgoing> {
  const found = await memory.finder.find(deps, study, which.imageId);
  await deps.reads.opening(actor, 'study.view', study.place, [found.instance.sopInstanceUid]);
  // Graphics over a picture may spell a name, and are no part of the image half: who sees pseudonyms sees none.
  const graphics = asked.overlays && !study.pseudonymous;
  return outgoingPicture(deps, memory, actor, found, which.frame, { ...asked, overlays: graphics }, to);
}
