import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What a page may do there, and what of its own it may send along. A cookie is not among it. */
const methods = 'GET, POST';
const sent = 'Accept, Authorization, Cache-Control, Content-Type, If-Match, If-None-Match, If-Range, Range';
/** What of an answer a page may read beside the few that it always may. Source: Fetch §2.2.2, CORS-safelisted response-headers. */
const shown =
  'Accept-Ranges, Allow, Content-Encoding, Content-Length, Content-Location, Content-Range, ETag, Link, Retry-After, Warning, X-Total-Count';
/** As long as Chromium keeps an answer to whether it may ask. Seconds. */
const rememberedSeconds = 7_200;

function varyByOrigin(reply: FastifyReply): void {
  const varies = reply.getHeader('vary');
  reply.header('vary', varies === undefined ? 'origin' : `${varies}, origin`);
}

/** Whether a browser asks if a page of another site may ask. Source: Fetch §3.3.2. */
const isPreflight = ({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/**
 * Lets pages of these origins ask below `root`: a viewer that is served elsewhere, with a token of who uses it. Nobody else's page is
 * told anything, and no page is let use a session: no answer carries Access-Control-Allow-Credentials, so that what a
 * browser sends along by itself opens nothing.
 *
 * Stands before the guard: a browser asks whether it may ask without a token, and a page has to read why it was refused.
 *
 * Source  Fetch §3.3 (CORS protocol)
 */
export function letInOtherOrigins(app: FastifyInstance, root: string, origins: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    // What the root can do is told to programs; to a page that is not let in nothing is, as of what is not there.
    if (!request.is404 && isPreflight(request) && !origins.includes(request.headers.origin as string))
      return reply.callNotFound();
  });
  if (origins.length === 0) return;
  const isBelow = (url: string): boolean => url.startsWith(`${root}/`);
  app.addHook('onRequest', async ({ method, url, headers }, reply) => {
    const { origin } = headers;
    if (origin === undefined || !isBelow(url) || !origins.includes(origin)) return;
    reply.header('access-control-allow-origin', origin);
    if (!isPreflight({ method, headers })) {
      reply.header('access-control-expose-headers', shown);
      return;
    }
    reply.header('access-control-allow-methods', methods).header('access-control-allow-headers', sent);
    return reply.header('access-control-max-age', rememberedSeconds).status(204).send();
  });
  app.addHook('onSend', async ({ url }, reply) => {
    if (isBelow(url)) varyByOrigin(reply);
  });
}
