import { randomBytes } from 'node:crypto';
import { pages as addresses } from '@symbolon/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Asset, BuiltPages } from './built-pages.ts';
import { sendMethodNotAllowed, sendNotFound } from './http-app.ts';

const config = { action: 'exchange.look' } as const;

/** Scripts only as files of ours; inline styles only with the word that this one answer carries. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "font-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** A worker stands under the policy that its own script came with: it sends uploads, and loads scripts of ours. */
const workerPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";

/** What of an asset the browser takes, smallest first. */
function encoded(asset: Asset, accepts: string | undefined): readonly [Buffer, encoding?: string] {
  const taken = new Set(
    (accepts ?? '').split(',').flatMap((one) => {
      const [name = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
      return parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) ? [] : [name];
    }),
  );
  if (asset.br && taken.has('br')) return [asset.br, 'br'];
  if (asset.gzip && taken.has('gzip')) return [asset.gzip, 'gzip'];
  return [asset.plain];
}

/** Serves the web app: one page of HTML for each of the contract's addresses, and the files that it asks for; answers where there is no route. */
export function pages(
  app: FastifyInstance,
  { html, assets }: BuiltPages,
  methodsAt: (url: string) => readonly string[],
): void {
  const sendPage = (reply: FastifyReply) => {
    const nonce = randomBytes(18).toString('base64url');
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policyWith(nonce))
      .header('cache-control', 'no-store')
      .header('permissions-policy', 'camera=(), microphone=(), geolocation=()')
      .header('cross-origin-opener-policy', 'same-origin')
      .send(html.replaceAll('{{style-nonce}}', nonce));
  };
  for (const address of Object.values(addresses)) app.get(address, { config }, async (_, reply) => sendPage(reply));
  // Somebody who mistyped an address reads the app's own words; programs get the problem that they understand.
  app.setNotFoundHandler(({ method, url, headers }, reply) => {
    const methods = methodsAt(url);
    // A browser that asks whether a page of another site may ask is told nothing, as of what is not there.
    const told = methods.length > 0 && !methods.includes(method) && method !== 'OPTIONS';
    if (told) return sendMethodNotAllowed(reply, methods);
    const typed = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
    return typed && !/^\/(api|dicomweb|assets)\//.test(url) ? sendPage(reply.status(404)) : sendNotFound(reply);
  });
  app.get<{ Params: { name: string } }>('/assets/:name', { config }, async ({ params, headers }, reply) => {
    const asset = assets.get(params.name);
    if (asset === undefined) return reply.callNotFound();
    const [bytes, encoding] = encoded(asset, headers['accept-encoding']);
    if (encoding !== undefined) reply.header('content-encoding', encoding);
    return (
      reply
        .type(asset.type)
        .header('content-security-policy', workerPolicy)
        .header('vary', 'accept-encoding')
        // Its name has a digest of its content: what changes gets another name.
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(bytes)
    );
  });
  app.get('/robots.txt', { config }, async (_, reply) =>
    reply.type('text/plain; charset=utf-8').send('User-agent: *\nDisallow: /\n'),
  );
}
