import {
  linkAnswer,
  linkRequest,
  linkRow,
  linksAnswer,
  linksQuery,
  linkUsesAnswer,
  lookAtLinkAnswer,
  lookAtLinkRequest,
  openLinkRequest,
  paths,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { linkCookieOf, ofAccount, type Routed, signedIn } from '../access/index.ts';
import { createLink } from './create-link.ts';
import { type LinkDeps, listLinks, usesOfLink } from './list-links.ts';
import { lookAtLink, openLink } from './open-link.ts';
import { revokeLink } from './revoke-link.ts';

const studyParams = z.object({ studyId: z.uuid() });
/** In one spelling: what is counted, and a cookie's path, hang on it. */
const linkParams = z.object({ linkId: z.string().toLowerCase().pipe(z.uuid()) });

/** Links: made, listed and revoked by people of the account; looked at and opened by whoever has their secret. */
export function linkRoutes(app: FastifyInstance, deps: Routed<LinkDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const noStore = { 'cache-control': 'no-store' } as const;

  routes.post(
    paths.studyLinks,
    {
      config: { action: 'link.create' },
      schema: { params: studyParams, body: linkRequest, response: { 201: linkAnswer } },
    },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await createLink(ofAccount(deps, request), signedIn(request), request.params.studyId, request.body)),
  );
  routes.get(
    paths.studyLinks,
    {
      config: { action: 'link.list' },
      schema: { params: studyParams, querystring: linksQuery, response: { 200: linksAnswer } },
    },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await listLinks(ofAccount(deps, request), signedIn(request), request.query, request.params.studyId)),
  );
  routes.get(
    paths.links,
    { config: { action: 'link.list' }, schema: { querystring: linksQuery, response: { 200: linksAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await listLinks(ofAccount(deps, request), signedIn(request), request.query)),
  );
  routes.delete(
    paths.link,
    { config: { action: 'link.revoke' }, schema: { params: linkParams, response: { 200: linkRow } } },
    async (request) => revokeLink(ofAccount(deps, request), signedIn(request), request.params.linkId),
  );
  routes.get(
    paths.linkUses,
    { config: { action: 'link.list' }, schema: { params: linkParams, response: { 200: linkUsesAnswer } } },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send({ uses: await usesOfLink(ofAccount(deps, request), signedIn(request), request.params.linkId) }),
  );

  routes.post(
    paths.lookAtLink,
    {
      config: { action: 'link.open' },
      schema: { params: linkParams, body: lookAtLinkRequest, response: { 200: lookAtLinkAnswer } },
    },
    async (request, reply) =>
      reply.headers(noStore).send(await lookAtLink(deps, request.params.linkId, request.body.secret)),
  );
  routes.post(
    paths.openLink,
    {
      config: { action: 'link.open' },
      schema: { params: linkParams, body: openLinkRequest, response: { 200: lookAtLinkAnswer } },
    },
    async (request, reply) => {
      const { linkId } = request.params;
      const { look, visitSecret } = await openLink(deps, request.actor, linkId, request.body);
      return reply.header('set-cookie', linkCookieOf(linkId, visitSecret)).headers(noStore).send(look);
    },
  );
}
