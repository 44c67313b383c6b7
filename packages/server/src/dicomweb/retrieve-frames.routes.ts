import type { FastifyInstance, FastifyReply } from 'fastify';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { receiverOf } from '../platform/http/taken.ts';
import { acceptedBy } from './accept.ts';
import { contentType } from './content-type.ts';
import { frameForm, frameForms } from './frame-forms.ts';
import { frameBytes, frameList, noSuchFrame, readable } from './frames.ts';
import { multipart, type OutgoingPart } from './multipart.ts';
import {
  type Asked,
  entityTag,
  type Params,
  type RetrieveDeps,
  recordReading,
  selectOne,
  unlessHungUp,
  watching,
} from './selection.ts';
import { sendBytes } from './send-bytes.ts';

/** Some frames of an instance, in the order in which they are listed (PS3.18 §10.4.1.1.6). */
async function frames(deps: RetrieveDeps, request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const listed = frameList(request.params.frames ?? '');
  const [first = 1, second] = listed;
  const selection = await selectOne(deps, request);
  const { one } = selection;
  const stored = await readable(() => deps.memory.stored.open(deps.reader, one));
  const missing = listed.find((frame) => frame > stored.table.frames);
  if (missing !== undefined) {
    // How many there are is told of the study, too.
    await recordReading(deps, request, selection);
    throw noSuchFrame(missing, stored.table.frames);
  }
  const form = frameForm(acceptedBy(request), frameForms(stored, second === undefined));
  await recordReading(deps, request, selection);
  const watch = watching(deps, request, selection);
  const to = receiverOf(reply);
  const type = contentType(form.media, form.transferSyntax);
  const actor = signedIn(request);
  const bytesOf = (frame: number) => readable(() => frameBytes(deps, actor, one, stored, frame - 1, form, to));
  if (form.type !== 'multipart/related') {
    const tag = entityTag('frame', one.instance.sha256, String(first), form.transferSyntax);
    return sendBytes(request, reply, { 'content-type': type }, tag, await bytesOf(first), watch);
  }
  const parts = async function* (): AsyncGenerator<OutgoingPart> {
    for (const frame of listed) {
      const { bytes, pieces } = await bytesOf(frame);
      yield { type, bytes, pieces: () => pieces(0, bytes) };
    }
  };
  const answer = multipart(form.media, parts());
  return sendPieces(request, reply, { 'content-type': answer.type }, watch(answer.body));
}

export function frameRoutes(app: FastifyInstance, routed: Routed<RetrieveDeps>, instance: string): void {
  const config = { action: 'study.view' } as const;
  app.get<{ Params: Params }>(`${instance}/frames/:frames`, { config }, (request, reply) =>
    unlessHungUp(reply, frames(ofAccount(routed, request), request, reply)),
  );
}
