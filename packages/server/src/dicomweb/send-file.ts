import type { FastifyReply } from 'fastify';
import { signedIn } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import type { Receiver } from '../platform/http/taken.ts';
import { fileBytes } from './file-bytes.ts';
import { type Rendition, renditionBytes, syntaxOf } from './rendition.ts';
import { type Asked, entityTag, type Found, type RetrieveDeps } from './selection.ts';
import { sendBytes, type Watch } from './send-bytes.ts';

/** Sends one file alone, as it is stored or as it is made for this receiver. */
export function sendFile(
  deps: RetrieveDeps,
  request: Asked,
  reply: FastifyReply,
  one: Found,
  how: Rendition,
  watch: Watch,
  to: Receiver,
): Promise<FastifyReply> {
  const headers = { 'content-type': 'application/dicom', 'content-disposition': 'attachment; filename="image.dcm"' };
  if (how === 'stored') {
    const tag = entityTag('file', one.instance.sha256);
    return sendBytes(request, reply, headers, tag, fileBytes(deps.reader, one.pack, one.instance), watch);
  }
  const type = { 'content-type': `application/dicom; transfer-syntax=${syntaxOf(one, how)}` };
  const pieces = renditionBytes(deps, signedIn(request), one, how, to);
  return sendPieces(request, reply, { ...headers, ...type }, watch(pieces));
}
