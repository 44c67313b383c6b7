import type { FastifyReply } from 'fastify';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { DicomWebError } from './errors.ts';
import { multipart, type OutgoingPart } from './multipart.ts';
import { type Asked, entityTag, type RetrieveDeps, type Selection, watching } from './selection.ts';
import { sendBytes, type Watch } from './send-bytes.ts';
import {
  type OutgoingText,
  untilTaken,
  type Written,
  type WrittenForm,
  writtenPart,
  writtenPieces,
} from './written.ts';

/** A report or a document, alone or as the one part of an answer. */
export async function sendWritten(
  deps: RetrieveDeps,
  request: Asked,
  reply: FastifyReply,
  studyUrl: string,
  { written, room }: OutgoingText,
  form: WrittenForm,
  selection: Selection,
): Promise<FastifyReply> {
  const watched = watching(deps, request, selection);
  const watch: Watch = (pieces) => watched(untilTaken(room, pieces));
  if (form.type === 'multipart/related') {
    const { type, body } = multipart(form.media, once(writtenPart(deps, studyUrl, written, form)));
    return sendPieces(request, reply, { 'content-type': type }, watch(body));
  }
  const headers = { 'content-type': form.named };
  const { found, document } = written;
  if (document === undefined)
    return sendPieces(request, reply, headers, watch(writtenPieces(deps, studyUrl, written, form)));
  const pieces = async function* (start: number, end: number): AsyncGenerator<Uint8Array> {
    yield document.subarray(start, end);
  };
  const tag = entityTag('document', found.instance.sha256);
  return sendBytes(request, reply, headers, tag, { bytes: document.length, pieces }, watch);
}

async function* once(part: OutgoingPart): AsyncGenerator<OutgoingPart> {
  yield part;
}

export const notWrittenSo = ({ forms }: Written, more = ''): DicomWebError =>
  new DicomWebError(
    'NOT_ACCEPTABLE',
    `This is served as ${forms.map(({ media }) => media).join(', ')}${more}. Name one of them in Accept.`,
  );
