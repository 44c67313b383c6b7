import {
  paths,
  signInEffectsAnswer,
  signInEffectsRequest,
  signInPolicyAnswer,
  signInPolicyRequest,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { ofAccount, signedIn } from '../access/index.ts';
import type { Databases } from '../platform/db/databases.ts';
import type { ListDeps } from './list-members.ts';
import { setSignInPolicy, showSignInPolicy, signInEffects } from './sign-in-policy.ts';

const noStore = { 'cache-control': 'no-store' } as const;

/** How the people of an account sign in. */
export function signInPolicyRoutes(app: FastifyInstance, deps: ListDeps & { readonly databases: Databases }): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    paths.signInPolicy,
    { config: { action: 'policy.view' }, schema: { response: { 200: signInPolicyAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await showSignInPolicy(ofAccount(deps, request), signedIn(request))),
  );
  routes.put(
    paths.signInPolicy,
    { config: { action: 'policy.set' }, schema: { body: signInPolicyRequest, response: { 200: signInPolicyAnswer } } },
    async (request) => setSignInPolicy(ofAccount(deps, request), signedIn(request), request.body),
  );
  routes.post(
    paths.signInEffects,
    {
      config: { action: 'policy.view' },
      schema: { body: signInEffectsRequest, response: { 200: signInEffectsAnswer } },
    },
    async (request, reply) =>
      reply.headers(noStore).send(await signInEffects(ofAccount(deps, request), signedIn(request), request.body)),
  );
}
