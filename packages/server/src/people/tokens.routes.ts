import {
  issuedTokenAnswer,
  issueTokenRequest,
  paths,
  tokenAnswer,
  tokenRequest,
  tokenRow,
  tokensAnswer,
  tokensQuery,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, signedIn } from '../access/index.ts';
import type { Databases } from '../platform/db/databases.ts';
import { makeToken } from './issue-token.ts';
import type { ListDeps } from './list-members.ts';
import { listTokens, revokeToken } from './list-tokens.ts';
import type { ProvingDeps } from './prove-second-factor.ts';
import { createToken } from './tokens.ts';

/** API tokens: got with a password, or made by who is signed in; listed and revoked. */
export function tokenRoutes(
  app: FastifyInstance,
  deps: ProvingDeps & ListDeps & { readonly databases: Databases },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const noStore = { 'cache-control': 'no-store' } as const;

  routes.post(
    paths.tokens,
    { config: { action: 'token.create' }, schema: { body: tokenRequest, response: { 201: tokenAnswer } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await createToken(deps, request.actor, request.body)),
  );
  routes.get(
    paths.tokens,
    { config: { action: 'token.list' }, schema: { querystring: tokensQuery, response: { 200: tokensAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await listTokens(ofAccount(deps, request), signedIn(request), request.query)),
  );
  routes.post(
    paths.userTokens,
    {
      config: { action: 'token.issue' },
      schema: {
        params: z.object({ userId: z.string().toLowerCase().pipe(z.uuid()) }),
        body: issueTokenRequest,
        response: { 201: issuedTokenAnswer },
      },
    },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await makeToken(ofAccount(deps, request), signedIn(request), request.params.userId, request.body)),
  );
  routes.delete(
    paths.token,
    {
      config: { action: 'token.revoke' },
      schema: { params: z.object({ tokenId: z.uuid() }), response: { 200: tokenRow } },
    },
    async (request) => revokeToken(ofAccount(deps, request), signedIn(request), request.params.tokenId),
  );
}
