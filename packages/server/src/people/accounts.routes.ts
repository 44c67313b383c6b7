import {
  accountChange,
  accountMadeAnswer,
  accountRequest,
  accountRow,
  accountsAnswer,
  accountsQuery,
  handedLink,
  ownerRequest,
  paths,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, signedIn } from '../access/index.ts';
import type { Databases } from '../platform/db/databases.ts';
import {
  type AccountDeps,
  createAccount,
  inviteOwnerAgain,
  listAccounts,
  renameAccount,
  showAccount,
  transferAccount,
} from './accounts.ts';

/** The account in which one is, and, for who operates the exchange, all of them. */
export function accountRoutes(app: FastifyInstance, deps: AccountDeps & { readonly databases: Databases }): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const noStore = { 'cache-control': 'no-store' } as const;

  routes.get(
    paths.accounts,
    { config: { action: 'account.list' }, schema: { querystring: accountsQuery, response: { 200: accountsAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await listAccounts(ofAccount(deps, request), signedIn(request), request.query)),
  );
  routes.post(
    paths.accounts,
    { config: { action: 'account.create' }, schema: { body: accountRequest, response: { 201: accountMadeAnswer } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await createAccount(ofAccount(deps, request), signedIn(request), request.body)),
  );
  routes.post(
    paths.accountInvitation,
    {
      config: { action: 'account.create' },
      schema: { params: z.object({ accountId: z.uuid() }), response: { 201: handedLink } },
    },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await inviteOwnerAgain(ofAccount(deps, request), signedIn(request), request.params.accountId)),
  );
  routes.get(
    paths.account,
    { config: { action: 'account.view' }, schema: { response: { 200: accountRow } } },
    async (request, reply) =>
      reply.headers(noStore).send(await showAccount(ofAccount(deps, request), signedIn(request))),
  );
  routes.patch(
    paths.account,
    { config: { action: 'account.change' }, schema: { body: accountChange, response: { 200: accountRow } } },
    async (request) => renameAccount(ofAccount(deps, request), signedIn(request), request.body.name),
  );
  routes.post(
    paths.accountOwner,
    { config: { action: 'account.transfer' }, schema: { body: ownerRequest, response: { 200: accountRow } } },
    async (request) => transferAccount(ofAccount(deps, request), signedIn(request), request.body.userId),
  );
}
