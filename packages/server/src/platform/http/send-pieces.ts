import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Sends what a generator gives, piece by piece.
 *
 * Law     damage ends the connection and never the answer, so that no receiver takes a part for the whole; and it is an
 *         alarm in the log (Law 1); so does the end of a right to it. Met in the first piece it is a problem answer, since no header has gone out.
 */
export async function sendPieces(
  request: FastifyRequest,
  reply: FastifyReply,
  headers: Readonly<Record<string, string | number>>,
  pieces: AsyncGenerator<Uint8Array | string>,
): Promise<FastifyReply> {
  const first = await pieces.next();
  const watched = async function* () {
    try {
      if (first.done) return;
      yield first.value;
      yield* pieces;
    } catch (error) {
      // Names and codes, but no message: see the log's law in `platform/http`.
      const { name, code } = error as { name?: unknown; code?: unknown };
      const route = request.routeOptions.url ?? 'none';
      request.log.error({ route, problem: { name, code } }, 'broken off in the middle');
      throw error;
    }
  };
  reply.headers({ 'cache-control': 'no-store', ...headers });
  return reply.send(Readable.from(watched(), { objectMode: false }));
}
