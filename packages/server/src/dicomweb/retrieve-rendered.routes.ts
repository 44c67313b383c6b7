import type { FastifyInstance, FastifyReply } from 'fastify';
import { ofAccount, type Routed } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { receiverOf } from '../platform/http/taken.ts';
import { acceptedBy } from './accept.ts';
import { DicomWebError } from './errors.ts';
import { frameList, framesUpTo, noSuchFrame } from './frames.ts';
import { multipart } from './multipart.ts';
import {
  framesIfAny,
  framesOf,
  holdsVideo,
  noPicture,
  picture,
  pictureForm,
  pictureForms,
  sendPicture,
} from './pictures.ts';
import { countShown, type ManyForms, manyForms, oneShown, renderedParts, shownOf } from './rendered-parts.ts';
import { type RenderedQuery, renderedQuery } from './rendered-query.ts';
import { sendVideo } from './rendered-video.ts';
import {
  type Asked,
  type Found,
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
import { notWrittenSo, sendWritten } from './send-written.ts';
import { thumbnail } from './thumbnails.ts';
import { ignoredWords, warn } from './warnings.ts';
import { outgoingText, writtenForm, writtenTypes } from './written.ts';

/** An instance, or frames of it (PS3.18 §10.4.1.1.3). */
async function ofInstance(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const query = renderedQuery(request);
  const listed = request.params.frames === undefined ? undefined : frameList(request.params.frames);
  const selection = await selectOne(deps, request);
  const { one } = selection;
  await recordReading(deps, request, selection);
  if (holdsVideo(one) && listed === undefined) return sendVideo(deps, request, reply, one, selection);
  const frames = listed === undefined ? await framesIfAny(deps, one) : await framesOf(deps, one);
  if (frames === undefined) return textOf(deps, request, reply, selection, query);
  const { count, representative } = frames;
  const missing = listed?.find((frame) => frame > count);
  if (missing !== undefined) throw noSuchFrame(missing, count);
  const several = listed === undefined ? count > 1 : listed.length > 1;
  const form = pictureForm(acceptedBy(request), listed !== undefined && several ? 'in parts' : 'either');
  const to = receiverOf(reply);
  if (form.type === 'multipart/related') {
    warn(reply, ignoredWords(query));
    const all = renderedParts(deps, request, oneShown(one, listed ?? framesUpTo(count), count, form), query, to);
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

/** An instance without pixels, if it is a report or a document. Parameters of pictures are no matter of it (PS3.18 §8.3.5.1, note 3). */
async function textOf(
  deps: RetrieveDeps,
  request: Asked,
  reply: FastifyReply,
  selection: Selection & { readonly one: Found },
  query: RenderedQuery,
): Promise<FastifyReply> {
  const text = await outgoingText(deps, selection.one, receiverOf(reply));
  if (text === undefined) throw noPicture();
  const form = writtenForm(acceptedBy(request), text.written.forms, 'either');
  if (form === undefined) throw notWrittenSo(text.written, ', alone or in multipart/related with that type');
  warn(reply, ignoredWords(query));
  return sendWritten(deps, request, reply, studyUrlOf(deps, request), text, form, selection);
}

/** All pictures of a study or of a series, in the order in which they are looked at, and what is written in it. */
async function ofMany(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const query = renderedQuery(request);
  const forms = manyForms(acceptedBy(request));
  if (!forms.picture && !forms.hasTexts) throw noPart();
  const selection = await select(deps, request);
  await recordReading(deps, request, selection);
  const to = receiverOf(reply);
  const { shown, left, first } = await countShown(deps, selection, forms, to);
  if (shown === 0 || first === undefined) throw noPicture();
  if (left > 0) reply.status(206);
  warn(reply, ignoredWords(query), left > 0 && leftOut(left, forms));
  const all = renderedParts(deps, request, shownOf(deps, request, selection, forms, to), query, to);
  const { type, body } = multipart(first, all);
  return sendPieces(request, reply, { 'content-type': type }, watching(deps, request, selection)(body));
}

const leftOut = (left: number, { hasTexts }: ManyForms): string =>
  `${left} ${left === 1 ? 'instance' : 'instances'} cannot be shown${hasTexts ? '' : ' as pictures'}, and left out`;

const noPart = (): DicomWebError => {
  const types = [...pictureForms.map(({ media }) => media), ...writtenTypes].join(', ');
  return new DicomWebError(
    'NOT_ACCEPTABLE',
    `This is served as ${types}, in multipart/related with that type. Name one of them in Accept.`,
  );
};

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
