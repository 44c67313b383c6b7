import {
  type FrameQuery,
  frameQuery,
  imagesAnswer,
  imagesQuery,
  keptInstanceId,
  paths,
  studyPaths,
} from '@symbolon/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, type Routed, type StudyReader, signedIn, studyReader } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { type Receiver, receiverOf } from '../platform/http/taken.ts';
import { notFound, type OpenSeries, type OpenStudy, seriesIn, studyForReader } from '../studies/index.ts';
import type { FramePicture } from './frame-job.ts';
import { renderVersion } from './kept-picture.ts';
import { type Outgoing, renderFrame, takenOf } from './outgoing-picture.ts';
import { type Asked, type RenderingDeps, voiShapes } from './render-frame.ts';
import type { RenderingMemory } from './rendering-memory.ts';
import { renderThumbnail } from './thumbnail.ts';

const imagesPerPage = 1000;

/** `studyId` is absent on the road of links: there the link says which study it is. */
const studyParams = { studyId: z.uuid().optional() };
const seriesParams = z.object({ ...studyParams, seriesId: z.uuid() });
// Ids and numbers that are none lead to nothing, as those that are not there.
const frameParams = z.object({ ...studyParams, imageId: z.string(), frame: z.string() });

const roads = [
  { base: paths.study, config: { action: 'study.view' } },
  { base: paths.sharedStudy, config: { action: 'study.view', by: 'link' } },
] as const;

/** What a viewer shows: the images of a series, their frames as pictures, and one small picture of each series and of the study. */
export function renderingRoutes(app: FastifyInstance, routed: Routed<RenderingDeps>, memory: RenderingMemory): void {
  app
    .withTypeProvider<ZodTypeProvider>()
    .get(
      paths.versionPicture,
      { config: { action: 'conflict.read' }, schema: { params: z.object({ instanceId: keptInstanceId }) } },
      (request, reply) => {
        const deps = ofAccount(routed, request);
        const actor = signedIn(request);
        return sendPicture(request, reply, 'jpeg', ({ signal }) =>
          renderVersion(deps, memory, actor, request.params.instanceId, signal),
        );
      },
    );
  for (const { base, config } of roads) {
    const routes = app.withTypeProvider<ZodTypeProvider>();

    routes.get(
      base + studyPaths.images,
      { config, schema: { params: seriesParams, querystring: imagesQuery, response: { 200: imagesAnswer } } },
      async (request, reply) => {
        const deps = ofAccount(routed, request);
        const actor = studyReader(request);
        const { study, series } = await seriesOf(deps, actor, request.params);
        await deps.reads.opening(actor, 'study.view', study.place, []);
        const all = await memory.series.list(deps, study, series);
        if (all.some(({ isLight }) => !isLight)) deps.pool.warm();
        const end = request.query.after + imagesPerPage;
        const images = all.slice(request.query.after, end).map(({ image }) => image);
        reply.header('cache-control', 'no-store');
        return { images, next: end < all.length ? String(end) : null };
      },
    );

    routes.get(
      base + studyPaths.frame,
      { config, schema: { params: frameParams, querystring: frameQuery } },
      async (request, reply) => {
        const deps = ofAccount(routed, request);
        const actor = studyReader(request);
        const { studyId, imageId, frame } = request.params;
        const study = await studyForReader(deps, actor, 'study.view', studyId);
        if (!/^[1-9]\d{0,8}$/.test(frame)) throw notFound();
        const which = { imageId, frame: Number(frame) };
        const asked = askedIn(request.query);
        return sendPicture(request, reply, request.query.format, (to) =>
          renderFrame(deps, memory, actor, study, which, asked, to),
        );
      },
    );

    routes.get(base + studyPaths.thumbnail, { config, schema: { params: seriesParams } }, async (request, reply) => {
      const deps = ofAccount(routed, request);
      const actor = studyReader(request);
      const { study, series } = await seriesOf(deps, actor, request.params);
      return sendPicture(request, reply, 'jpeg', ({ signal }) =>
        renderThumbnail(deps, memory, actor, study, series, signal),
      );
    });

    routes.get(
      base + studyPaths.studyThumbnail,
      { config, schema: { params: z.object(studyParams) } },
      async (request, reply) => {
        const deps = ofAccount(routed, request);
        const actor = studyReader(request);
        const study = await studyForReader(deps, actor, 'study.view', request.params.studyId);
        return sendPicture(request, reply, 'jpeg', ({ signal }) =>
          renderThumbnail(deps, memory, actor, study, undefined, signal),
        );
      },
    );
  }
}

async function seriesOf(
  deps: RenderingDeps,
  actor: StudyReader,
  { studyId, seriesId }: { readonly studyId?: string | undefined; readonly seriesId: string },
): Promise<{ study: OpenStudy; series: OpenSeries }> {
  const study = await studyForReader(deps, actor, 'study.view', studyId);
  const series = (await seriesIn(deps, study)).find(({ row }) => row.id === seriesId);
  if (!series) throw notFound();
  return { study, series };
}

function askedIn({ center, width, function: named, region, ...others }: FrameQuery): Asked {
  const window = center === undefined || width === undefined ? undefined : { center, width };
  const [left = 0, top = 0, across = 0, down = 0] = (region ?? '').split(',').map(Number);
  return {
    ...others,
    window,
    function: named && voiShapes[named],
    region: region === undefined ? undefined : { left, top, width: across, height: down },
  };
}

/** Makes a picture and sends it, or says that there is nothing to show; neither where the connection ends before. */
async function sendPicture(
  request: FastifyRequest,
  reply: FastifyReply,
  format: 'jpeg' | 'png',
  make: (to: Receiver) => Promise<Outgoing | FramePicture | undefined>,
): Promise<FastifyReply> {
  // It may have ended while the policy was asked: of that no word comes any more.
  const to = receiverOf(reply);
  let picture: Outgoing | FramePicture | undefined;
  try {
    to.signal.throwIfAborted();
    picture = await make(to);
  } catch (error) {
    // Nobody is there to be told.
    if (to.signal.aborted) return reply.hijack();
    throw error;
  }
  reply.header('cache-control', 'no-store');
  if (!picture) return reply.status(204).send();
  const { bytes, window } = picture;
  reply.type(`image/${format}`);
  // Where the header gives no window, a viewer learns here from which one to drag on.
  if (window) reply.header('symbolon-window', `${window.center} ${window.width}`);
  if ('room' in picture) return sendPieces(request, reply, { 'content-length': bytes.length }, takenOf(picture));
  return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
