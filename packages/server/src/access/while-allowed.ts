import type { FastifyRequest } from 'fastify';
import type { Actor } from './actor.ts';

const everyMs = 1000;

/**
 * Gives the pieces of a long answer on as long as its asker may have them: who is asked anew, at most once a second;
 * `stillReached` throws where what is sent is not theirs any more, as they are by then: their rights may have changed.
 *
 * Law     a link that is revoked, and a session that ends, stop a download under way within a second, by an error that
 *         breaks the connection off.
 */
export async function* whileAllowed<T>(
  request: FastifyRequest,
  pieces: AsyncIterable<T>,
  stillReached: (actor: Actor) => Promise<unknown>,
): AsyncGenerator<T> {
  let askedAt = performance.now();
  for await (const piece of pieces) {
    if (performance.now() - askedAt > everyMs) {
      await stillReached(await request.stillMay());
      askedAt = performance.now();
    }
    yield piece;
  }
}
