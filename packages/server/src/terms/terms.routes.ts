import {
  paths,
  termsAcceptance,
  termsAcceptancesAnswer,
  termsAcceptancesQuery,
  termsAnswer,
  termsChange,
  termsVersionsAnswer,
  termsVersionsQuery,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { acceptTerms, readTerms, setTerms, type TermsDeps } from './terms.ts';
import { recordLook, termsAcceptances, termsAcceptancesCsv, termsVersions } from './terms-history.ts';

/** The terms of use of an account: read and accepted by everybody, set by who may. */
export function termsRoutes(app: FastifyInstance, deps: Routed<TermsDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const noStore = { 'cache-control': 'no-store' } as const;

  routes.get(
    paths.terms,
    {
      config: { action: 'terms.read' },
      schema: {
        querystring: z.object({ version: z.coerce.number().int().min(1).optional() }),
        response: { 200: termsAnswer },
      },
    },
    async (request, reply) =>
      reply.headers(noStore).send(await readTerms(ofAccount(deps, request), signedIn(request), request.query.version)),
  );
  routes.put(
    paths.terms,
    { config: { action: 'terms.set' }, schema: { body: termsChange, response: { 200: termsAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await setTerms(ofAccount(deps, request), signedIn(request), request.body)),
  );
  routes.post(
    paths.termsAcceptance,
    { config: { action: 'terms.accept' }, schema: { body: termsAcceptance, response: { 200: termsAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await acceptTerms(ofAccount(deps, request), signedIn(request), request.body.version)),
  );
  routes.get(
    paths.termsVersions,
    {
      config: { action: 'terms.view' },
      schema: { querystring: termsVersionsQuery, response: { 200: termsVersionsAnswer } },
    },
    async (request, reply) =>
      reply.headers(noStore).send(await termsVersions(ofAccount(deps, request), signedIn(request), request.query)),
  );
  routes.get(
    paths.termsAcceptances,
    {
      config: { action: 'terms.view' },
      schema: { querystring: termsAcceptancesQuery, response: { 200: termsAcceptancesAnswer } },
    },
    async (request, reply) =>
      reply.headers(noStore).send(await termsAcceptances(ofAccount(deps, request), signedIn(request), request.query)),
  );
  routes.get(
    paths.termsAcceptancesCsv,
    { config: { action: 'terms.view' }, schema: { querystring: termsAcceptancesQuery.pick({ version: true }) } },
    async (request, reply) => {
      const actor = signedIn(request);
      const within = ofAccount(deps, request);
      await recordLook(within, actor);
      const headers = {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="terms-of-use.csv"',
      };
      return sendPieces(request, reply, headers, termsAcceptancesCsv(within, actor, request.query.version));
    },
  );
}
