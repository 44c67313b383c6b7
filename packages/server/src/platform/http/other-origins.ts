import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What a page may do there, and what of its own it may send along. A cookie is not among it. */
const methods = 'GET, POST, DELETE, OPTIONS';
const sent = 'Accept, Authorization, Cache-Control, Content-Type, If-Match, If-None-Match, If-Range, Range';
/** What of an answer a page may read beside the few that it always may. Source: Fetch §2.2.2, CORS-safelisted response-headers. */
const shown =
  'Accept-Ranges, Allow, Content-Encoding, Content-Length, Content-Location, Content-Range, ETag, Link, Location, Retry-After, Warning, X-Total-Count';
/** As long as Chromium keeps an answer to whether it may ask. Seconds. */
const rememberedSeconds = 7_200;

/** A browser asks whether a page may ask. Any other OPTIONS asks what a resource can do. */
const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

function varyByOrigin(reply: FastifyReply): void {
  const varies = reply.getHeader('vary');
  reply.header('vary', varies === undefined ? 'origin' : `${varies}, origin`);
}

/**
 * Lets pages of these origins ask below `root`: a viewer that is served elsewhere, with a token of who uses it. Nobody else's page is
 * told anything, be there a route or not, and no page is let use a session: no answer carries Access-Control-Allow-Credentials, so that what a
 * browser sends along by itself opens nothing.
 *
 * Stands before the guard: a browser asks whether it may ask without a token, and a page has to read why it was refused.
 *
 * Source  Fetch §3.3 (CORS protocol)
 */
export function letInOtherOrigins(app: FastifyInstance, root: string, origins: readonly string[]): void {
  const isBelow = (url: string): boolean => url.startsWith(`${root}/`);
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined || !isBelow(request.url) || !origins.includes(origin))
      return isPreflight(request) && !request.is404 ? reply.callNotFound() : undefined;
    reply.header('access-control-allow-origin', origin);
    if (!isPreflight(request)) {
      reply.header('access-control-expose-headers', shown);
      return;
    }
    reply.header('access-control-allow-methods', methods).header('access-control-allow-headers', sent);
    return reply.header('access-control-max-age', rememberedSeconds).status(204).send();
  });
  if (origins.length === 0) return;
  app.addHook('onSend', async ({ url }, reply) => {
    if (isBelow(url)) varyByOrigin(reply);
  });
}
