import { endedSessionsAnswer, ownPasswordAnswer, ownSessionsAnswer, passwordChange, paths } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, sessionCookieOf, signedIn } from '../access/index.ts';
import type { Databases } from '../platform/db/databases.ts';
import { changePassword, showOwnPassword } from './change-password.ts';
import { endSessions, ownSessions } from './own-sessions.ts';
import { browserOf } from './session-answer.ts';
import type { SessionDeps } from './sessions.ts';

const noStore = { 'cache-control': 'no-store' } as const;

/** One's own sessions and password, for who is signed in with a browser. */
export function ownSessionRoutes(app: FastifyInstance, deps: SessionDeps & { readonly databases: Databases }): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    paths.mySessions,
    { config: { action: 'session.list' }, schema: { response: { 200: ownSessionsAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await ownSessions(ofAccount(deps, request), signedIn(request))),
  );
  routes.delete(
    paths.mySessions,
    { config: { action: 'session.end' }, schema: { response: { 200: endedSessionsAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await endSessions(ofAccount(deps, request), signedIn(request))),
  );
  routes.delete(
    paths.mySession,
    {
      config: { action: 'session.end' },
      schema: { params: z.object({ sessionId: z.uuid() }), response: { 200: endedSessionsAnswer } },
    },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await endSessions(ofAccount(deps, request), signedIn(request), request.params.sessionId)),
  );
  routes.get(
    paths.myPassword,
    { config: { action: 'password.change' }, schema: { response: { 200: ownPasswordAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await showOwnPassword(ofAccount(deps, request), signedIn(request))),
  );
  routes.put(
    paths.myPassword,
    {
      config: { action: 'password.change' },
      schema: { body: passwordChange, response: { 200: endedSessionsAnswer } },
    },
    async (request, reply) => {
      const { ended, session } = await changePassword(
        ofAccount(deps, request),
        signedIn(request),
        request.body,
        browserOf(request),
      );
      return reply.headers(noStore).header('set-cookie', sessionCookieOf(session)).send({ ended });
    },
  );
}
