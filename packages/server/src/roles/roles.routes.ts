import {
  addressesAnswer,
  addressesRequest,
  changeRoleRequest,
  compareRolesQuery,
  createRoleRequest,
  deletedRoleAnswer,
  explanationAnswer,
  explanationQuery,
  paths,
  permissionsAnswer,
  reachAnswer,
  roleAnswer,
  roleComparison,
  roleFactorRequest,
  rolesAnswer,
  sightAnswer,
  templatesAnswer,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { setAddresses, setRoleAddresses, showAddresses } from './addresses.ts';
import { changeRole, createRole, deleteRole } from './change-roles.ts';
import { explain, showReach } from './explain-person.ts';
import { setRoleFactor } from './role-factor.ts';
import { type SeeAsDeps, seeAs } from './see-as.ts';
import { catalogue, compareRoles, listRoles, listTemplates, showRole } from './show-roles.ts';

const roleParams = z.object({ roleId: z.uuid() });
const userParams = z.object({ userId: z.uuid() });
const noStore = { 'cache-control': 'no-store' } as const;

export function roleRoutes(app: FastifyInstance, deps: Routed<SeeAsDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    paths.permissions,
    { config: { action: 'profile.view' }, schema: { response: { 200: permissionsAnswer } } },
    async () => catalogue(),
  );
  routes.get(
    paths.roles,
    { config: { action: 'role.list' }, schema: { response: { 200: rolesAnswer } } },
    async (request, reply) => reply.headers(noStore).send(await listRoles(ofAccount(deps, request), signedIn(request))),
  );
  routes.post(
    paths.roles,
    { config: { action: 'role.create' }, schema: { body: createRoleRequest, response: { 201: roleAnswer } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await createRole(ofAccount(deps, request), signedIn(request), request.body)),
  );
  routes.get(
    paths.roleTemplates,
    { config: { action: 'role.create' }, schema: { response: { 200: templatesAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await listTemplates(ofAccount(deps, request), signedIn(request))),
  );
  routes.get(
    paths.roleComparison,
    {
      config: { action: 'role.compare' },
      schema: { querystring: compareRolesQuery, response: { 200: roleComparison } },
    },
    async (request, reply) =>
      reply.headers(noStore).send(await compareRoles(ofAccount(deps, request), signedIn(request), request.query)),
  );
  routes.get(
    paths.role,
    { config: { action: 'role.view' }, schema: { params: roleParams, response: { 200: roleAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await showRole(ofAccount(deps, request), signedIn(request), request.params.roleId)),
  );
  routes.patch(
    paths.role,
    {
      config: { action: 'role.change' },
      schema: { params: roleParams, body: changeRoleRequest, response: { 200: roleAnswer } },
    },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await changeRole(ofAccount(deps, request), signedIn(request), request.params.roleId, request.body)),
  );
  routes.delete(
    paths.role,
    { config: { action: 'role.delete' }, schema: { params: roleParams, response: { 200: deletedRoleAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await deleteRole(ofAccount(deps, request), signedIn(request), request.params.roleId)),
  );
  routes.put(
    paths.roleAddresses,
    {
      config: { action: 'address.set' },
      schema: { params: roleParams, body: addressesRequest, response: { 200: roleAnswer } },
    },
    async (request, reply) => {
      const { addresses } = request.body;
      return reply
        .headers(noStore)
        .send(await setRoleAddresses(ofAccount(deps, request), signedIn(request), request.params.roleId, addresses));
    },
  );
  routes.put(
    paths.roleFactor,
    {
      config: { action: 'role.change' },
      schema: { params: roleParams, body: roleFactorRequest, response: { 200: roleAnswer } },
    },
    async (request, reply) => {
      const { required } = request.body;
      return reply
        .headers(noStore)
        .send(await setRoleFactor(ofAccount(deps, request), signedIn(request), request.params.roleId, required));
    },
  );
  routes.get(
    paths.accountAddresses,
    { config: { action: 'address.view' }, schema: { response: { 200: addressesAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await showAddresses(ofAccount(deps, request), signedIn(request))),
  );
  routes.put(
    paths.accountAddresses,
    { config: { action: 'address.set' }, schema: { body: addressesRequest, response: { 200: addressesAnswer } } },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await setAddresses(ofAccount(deps, request), signedIn(request), request.body.addresses)),
  );
  routes.get(
    paths.explanation,
    {
      config: { action: 'user.explain' },
      schema: { params: userParams, querystring: explanationQuery, response: { 200: explanationAnswer } },
    },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await explain(ofAccount(deps, request), signedIn(request), request.params.userId, request.query)),
  );
  routes.get(
    paths.userReach,
    { config: { action: 'user.explain' }, schema: { params: userParams, response: { 200: reachAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await showReach(ofAccount(deps, request), signedIn(request), request.params.userId)),
  );
  routes.get(
    paths.userSight,
    { config: { action: 'user.explain' }, schema: { params: userParams, response: { 200: sightAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await seeAs(ofAccount(deps, request), signedIn(request), request.params.userId)),
  );
}
