import type { FastifyReply } from 'fastify';
import { signedIn } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { receiverOf } from '../platform/http/taken.ts';
import { acceptedBy } from './accept.ts';
import { frameForm, frameForms } from './frame-forms.ts';
import { frameBytes, readable } from './frames.ts';
import { multipart } from './multipart.ts';
import { type Asked, entityTag, type Found, type RetrieveDeps, type Selection, watching } from './selection.ts';
import { sendBytes } from './send-bytes.ts';

/** A video goes out as it is stored: nothing here makes another of it. Source: PS3.18 Table 8.7.4-1. */
export async function sendVideo(
  deps: RetrieveDeps,
  request: Asked,
  reply: FastifyReply,
  found: Found,
  selection: Selection,
) {
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
