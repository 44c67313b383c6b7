import type { FrameQuery } from '@symbolon/contract';
import { DicomError } from '@symbolon/dicom';
import { PixelsError, pictureOfFrame, transformOfFrame } from '@symbolon/pixels';
import type { StudyReader } from '../access/index.ts';
import type { Reads } from '../audit/index.ts';
import { ByteBudget } from '../platform/byte-budget.ts';
import { notFound, type OpenStudy, type StudiesDeps } from '../studies/index.ts';
import { RenderingError } from './errors.ts';
import type { FrameJob, FramePicture } from './frame-job.ts';
import { memoryOf, refusalOf } from './image-header.ts';
import { type FoundInstance, ImageFinder } from './image-id.ts';
import type { RenderPool } from './render-pool.ts';
import { SeriesImages } from './series-images.ts';
import { squareSize, within } from './shown-size.ts';
import { StoredPictures } from './stored-picture.ts';

export type RenderingDeps = StudiesDeps & { readonly reads: Reads; readonly pool: RenderPool };

/** What the routes of one exchange keep in memory between requests. */
export class RenderingMemory {
  readonly finder = new ImageFinder();
  readonly pictures = new StoredPictures();
  readonly series = new SeriesImages();
  /** What frames take on their way to a picture. */
  readonly frames = new ByteBudget(256 * 1024 * 1024);
}

export type Asked = Pick<FrameQuery, 'invert' | 'format'> & {
  readonly window?: { readonly center: number; readonly width: number } | undefined;
  readonly size?: number | undefined;
};

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
  signal: AbortSignal,
): Promise<FramePicture> {
  const found = await memory.finder.find(deps, study, which.imageId);
  await deps.reads.opening(actor, 'study.view', study.place, [found.instance.sopInstanceUid]);
  return renderFound(deps, memory, actor, found, which.frame, asked, signal);
}

/** One frame of an instance that was found, whose reading is on record. @throws as `renderFrame` */
export async function renderFound(
  deps: RenderingDeps,
  memory: RenderingMemory,
  actor: StudyReader,
  found: FoundInstance,
  frame: number,
  asked: Asked,
  signal: AbortSignal,
): Promise<FramePicture> {
  const holding = memory.frames.open();
  try {
    const load = () => loadFrame(deps, memory, found, frame, asked, (bytes) => holding.take(bytes));
    return await deps.pool.render(load, signal, whoOf(actor));
  } catch (error) {
    if (error instanceof PixelsError && error.code === 'PIXELS_FRAME_MISSING') throw notFound();
    if (error instanceof PixelsError || error instanceof DicomError)
      throw new RenderingError('PIXELS_NOT_RENDERABLE', refusalOf(error), { cause: error });
    throw error;
  } finally {
    holding.release();
  }
}

/** Whose requests share a place in the queue: those of one sign-in, or of one visit by a link. */
const whoOf = (actor: StudyReader): string => (actor.kind === 'person' ? actor.credentialId : actor.visitId);

async function loadFrame(
  { reader }: RenderingDeps,
  { pictures }: RenderingMemory,
  found: FoundInstance,
  frame: number,
  { window, invert, size, format }: Asked,
  take: (bytes: number) => Promise<void>,
): Promise<FrameJob> {
  const picture = await pictures.open(reader, found);
  const { model } = picture;
  const shown = within(squareSize(model), size);
  await take(memoryOf(model, shown));
  return {
    frame: await pictures.frame(reader, found, picture, frame - 1),
    picture: pictureOfFrame(model, frame - 1),
    transform: transformOfFrame(model.transforms, frame - 1),
    look: { window, invert },
    shown,
    format,
  };
}
