import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What is no longer than this goes out in one write: each costs more than copying some of it. Bytes. */
const atOnceBytes = 1024 * 1024;

/**
 * Sends what a generator gives, piece by piece; what is short, at once and with its length.
 *
 * Law     damage ends the connection and never the answer, so that no receiver takes a part for the whole; and it is an
 *         alarm in the log (Law 1); so does the end of a right to it. Met before anything went out it is a problem answer.
 *         Whenever the receiver hangs up, `pieces` is ended.
 * Cost    1 MiB and a piece.
 */
export async function sendPieces(
  request: FastifyRequest,
  reply: FastifyReply,
  headers: Readonly<Record<string, string | number>>,
  pieces: AsyncGenerator<Uint8Array | string>,
): Promise<FastifyReply> {
  const first: Buffer[] = [];
  let [bytes, isAll] = [0, false];
  while (bytes < atOnceBytes && !isAll) {
    const next = await pieces.next();
    isAll = next.done === true;
    if (next.done) break;
    const piece = bufferOf(next.value);
    first.push(piece);
    bytes += piece.length;
  }
  reply.headers({ 'cache-control': 'no-store', ...headers });
  if (isAll) {
    const [only, second] = first;
    return reply.send(only && !second ? only : Buffer.concat(first, bytes));
  }
  const watched = async function* () {
    try {
      yield* first.splice(0);
      yield* pieces;
    } catch (error) {
      // Names and codes, but no message: see the log's law in `platform/http`.
      const { name, code } = error as { name?: unknown; code?: unknown };
      const route = request.routeOptions.url ?? 'none';
      // Who hung up is told nothing, and nothing is wrong.
      if (name !== 'AbortError' || !reply.raw.destroyed)
        request.log.error({ route, problem: { name, code } }, 'broken off in the middle');
      throw error;
    }
  };
  const stream = Readable.from(watched(), { objectMode: false });
  // Who hung up before anything was asked of `watched` leaves it unbegun, and its end is not that of `pieces`.
  stream.once('close', () => void pieces.return(undefined).catch(() => {}));
  return reply.send(stream);
}

const bufferOf = (piece: Uint8Array | string): Buffer =>
  typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
