import { meAnswer, paths, rolePermissions, setupRequest, tokenAnswer, tokenRequest } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { AccessError, signedIn } from '../access/index.ts';
import { profileOf } from './people.store.ts';
import { type SetUpDeps, setUp } from './set-up.ts';
import { createToken, type TokenDeps } from './tokens.ts';

export function peopleRoutes(app: FastifyInstance, deps: SetUpDeps & TokenDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    paths.setup,
    { config: { action: 'account.setup' }, schema: { body: setupRequest, response: { 201: tokenAnswer } } },
    async (request, reply) => reply.status(201).send(await setUp(deps, request.actor, request.body)),
  );

  routes.post(
    paths.tokens,
    { config: { action: 'token.create' }, schema: { body: tokenRequest, response: { 201: tokenAnswer } } },
    async (request, reply) => reply.status(201).send(await createToken(deps, request.actor, request.body)),
  );

  routes.get(
    paths.me,
    { config: { action: 'profile.view' }, schema: { response: { 200: meAnswer } } },
    async (request) => {
      const { userId, accountId, role } = signedIn(request);
      const profile = await profileOf(deps.database, userId, accountId);
      if (!profile) throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'The token is not known, or no longer valid.');
      return { userId, accountId, role, ...profile, permissions: [...rolePermissions[role]] };
    },
  );
}
