import {
  handedLink,
  invitedAnswer,
  paths,
  serviceRequest,
  userCard,
  userChange,
  userRequest,
  userRoleRequest,
  userRow,
  usersAnswer,
  usersQuery,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, signedIn } from '../access/index.ts';
import type { Databases } from '../platform/db/databases.ts';
import {
  assignRole,
  letMemberIn,
  removeMember,
  renameMember,
  requireNewPassword,
  suspendMember,
} from './change-member.ts';
import { createService, createUser, type InviteDeps, inviteAgain } from './invite.ts';
import { type ListDeps, listMembers, showMember } from './list-members.ts';
import { makeReset } from './make-reset.ts';
import { resetFactors } from './reset-factors.ts';
import { clearSecondPassword } from './second-password.ts';

const params = z.object({ userId: z.string().toLowerCase().pipe(z.uuid()) });

/** The people and programs of an account: listed, added, changed, suspended, removed. */
export function userRoutes(
  app: FastifyInstance,
  deps: ListDeps & InviteDeps & { readonly databases: Databases },
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const noStore = { 'cache-control': 'no-store' } as const;

  routes.get(
    paths.users,
    { config: { action: 'user.list' }, schema: { querystring: usersQuery, response: { 200: usersAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await listMembers(ofAccount(deps, request), signedIn(request), request.query)),
  );
  routes.post(
    paths.users,
    { config: { action: 'user.create' }, schema: { body: userRequest, response: { 201: invitedAnswer } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await createUser(ofAccount(deps, request), signedIn(request), request.body)),
  );
  routes.post(
    paths.services,
    { config: { action: 'service.create' }, schema: { body: serviceRequest, response: { 201: userRow } } },
    async (request, reply) =>
      reply.status(201).send(await createService(ofAccount(deps, request), signedIn(request), request.body)),
  );
  routes.get(
    paths.user,
    { config: { action: 'user.view' }, schema: { params, response: { 200: userCard } } },
    async (request, reply) =>
      reply.headers(noStore).send(await showMember(ofAccount(deps, request), signedIn(request), request.params.userId)),
  );
  routes.patch(
    paths.user,
    { config: { action: 'user.change' }, schema: { params, body: userChange, response: { 200: userRow } } },
    async (request) =>
      renameMember(ofAccount(deps, request), signedIn(request), request.params.userId, request.body.name),
  );
  routes.delete(
    paths.user,
    { config: { action: 'user.remove' }, schema: { params, response: { 200: userRow } } },
    async (request) => removeMember(ofAccount(deps, request), signedIn(request), request.params.userId),
  );
  routes.post(
    paths.userInvitation,
    { config: { action: 'user.create' }, schema: { params, response: { 201: invitedAnswer } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await inviteAgain(ofAccount(deps, request), signedIn(request), request.params.userId)),
  );
  routes.post(
    paths.userPasswordReset,
    { config: { action: 'user.reset' }, schema: { params, response: { 201: handedLink } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await makeReset(ofAccount(deps, request), signedIn(request), request.params.userId)),
  );
  routes.post(
    paths.userSuspension,
    { config: { action: 'user.suspend' }, schema: { params, response: { 200: userRow } } },
    async (request) => suspendMember(ofAccount(deps, request), signedIn(request), request.params.userId),
  );
  routes.delete(
    paths.userSecondPassword,
    { config: { action: 'identity.clear' }, schema: { params, response: { 200: userRow } } },
    async (request) => clearSecondPassword(ofAccount(deps, request), signedIn(request), request.params.userId),
  );
  routes.delete(
    paths.userSuspension,
    { config: { action: 'user.suspend' }, schema: { params, response: { 200: userRow } } },
    async (request) => letMemberIn(ofAccount(deps, request), signedIn(request), request.params.userId),
  );
  routes.post(
    paths.userPasswordChange,
    { config: { action: 'password.require' }, schema: { params, response: { 200: userRow } } },
    async (request) => requireNewPassword(ofAccount(deps, request), signedIn(request), request.params.userId),
  );
  routes.delete(
    paths.userFactors,
    { config: { action: 'factor.reset' }, schema: { params, response: { 200: userRow } } },
    async (request) => resetFactors(ofAccount(deps, request), signedIn(request), request.params.userId),
  );
  routes.put(
    paths.userRole,
    { config: { action: 'role.assign' }, schema: { params, body: userRoleRequest, response: { 200: userRow } } },
    async (request) =>
      assignRole(ofAccount(deps, request), signedIn(request), request.params.userId, request.body.roleId),
  );
}
