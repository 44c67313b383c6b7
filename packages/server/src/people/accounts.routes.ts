import {
  accountChange,
  accountMadeAnswer,
  accountRequest,
  accountRow,
  accountsAnswer,
  accountsQuery,
  invitation,
  ownerRequest,
  paths,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { signedIn } from '../access/index.ts';
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
export function accountRoutes(app: FastifyInstance, deps: AccountDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const noStore = { 'cache-control': 'no-store' } as const;

  routes.get(
    paths.accounts,
    { config: { action: 'account.list' }, schema: { querystring: accountsQuery, response: { 200: accountsAnswer } } },
    async (request, reply) => reply.headers(noStore).send(await listAccounts(deps, signedIn(request), request.query)),
  );
  routes.post(
    paths.accounts,
    { config: { action: 'account.create' }, schema: { body: accountRequest, response: { 201: accountMadeAnswer } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await createAccount(deps, signedIn(request), request.body)),
  );
  routes.post(
    paths.accountInvitation,
    {
      config: { action: 'account.create' },
      schema: { params: z.object({ accountId: z.uuid() }), response: { 201: invitation } },
    },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await inviteOwnerAgain(deps, signedIn(request), request.params.accountId)),
  );
  routes.get(
    paths.account,
    { config: { action: 'account.view' }, schema: { response: { 200: accountRow } } },
    async (request, reply) => reply.headers(noStore).send(await showAccount(deps, signedIn(request))),
  );
  routes.patch(
    paths.account,
    { config: { action: 'account.change' }, schema: { body: accountChange, response: { 200: accountRow } } },
    async (request) => renameAccount(deps, signedIn(request), request.body.name),
  );
  routes.post(
    paths.accountOwner,
    { config: { action: 'account.transfer' }, schema: { body: ownerRequest, response: { 200: accountRow } } },
    async (request) => transferAccount(deps, signedIn(request), request.body.userId),
  );
}
