import type { FastifyRequest } from 'fastify';

const everyMs = 1000;

/**
 * Gives the pieces of a long answer on as long as its asker may have them: who is asked anew, at most once a second;
 * `stillReached` throws where what is sent is not theirs any more.
 *
 * Law     a link that is revoked, and a session that ends, stop a download under way within a second, by an error that
 *         breaks the connection off.
 */
export async function* whileAllowed<T>(
  request: FastifyRequest,
  pieces: AsyncIterable<T>,
  stillReached: () => Promise<unknown> = async () => {},
): AsyncGenerator<T> {
  let askedAt = performance.now();
  for await (const piece of pieces) {
    if (performance.now() - askedAt > everyMs) {
      await request.stillMay();
      await stillReached();
      askedAt = performance.now();
    }
    yield piece;
  }
}
