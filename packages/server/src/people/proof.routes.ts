import {
  identitiesRequest,
  paths,
  proofRequest,
  type SessionAnswer,
  secondPasswordChange,
  sessionAnswer,
} from '@symbolon/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { ofAccount, sessionCookieOf, signedIn } from '../access/index.ts';
import type { Databases } from '../platform/db/databases.ts';
import { lockScreen, proveAgain } from './prove-again.ts';
import type { ProvingDeps } from './prove-second-factor.ts';
import { chooseSecondPassword, closeIdentities, openIdentities } from './second-password.ts';
import { browserOf, stateOf } from './session-answer.ts';
import { actorOfSession } from './sessions.ts';

/** What a session proves again, and what it opens and closes by that: the screen, and identities. */
export function proofRoutes(app: FastifyInstance, deps: ProvingDeps & { readonly databases: Databases }): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  /** The session goes on under another secret: whoever knew the one before is out. */
  const renewed = async (request: FastifyRequest, reply: FastifyReply, secret: string): Promise<SessionAnswer> => {
    reply.header('cache-control', 'no-store').header('set-cookie', sessionCookieOf(secret));
    const actor = await actorOfSession(deps, { secret }, request.ip);
    return stateOf(deps, actor ?? { kind: 'visitor', address: request.ip });
  };

  routes.post(
    paths.sessionProof,
    { config: { action: 'session.prove' }, schema: { body: proofRequest, response: { 200: sessionAnswer } } },
    async (request, reply) =>
      renewed(
        request,
        reply,
        await proveAgain(ofAccount(deps, request), signedIn(request), request.body, browserOf(request)),
      ),
  );

  routes.post(
    paths.sessionLock,
    { config: { action: 'session.lock' }, schema: { response: { 200: sessionAnswer } } },
    async (request, reply) => {
      const actor = signedIn(request);
      await lockScreen(ofAccount(deps, request), actor);
      return reply.header('cache-control', 'no-store').send(await stateOf(deps, { ...actor, steps: ['unlock'] }));
    },
  );

  routes.post(
    paths.sessionIdentities,
    { config: { action: 'identity.open' }, schema: { body: identitiesRequest, response: { 200: sessionAnswer } } },
    async (request, reply) =>
      renewed(request, reply, await openIdentities(ofAccount(deps, request), signedIn(request), request.body.password)),
  );

  routes.delete(
    paths.sessionIdentities,
    { config: { action: 'identity.close' }, schema: { response: { 200: sessionAnswer } } },
    async (request, reply) => {
      await closeIdentities(ofAccount(deps, request), signedIn(request));
      return reply.header('cache-control', 'no-store').send(await stateOf(deps, request.actor));
    },
  );

  routes.put(
    paths.mySecondPassword,
    {
      config: { action: 'identity.protect' },
      schema: { body: secondPasswordChange, response: { 200: sessionAnswer } },
    },
    async (request, reply) =>
      renewed(
        request,
        reply,
        await chooseSecondPassword(ofAccount(deps, request), signedIn(request), request.body, browserOf(request)),
      ),
  );
}
