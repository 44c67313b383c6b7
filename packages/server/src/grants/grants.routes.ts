import {
  approvalAnswer,
  granteesAnswer,
  granteesQuery,
  grantRequest,
  grantsAnswer,
  paths,
  revokedAnswer,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { decideApproval } from './approval.ts';
import { giveGrant } from './give-grant.ts';
import { findGrantees, type GrantDeps, listGrants, revokeGrant } from './list-grants.ts';

const studyParams = z.object({ studyId: z.uuid() });
const grantParams = z.object({ studyId: z.uuid(), grantId: z.uuid() });
const noStore = { 'cache-control': 'no-store' } as const;

/** To whom of the account a study is granted, and whether it is approved. */
export function grantRoutes(app: FastifyInstance, deps: Routed<GrantDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    paths.studyGrants,
    { config: { action: 'grant.list' }, schema: { params: studyParams, response: { 200: grantsAnswer } } },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send({ grants: await listGrants(ofAccount(deps, request), signedIn(request), request.params.studyId) }),
  );
  routes.post(
    paths.studyGrants,
    {
      config: { action: 'grant.create' },
      schema: { params: studyParams, body: grantRequest, response: { 201: grantsAnswer } },
    },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send({
          grants: await giveGrant(ofAccount(deps, request), signedIn(request), request.params.studyId, request.body),
        }),
  );
  routes.delete(
    paths.studyGrant,
    { config: { action: 'grant.revoke' }, schema: { params: grantParams, response: { 200: revokedAnswer } } },
    async (request, reply) => {
      const { studyId, grantId } = request.params;
      return reply
        .headers(noStore)
        .send(await revokeGrant(ofAccount(deps, request), signedIn(request), studyId, grantId));
    },
  );
  routes.get(
    paths.peopleAndGroups,
    { config: { action: 'grant.create' }, schema: { querystring: granteesQuery, response: { 200: granteesAnswer } } },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await findGrantees(ofAccount(deps, request), signedIn(request), request.query.search)),
  );

  const approval = {
    config: { action: 'study.approve' },
    schema: { params: studyParams, response: { 200: approvalAnswer } },
  } as const;
  routes.post(paths.studyApproval, approval, async (request, reply) =>
    reply
      .headers(noStore)
      .send(await decideApproval(ofAccount(deps, request), signedIn(request), request.params.studyId, true)),
  );
  routes.delete(paths.studyApproval, approval, async (request, reply) =>
    reply
      .headers(noStore)
      .send(await decideApproval(ofAccount(deps, request), signedIn(request), request.params.studyId, false)),
  );
}
