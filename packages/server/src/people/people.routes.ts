import {
  type Action,
  actions,
  meAnswer,
  paths,
  type SessionAnswer,
  sessionAnswer,
  sessionRequest,
  setupRequest,
  tokenAnswer,
  tokenRequest,
  usersAnswer,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  AccessError,
  type Actor,
  may,
  noSessionCookie,
  type SignedIn,
  sessionCookieOf,
  signedIn,
} from '../access/index.ts';
import { anyAccount, membersOf, profileOf } from './people.store.ts';
import { actorOfSession, type SessionDeps, signIn, signOut } from './sessions.ts';
import { type SetUpDeps, setUp } from './set-up.ts';
import { createToken } from './tokens.ts';

const actionNames = Object.keys(actions) as Action[];

type PeopleDeps = SetUpDeps & SessionDeps;

async function profile(deps: PeopleDeps, actor: SignedIn): Promise<z.infer<typeof meAnswer>> {
  const { userId, accountId, role } = actor;
  const found = await profileOf(deps.database, userId, accountId);
  if (!found) throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'You are no longer a member of this account.');
  return { userId, accountId, role, ...found, permissions: actionNames.filter((action) => may(actor, action)) };
}

async function stateOf(deps: PeopleDeps, actor: Actor): Promise<SessionAnswer> {
  if (actor.kind === 'person') return { state: 'signed in', me: await profile(deps, actor) };
  return { state: (await anyAccount(deps.database)) ? 'signed out' : 'unclaimed', me: null };
}

export function peopleRoutes(app: FastifyInstance, deps: PeopleDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  /** What the page is told of a session that began a moment ago; the cookie carries the secret. */
  const begun = async (secret: string, address: string): Promise<SessionAnswer> => {
    const actor = await actorOfSession(deps, secret, address);
    return stateOf(deps, actor ?? { kind: 'visitor', address });
  };

  routes.post(
    paths.setup,
    {
      config: { action: 'account.setup' },
      schema: { body: setupRequest, response: { 201: z.union([tokenAnswer, sessionAnswer]) } },
    },
    async (request, reply) => {
      const done = await setUp(deps, request.actor, request.body);
      reply.status(201).header('cache-control', 'no-store');
      if ('token' in done) return reply.send(done.token);
      return reply.header('set-cookie', sessionCookieOf(done.session)).send(await begun(done.session, request.ip));
    },
  );

  routes.post(
    paths.tokens,
    { config: { action: 'token.create' }, schema: { body: tokenRequest, response: { 201: tokenAnswer } } },
    async (request, reply) =>
      reply
        .status(201)
        .header('cache-control', 'no-store')
        .send(await createToken(deps, request.actor, request.body)),
  );

  routes.get(
    paths.session,
    { config: { action: 'session.look' }, schema: { response: { 200: sessionAnswer } } },
    async (request, reply) => reply.header('cache-control', 'no-store').send(await stateOf(deps, request.actor)),
  );

  routes.post(
    paths.sessions,
    { config: { action: 'session.create' }, schema: { body: sessionRequest, response: { 201: sessionAnswer } } },
    async (request, reply) => {
      const secret = await signIn(deps, request.actor, request.body);
      return reply
        .status(201)
        .header('set-cookie', sessionCookieOf(secret))
        .header('cache-control', 'no-store')
        .send(await begun(secret, request.ip));
    },
  );

  routes.delete(
    paths.session,
    { config: { action: 'session.delete' }, schema: { response: { 200: sessionAnswer } } },
    async (request, reply) => {
      await signOut(deps, request.actor);
      return reply
        .header('set-cookie', noSessionCookie)
        .header('cache-control', 'no-store')
        .send(await stateOf(deps, { kind: 'visitor', address: request.ip }));
    },
  );

  routes.get(
    paths.me,
    { config: { action: 'profile.view' }, schema: { response: { 200: meAnswer } } },
    async (request) => profile(deps, signedIn(request)),
  );

  routes.get(
    paths.users,
    { config: { action: 'user.list' }, schema: { response: { 200: usersAnswer } } },
    async (request) => {
      const actor = signedIn(request);
      await deps.audit.record(deps.database, [{ actor, action: 'user.list', kind: 'read', outcome: 'success' }]);
      return { users: await membersOf(deps.database, actor.accountId) };
    },
  );
}
