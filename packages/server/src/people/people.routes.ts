import {
  type Action,
  acceptInvitationRequest,
  actions,
  lookAtInvitationAnswer,
  lookAtInvitationRequest,
  meAnswer,
  myAccountsAnswer,
  paths,
  type SessionAnswer,
  sessionAnswer,
  sessionRequest,
  setupRequest,
  switchAccountRequest,
  tokenAnswer,
} from '@symbolon/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  AccessError,
  type Actor,
  may,
  noSessionCookie,
  ofAccount,
  type SignedIn,
  sessionCookieOf,
  signedIn,
} from '../access/index.ts';
import type { Databases } from '../platform/db/databases.ts';
import { acceptInvitation, lookAtInvitation } from './accept-invitation.ts';
import { accountRoutes } from './accounts.routes.ts';
import type { AccountDeps } from './accounts.ts';
import { ownSessionRoutes } from './own-sessions.routes.ts';
import { anyAccount, profileOf } from './people.store.ts';
import { actorOfSession, type SessionDeps, signIn, signOut } from './sessions.ts';
import { type SetUpDeps, type SetUpDone, setUp } from './set-up.ts';
import { myAccounts, switchAccount } from './switch-account.ts';
import { tokenRoutes } from './tokens.routes.ts';
import { userRoutes } from './users.routes.ts';

const actionNames = Object.keys(actions) as Action[];

type PeopleDeps = SetUpDeps & SessionDeps & AccountDeps & { readonly databases: Databases };

async function profile(deps: PeopleDeps, actor: SignedIn): Promise<z.infer<typeof meAnswer>> {
  const { userId, accountId, role } = actor;
  const found = await profileOf(deps.database, userId, accountId);
  if (!found) throw new AccessError('ACCESS_SIGN_IN_NEEDED', 'You are no longer a member of this account.');
  return { userId, accountId, role, ...found, permissions: actionNames.filter((action) => may(actor, action)) };
}

async function stateOf(deps: PeopleDeps, actor: Actor): Promise<SessionAnswer> {
  if (actor.kind === 'person' && actor.steps.length > 0)
    return { state: 'unfinished', me: null, steps: [...actor.steps] };
  if (actor.kind === 'person') return { state: 'signed in', me: await profile(deps, actor) };
  return { state: (await anyAccount(deps.database)) ? 'signed out' : 'unclaimed', me: null };
}

const agentOf = (request: FastifyRequest): string => request.headers['user-agent'] ?? '';

/** Who one is, and the ways in: set-up, sign-in, invitations, other accounts. */
function sessionRoutes(app: FastifyInstance, deps: PeopleDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  /** What the page is told of a session that began a moment ago; the cookie carries the secret. */
  const begun = async (secret: string, address: string): Promise<SessionAnswer> => {
    const actor = await actorOfSession(deps, secret, address);
    return stateOf(deps, actor ?? { kind: 'visitor', address });
  };

  /** A browser goes on with a session in a cookie, a program with a token. */
  const goOn = async (request: FastifyRequest, reply: FastifyReply, done: SetUpDone) => {
    reply.status(201).header('cache-control', 'no-store');
    if ('token' in done) return done.token;
    reply.header('set-cookie', sessionCookieOf(done.session));
    return begun(done.session, request.ip);
  };

  routes.post(
    paths.setup,
    {
      config: { action: 'account.setup' },
      schema: { body: setupRequest, response: { 201: z.union([tokenAnswer, sessionAnswer]) } },
    },
    async (request, reply) => goOn(request, reply, await setUp(deps, request.actor, request.body, agentOf(request))),
  );

  routes.post(
    paths.lookAtInvitation,
    {
      config: { action: 'invitation.accept' },
      schema: { body: lookAtInvitationRequest, response: { 200: lookAtInvitationAnswer } },
    },
    async (request, reply) =>
      reply.header('cache-control', 'no-store').send(await lookAtInvitation(deps, request.actor, request.body.secret)),
  );

  routes.post(
    paths.acceptInvitation,
    {
      config: { action: 'invitation.accept' },
      schema: { body: acceptInvitationRequest, response: { 201: z.union([tokenAnswer, sessionAnswer]) } },
    },
    async (request, reply) =>
      goOn(request, reply, await acceptInvitation(deps, request.actor, request.body, agentOf(request))),
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
      const session = await signIn(deps, request.actor, request.body, agentOf(request));
      return (await goOn(request, reply, { session })) as SessionAnswer;
    },
  );

  routes.post(
    paths.sessionAccount,
    {
      config: { action: 'session.switch' },
      schema: { body: switchAccountRequest, response: { 201: sessionAnswer } },
    },
    async (request, reply) => {
      const session = await switchAccount(ofAccount(deps, request), signedIn(request), request.body.accountId);
      return (await goOn(request, reply, { session })) as SessionAnswer;
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
    async (request) => profile(ofAccount(deps, request), signedIn(request)),
  );

  routes.get(
    paths.myAccounts,
    { config: { action: 'profile.view' }, schema: { response: { 200: myAccountsAnswer } } },
    async (request) => myAccounts(ofAccount(deps, request), signedIn(request)),
  );
}

export function peopleRoutes(app: FastifyInstance, deps: PeopleDeps): void {
  sessionRoutes(app, deps);
  userRoutes(app, deps);
  tokenRoutes(app, deps);
  ownSessionRoutes(app, deps);
  accountRoutes(app, deps);
}
