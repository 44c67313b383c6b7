import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { inShortPieces } from '../platform/http/short-pieces.ts';
import { byteRanges } from './byte-ranges.ts';

/** What can be sent from any byte on. */
export type Bytes = { readonly bytes: number; pieces(start: number, end: number): AsyncIterable<Uint8Array> };

/** Stands around everything that goes out, and ends it where its reader may not have it any more. */
export type Watch = (pieces: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>;

/**
 * Sends one value, or those ranges of it that are asked for. `tag` changes when a byte of it does.
 *
 * Source  RFC 9110 §13.1.5 (If-Range), §14.2 (Range), §14.6 (multipart/byteranges), §15.3.7, §15.5.17.
 */
export async function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  headers: Readonly<Record<string, string>> & { readonly 'content-type': string },
  tag: string,
  { bytes, pieces }: Bytes,
  watch: Watch,
): Promise<FastifyReply> {
  const common = { ...headers, 'accept-ranges': 'bytes', etag: tag };
  const condition = request.headers['if-range'];
  const wanted = condition === undefined || condition === tag ? request.headers.range : undefined;
  const ranges = byteRanges(wanted, bytes);
  const short = (start: number, end: number): AsyncGenerator<Uint8Array> => inShortPieces(pieces(start, end));
  if (ranges === undefined)
    return sendPieces(request, reply, { ...common, 'content-length': bytes }, watch(short(0, bytes)));
  const [range, second] = ranges;
  if (range === undefined) {
    reply.headers({ 'cache-control': 'no-store', 'accept-ranges': 'bytes', 'content-range': `bytes */${bytes}` });
    return reply.status(416).send();
  }
  const of = ({ start, end }: typeof range): string => `bytes ${start}-${end - 1}/${bytes}`;
  reply.status(206);
  if (second === undefined) {
    const { start, end } = range;
    const own = { 'content-range': of(range), 'content-length': end - start };
    return sendPieces(request, reply, { ...common, ...own }, watch(short(start, end)));
  }
  const boundary = randomBytes(16).toString('hex');
  const head = (one: typeof range): Buffer =>
    Buffer.from(`\r\n--${boundary}\r\nContent-Type: ${headers['content-type']}\r\nContent-Range: ${of(one)}\r\n\r\n`);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const length = ranges.reduce((sum, one) => sum + head(one).length + one.end - one.start, tail.length);
  const parts = async function* (): AsyncGenerator<Uint8Array> {
    for (const one of ranges) {
      yield head(one);
      yield* short(one.start, one.end);
    }
    yield tail;
  };
  const own = { 'content-type': `multipart/byteranges; boundary=${boundary}`, 'content-length': length };
  return sendPieces(request, reply, { ...common, ...own }, watch(parts()));
}
