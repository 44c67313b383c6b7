import { type Action, paths } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { dicomWebRoutes } from '../dicomweb/index.ts';
import { type DescribedRoute, openApiDocument } from './document.ts';
import { examples } from './examples.ts';
import { fileRoutes } from './files.ts';

type Schema = {
  readonly params?: z.ZodType;
  readonly querystring?: z.ZodType;
  readonly body?: z.ZodType;
  readonly response?: Readonly<Record<string, z.ZodType>>;
};

/** What programs call: the web app's pages and files are no part of it. */
const isApi = (url: string): boolean =>
  /^\/(api\/v1\/|dicomweb(\/|$))/.test(url) || /^\/(healthz|readyz|metrics)$/.test(url);

/**
 * Serves the document of every route that is wired after this call, as they are. Made when somebody first asks for it.
 */
export function openApiRoute(app: FastifyInstance, publicUrl: string): void {
  const routes: DescribedRoute[] = [];
  app.addHook('onRoute', ({ method, url, config, schema }) => {
    if (!isApi(url)) return;
    const described = { ...(schema as Schema | undefined), url, byLink: config?.by === 'link' };
    for (const one of [method].flat()) routes.push({ ...described, method: one, action: config?.action as Action });
  });
  let text: string | undefined;
  app.get(paths.openApi, { config: { action: 'exchange.look' } }, async (_, reply) => {
    text ??= JSON.stringify(
      openApiDocument(routes, { publicUrl, examples, dicomWeb: dicomWebRoutes, files: fileRoutes }),
    );
    return reply.type('application/json').header('cache-control', 'no-cache').send(text);
  });
}
