import {
  changeGroupRequest,
  createGroupRequest,
  deletedGroupAnswer,
  enrolRequest,
  type GroupKind,
  groupAnswer,
  groupKinds,
  groupsAnswer,
  paths,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { changeGroup, createGroup, deleteGroup } from './change-groups.ts';
import { enrol, expel } from './enrol.ts';
import { type GroupsDeps, listGroups, showGroup } from './show-groups.ts';

const groupParams = z.object({ groupId: z.uuid() });
const memberParams = z.object({ groupId: z.uuid(), userId: z.uuid() });
const noStore = { 'cache-control': 'no-store' } as const;

const pathsOf = {
  group: { all: paths.groups, one: paths.group, member: paths.groupMember },
  location: { all: paths.locations, one: paths.location, member: paths.locationMember },
} as const;

/** The same for groups and for locations. */
export function groupRoutes(app: FastifyInstance, deps: Routed<GroupsDeps>): void {
  for (const kind of groupKinds) routesOf(app, deps, kind);
}

function routesOf(app: FastifyInstance, deps: Routed<GroupsDeps>, kind: GroupKind): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const { all, one, member } = pathsOf[kind];

  routes.get(
    all,
    { config: { action: `${kind}.list` }, schema: { response: { 200: groupsAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await listGroups(ofAccount(deps, request), signedIn(request), kind)),
  );
  routes.post(
    all,
    { config: { action: `${kind}.create` }, schema: { body: createGroupRequest, response: { 201: groupAnswer } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await createGroup(ofAccount(deps, request), signedIn(request), kind, request.body)),
  );
  routes.get(
    one,
    { config: { action: `${kind}.view` }, schema: { params: groupParams, response: { 200: groupAnswer } } },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await showGroup(ofAccount(deps, request), signedIn(request), kind, request.params.groupId)),
  );
  routes.patch(
    one,
    {
      config: { action: `${kind}.change` },
      schema: { params: groupParams, body: changeGroupRequest, response: { 200: groupAnswer } },
    },
    async (request, reply) => {
      const { groupId } = request.params;
      return reply
        .headers(noStore)
        .send(await changeGroup(ofAccount(deps, request), signedIn(request), kind, groupId, request.body));
    },
  );
  routes.delete(
    one,
    { config: { action: `${kind}.delete` }, schema: { params: groupParams, response: { 200: deletedGroupAnswer } } },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await deleteGroup(ofAccount(deps, request), signedIn(request), kind, request.params.groupId)),
  );
  routes.put(
    member,
    {
      config: { action: `${kind}.enrol` },
      schema: { params: memberParams, body: enrolRequest, response: { 200: groupAnswer } },
    },
    async (request, reply) => {
      const asked = { kind, ...request.params, ...request.body };
      return reply.headers(noStore).send(await enrol(ofAccount(deps, request), signedIn(request), asked));
    },
  );
  routes.delete(
    member,
    { config: { action: `${kind}.enrol` }, schema: { params: memberParams, response: { 200: groupAnswer } } },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await expel(ofAccount(deps, request), signedIn(request), { kind, ...request.params })),
  );
}
