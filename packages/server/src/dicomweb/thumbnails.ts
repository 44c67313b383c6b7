import type { FastifyReply } from 'fastify';
import { signedIn } from '../access/index.ts';
import { type Receiver, receiverOf } from '../platform/http/taken.ts';
import { type FramePicture, type PictureAsked, renderThumbnail, thumbnailSize, withRoom } from '../rendering/index.ts';
import { acceptedBy } from './accept.ts';
import { frameList, noSuchFrame } from './frames.ts';
import { framesOf, noPicture, picture, pictureForm, sendPicture } from './pictures.ts';
import { refused, thumbnailQuery } from './rendered-query.ts';
import { type Asked, type RetrieveDeps, recordReading, type Selection, select, watching } from './selection.ts';

/** One small picture of whatever is named (PS3.18 §10.4.1.1.4). */
export async function thumbnail(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const { viewport = { width: thumbnailSize, height: thumbnailSize } } = thumbnailQuery(request);
  const { media, format } = pictureForm(acceptedBy(request), 'alone');
  const selection = await select(deps, request);
  const to = receiverOf(reply);
  const watch = watching(deps, request, selection);
  if (selection.one) {
    const listed = request.params.frames === undefined ? undefined : frameList(request.params.frames);
    if (listed && listed.length > 1) throw refused('A thumbnail is of one frame: name one.');
    await recordReading(deps, request, selection);
    const { count, representative } = await framesOf(deps, selection.one);
    const number = listed?.[0] ?? representative;
    if (number > count) throw noSuchFrame(number, count);
    const query = { look: { viewport }, annotation: [], overlays: false };
    const made = await picture(deps, request, selection.one, { number, of: count }, query, format, to);
    return sendPicture(request, reply, media, made, watch);
  }
  const most = 3 * (viewport.width ?? 0) * (viewport.height ?? 0);
  const made = await withRoom(deps.memory, most, to, () =>
    standing(deps, request, selection, { format, viewport }, to),
  );
  return sendPicture(request, reply, media, made, watch);
}

/** What stands for studies, or for a series of one. */
async function standing(
  deps: RetrieveDeps,
  request: Asked,
  { parts }: Selection,
  look: Pick<PictureAsked, 'format' | 'viewport'>,
  { signal }: Receiver,
): Promise<FramePicture> {
  for (const { study, series } of parts) {
    const ofSeries = request.params.series === undefined ? undefined : series[0];
    const asked = { ...look, size: undefined };
    const made = await renderThumbnail(deps, deps.memory, signedIn(request), study, ofSeries, signal, asked);
    if (made) return made;
  }
  throw noPicture();
}
