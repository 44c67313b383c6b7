import type { FastifyInstance, FastifyReply } from 'fastify';
import { ofAccount, type Routed } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { acceptedBy } from './accept.ts';
import { frameList, framesUpTo, noSuchFrame } from './frames.ts';
import { multipart } from './multipart.ts';
import { framesOf, holdsVideo, noPicture, picture, pictureForm, sendPicture } from './pictures.ts';
import { imagesOf, oneShown, renderedParts, shownOf } from './rendered-parts.ts';
import { renderedQuery } from './rendered-query.ts';
import { sendVideo } from './rendered-video.ts';
import {
  type Asked,
  type Params,
  type RetrieveDeps,
  recordReading,
  select,
  selectOne,
  unlessHungUp,
  watching,
} from './selection.ts';
import { receiverOf } from './taken.ts';
import { thumbnail } from './thumbnails.ts';
import { ignoredWords, warn } from './warnings.ts';

/** An instance, or frames of it (PS3.18 §10.4.1.1.3). */
async function ofInstance(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const query = renderedQuery(request);
  const listed = request.params.frames === undefined ? undefined : frameList(request.params.frames);
  const selection = await selectOne(deps, request);
  const { one } = selection;
  await recordReading(deps, request, selection);
  if (holdsVideo(one) && listed === undefined) return sendVideo(deps, request, reply, one, selection);
  const { count, representative } = await framesOf(deps, one);
  const missing = listed?.find((frame) => frame > count);
  if (missing !== undefined) throw noSuchFrame(missing, count);
  const several = listed === undefined ? count > 1 : listed.length > 1;
  const form = pictureForm(acceptedBy(request), listed !== undefined && several ? 'in parts' : 'either');
  const to = receiverOf(reply);
  if (form.type === 'multipart/related') {
    warn(reply, ignoredWords(query));
    const all = renderedParts(deps, request, oneShown(one, listed ?? framesUpTo(count), count), query, form, to);
    const answer = multipart(form.media, all);
    return sendPieces(request, reply, { 'content-type': answer.type }, watching(deps, request, selection)(answer.body));
  }
  const number = listed?.[0] ?? representative;
  const made = await picture(deps, request, one, { number, of: count }, query, form.format, to);
  warn(
    reply,
    ignoredWords(query),
    listed === undefined &&
      several &&
      `this is frame ${number} of ${count}; each is at frames/N/rendered, and all of them come as multipart/related`,
  );
  return sendPicture(request, reply, form.media, made, watching(deps, request, selection));
}

/** All pictures of a study or of a series, in the order in which they are looked at. */
async function ofMany(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const query = renderedQuery(request);
  const form = pictureForm(acceptedBy(request), 'in parts');
  const selection = await select(deps, request);
  await recordReading(deps, request, selection);
  const to = receiverOf(reply);
  let [shown, left] = [0, 0];
  for await (const { image } of imagesOf(deps, selection)) {
    to.signal.throwIfAborted();
    if (image.refusal === null) shown += 1;
    else left += 1;
  }
  if (shown === 0) throw noPicture();
  if (left > 0) reply.status(206);
  warn(
    reply,
    ignoredWords(query),
    left > 0 && `${left} ${left === 1 ? 'instance' : 'instances'} cannot be shown as pictures, and left out`,
  );
  const { type, body } = multipart(form.media, renderedParts(deps, request, shownOf(deps, selection), query, form, to));
  return sendPieces(request, reply, { 'content-type': type }, watching(deps, request, selection)(body));
}

/** Rendered resources and thumbnails of studies, series, instances and frames. */
export function renderedRoutes(
  app: FastifyInstance,
  routed: Routed<RetrieveDeps>,
  [study, series, instance]: readonly [string, string, string],
): void {
  const config = { action: 'study.view' } as const;
  const route = (path: string, answer: typeof ofMany): void => {
    app.get<{ Params: Params }>(path, { config }, (request, reply) =>
      unlessHungUp(reply, answer(ofAccount(routed, request), request, reply)),
    );
  };
  const frames = `${instance}/frames/:frames`;
  for (const resource of [study, series]) route(`${resource}/rendered`, ofMany);
  for (const resource of [instance, frames]) route(`${resource}/rendered`, ofInstance);
  for (const resource of [study, series, instance, frames]) route(`${resource}/thumbnail`, thumbnail);
}
