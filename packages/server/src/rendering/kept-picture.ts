import { DicomError } from '@symbolon/dicom';
import { PixelsError, representativeFrame } from '@symbolon/pixels';
import type { SignedIn } from '../access/index.ts';
import { packsToRead } from '../packs/index.ts';
import { notFound, placeOf, reachedStudy, requireIdentity } from '../studies/index.ts';
import { RenderingError } from './errors.ts';
import type { FramePicture } from './frame-job.ts';
import { describe, headerOf, refusalOf } from './image-header.ts';
import { type RenderingDeps, renderFound } from './render-frame.ts';
import type { RenderingMemory } from './rendering-memory.ts';

const pictureSize = 512;

/**
 * The frame that stands for one version of an instance, current or kept aside, so that a person sees what they choose from.
 * `id` names the pack that holds it and its place in there: a blind token would name all of its versions.
 *
 * @throws StudiesError STUDY_NOT_FOUND
 * @throws RenderingError PIXELS_NOT_RENDERABLE RENDERING_BUSY
 */
export async function renderVersion(
  deps: RenderingDeps,
  memory: RenderingMemory,
  actor: SignedIn,
  id: string,
  signal: AbortSignal,
): Promise<FramePicture> {
  const [packId = '', position = ''] = id.split('.');
  const [pack] = await packsToRead(deps.database, actor.accountId, [packId]);
  if (!pack) throw notFound();
  const { row } = await reachedStudy(deps.database, actor, 'conflict.read', pack.studyId, { evenEmpty: true });
  requireIdentity(actor, row);
  const place = placeOf(row);
  const instance = (await deps.reader.manifest(pack)).instances[Number(position)];
  if (!instance) throw notFound();
  await deps.reads.opening(actor, 'conflict.read', place, [instance.sopInstanceUid]);
  const half = await deps.reader.identityHalf(pack, instance);
  let frame: number;
  try {
    const { model, frames } = describe(headerOf(half, instance), instance);
    frame = representativeFrame(model, frames) + 1;
  } catch (error) {
    if (!(error instanceof PixelsError || error instanceof DicomError)) throw error;
    throw new RenderingError('PIXELS_NOT_RENDERABLE', refusalOf(error), { cause: error });
  }
  const asked = { size: pictureSize, invert: false, overlays: true, format: 'jpeg' } as const;
  return renderFound(deps, memory, actor, { pack, instance }, frame, asked, signal);
}
