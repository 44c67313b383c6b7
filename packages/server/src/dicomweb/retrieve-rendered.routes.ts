import type { FastifyInstance, FastifyReply } from 'fastify';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { type FramePicture, RenderingError, renderThumbnail, thumbnailSize } from '../rendering/index.ts';
import { firstValue, StudiesError } from '../studies/index.ts';
import { acceptedBy } from './accept.ts';
import { frameForm, frameForms } from './frame-forms.ts';
import { frameBytes, frameList, framesUpTo, noSuchFrame, readable } from './frames.ts';
import { multipart, type OutgoingPart } from './multipart.ts';
import { type Frames, framesOf, holdsVideo, noPicture, type PictureForm, picture, pictureForm } from './pictures.ts';
import { type RenderedQuery, refused, renderedQuery, thumbnailQuery } from './rendered-query.ts';
import {
  type Asked,
  entityTag,
  type Found,
  instanceUrl,
  type Params,
  type RetrieveDeps,
  recordReading,
  type Selection,
  select,
  selectOne,
  studyUrlOf,
  unlessHungUp,
  watching,
} from './selection.ts';
import { sendBytes } from './send-bytes.ts';
import { receiverOf } from './taken.ts';
import { ignoredWords, warn } from './warnings.ts';

/** Which frames of which instance. */
type Shown = { readonly found: Found; readonly frames: Iterable<number>; readonly of: number };

/** Each picture as a part with its address; of one that cannot be made, why. */
async function* parts(
  deps: RetrieveDeps,
  request: Asked,
  shown: AsyncIterable<Shown>,
  query: RenderedQuery,
  { media, format }: PictureForm,
  signal: AbortSignal,
): AsyncGenerator<OutgoingPart> {
  const studyUrl = studyUrlOf(deps, request);
  for await (const { found, frames, of } of shown) {
    for (const number of frames) {
      const location = `${instanceUrl(studyUrl, found)}/frames/${number}/rendered`;
      let type = media;
      let bytes: Buffer;
      try {
        bytes = await picture(deps, request, found, { number, of }, query, format, signal);
      } catch (error) {
        // Erased since, or another was chosen in its place.
        if (error instanceof StudiesError) continue;
        if (!(error instanceof RenderingError) || error.code !== 'PIXELS_NOT_RENDERABLE') throw error;
        const problem = { type: 'about:blank', title: 'The image cannot be shown', status: 422, detail: error.message };
        [type, bytes] = ['application/problem+json', Buffer.from(JSON.stringify({ ...problem, code: error.code }))];
      }
      yield { type, location, bytes: bytes.length, pieces: () => once(bytes) };
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* oneShown(found: Found, frames: Iterable<number>, of: number): AsyncGenerator<Shown> {
  yield { found, frames, of };
}

/** A video goes out as it is stored: nothing here makes another of it. Source: PS3.18 Table 8.7.4-1. */
async function video(deps: RetrieveDeps, request: Asked, reply: FastifyReply, found: Found, selection: Selection) {
  const stored = await readable(() => deps.memory.stored.open(deps.reader, found));
  const form = frameForm(
    acceptedBy(request),
    // Alone, where a client likes both alike, as a picture is.
    frameForms(stored, true)
      .filter(({ how }) => how === 'stored')
      .toReversed(),
  );
  const bytes = await frameBytes(deps, signedIn(request), found, stored, 0, form, receiverOf(reply));
  const watch = watching(deps, request, selection);
  if (form.type !== 'multipart/related')
    return sendBytes(
      request,
      reply,
      { 'content-type': form.media },
      entityTag('video', found.instance.sha256),
      bytes,
      watch,
    );
  const part = { type: form.media, bytes: bytes.bytes, pieces: () => bytes.pieces(0, bytes.bytes) };
  const { type, body } = multipart(
    form.media,
    (async function* () {
      yield part;
    })(),
  );
  return sendPieces(request, reply, { 'content-type': type }, watch(body));
}

/** An instance, or frames of it (PS3.18 §10.4.1.1.3). */
async function ofInstance(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const query = renderedQuery(request);
  const listed = request.params.frames === undefined ? undefined : frameList(request.params.frames);
  const selection = await selectOne(deps, request);
  const { one } = selection;
  await recordReading(deps, request, selection);
  if (holdsVideo(one) && listed === undefined) return video(deps, request, reply, one, selection);
  const { count, representative }: Frames = await framesOf(deps, one);
  const missing = listed?.find((frame) => frame > count);
  if (missing !== undefined) throw noSuchFrame(missing, count);
  const several = listed === undefined ? count > 1 : listed.length > 1;
  const form = pictureForm(acceptedBy(request), listed !== undefined && several ? 'in parts' : 'either');
  const { signal } = receiverOf(reply);
  if (form.type === 'multipart/related') {
    warn(reply, ignoredWords(query));
    const all = parts(deps, request, oneShown(one, listed ?? framesUpTo(count), count), query, form, signal);
    const answer = multipart(form.media, all);
    return sendPieces(request, reply, { 'content-type': answer.type }, watching(deps, request, selection)(answer.body));
  }
  const number = listed?.[0] ?? representative;
  const bytes = await picture(deps, request, one, { number, of: count }, query, form.format, signal);
  warn(
    reply,
    ignoredWords(query),
    listed === undefined &&
      several &&
      `this is frame ${number} of ${count}; each is at frames/N/rendered, and all of them come as multipart/related`,
  );
  return reply.header('cache-control', 'no-store').type(form.media).send(bytes);
}

/** All pictures of a study or of a series, in the order in which they are looked at. */
async function ofMany(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const query = renderedQuery(request);
  const form = pictureForm(acceptedBy(request), 'in parts');
  const selection = await select(deps, request);
  await recordReading(deps, request, selection);
  const { signal } = receiverOf(reply);
  let [shown, left] = [0, 0];
  for await (const { image } of imagesOf(deps, selection)) {
    signal.throwIfAborted();
    if (image.refusal === null) shown += 1;
    else left += 1;
  }
  if (shown === 0) throw noPicture();
  const instances = async function* (): AsyncGenerator<Shown> {
    for await (const { study, seriesUid, image } of imagesOf(deps, selection)) {
      if (image.refusal !== null) continue;
      const found = await deps.memory.finder.find(deps, study, image.id).catch(unlessGone);
      if (found) yield { found: { ...found, seriesUid }, frames: framesUpTo(image.frames), of: image.frames };
    }
  };
  if (left > 0) reply.status(206);
  warn(
    reply,
    ignoredWords(query),
    left > 0 && `${left} ${left === 1 ? 'instance' : 'instances'} cannot be shown as pictures, and left out`,
  );
  const { type, body } = multipart(form.media, parts(deps, request, instances(), query, form, signal));
  return sendPieces(request, reply, { 'content-type': type }, watching(deps, request, selection)(body));
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof StudiesError)) throw error;
}

async function* imagesOf(deps: RetrieveDeps, { parts }: Selection) {
  for (const { study, series } of parts)
    for (const one of series) {
      const seriesUid = firstValue(one.cell.attributes, '0020000E');
      for (const { image } of await deps.memory.series.underWay(deps, study, one)) yield { study, seriesUid, image };
    }
}

/** One small picture of whatever is named (PS3.18 §10.4.1.1.4). */
async function thumbnail(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const { viewport = { width: thumbnailSize, height: thumbnailSize } } = thumbnailQuery(request);
  const { media, format } = pictureForm(acceptedBy(request), 'alone');
  const selection = await select(deps, request);
  const { signal } = receiverOf(reply);
  let bytes: Uint8Array | undefined;
  if (selection.one) {
    const listed = request.params.frames === undefined ? undefined : frameList(request.params.frames);
    if (listed && listed.length > 1) throw refused('A thumbnail is of one frame: name one.');
    await recordReading(deps, request, selection);
    const { count, representative } = await framesOf(deps, selection.one);
    const number = listed?.[0] ?? representative;
    if (number > count) throw noSuchFrame(number, count);
    const query = { look: { viewport }, annotation: [], overlays: false };
    bytes = await picture(deps, request, selection.one, { number, of: count }, query, format, signal);
  } else {
    for (const { study, series } of selection.parts) {
      const ofSeries = request.params.series === undefined ? undefined : series[0];
      const look = { format, viewport, size: undefined };
      const made: FramePicture | undefined = await renderThumbnail(
        deps,
        deps.memory,
        signedIn(request),
        study,
        ofSeries,
        signal,
        look,
      );
      bytes ??= made?.bytes;
      if (bytes) break;
    }
  }
  if (!bytes) throw noPicture();
  return reply
    .header('cache-control', 'no-store')
    .type(media)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
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
