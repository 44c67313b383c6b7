import {
  acceptInvitationRequest,
  lookAtInvitationAnswer,
  lookAtInvitationRequest,
  meAnswer,
  myAccountsAnswer,
  paths,
  sessionAnswer,
  sessionRequest,
  setupRequest,
  switchAccountRequest,
  tokenAnswer,
} from '@symbolon/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { noSessionCookie, ofAccount, signedIn } from '../access/index.ts';
import type { Databases } from '../platform/db/databases.ts';
import { acceptInvitation, lookAtInvitation } from './accept-invitation.ts';
import { accountRoutes } from './accounts.routes.ts';
import type { AccountDeps } from './accounts.ts';
import { mailedLinkRoutes } from './links-by-mail.routes.ts';
import { ownFactorRoutes } from './own-factors.routes.ts';
import { ownSessionRoutes } from './own-sessions.routes.ts';
import { proofRoutes } from './proof.routes.ts';
import type { ProvingDeps } from './prove-second-factor.ts';
import { begunSession, browserOf, profile, stateOf } from './session-answer.ts';
import { signIn, signOut } from './sessions.ts';
import { type SetUpDeps, type SetUpDone, setUp } from './set-up.ts';
import { signInPolicyRoutes } from './sign-in-policy.routes.ts';
import { myAccounts, switchAccount } from './switch-account.ts';
import { tokenRoutes } from './tokens.routes.ts';
import { userRoutes } from './users.routes.ts';

type PeopleDeps = SetUpDeps & ProvingDeps & AccountDeps & { readonly databases: Databases };

/** Who one is, and the ways in: set-up, sign-in, invitations, other accounts. */
function sessionRoutes(app: FastifyInstance, deps: PeopleDeps): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  /** A browser goes on with a session in a cookie, a program with a token. */
  const goOn = async (request: FastifyRequest, reply: FastifyReply, done: SetUpDone) => {
    reply.status(201).header('cache-control', 'no-store');
    return 'token' in done ? done.token : begunSession(deps, request, reply, done.session);
  };

  routes.post(
    paths.setup,
    {
      config: { action: 'account.setup' },
      schema: { body: setupRequest, response: { 201: z.union([tokenAnswer, sessionAnswer]) } },
    },
    async (request, reply) =>
      goOn(request, reply, await setUp(deps, request.actor, request.body, browserOf(request).agent)),
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
      goOn(request, reply, await acceptInvitation(deps, request.actor, request.body, browserOf(request).agent)),
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
      const session = await signIn(deps, request.actor, request.body, browserOf(request));
      return begunSession(deps, request, reply, session);
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
      return begunSession(deps, request, reply, session);
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
  proofRoutes(app, deps);
  userRoutes(app, deps);
  tokenRoutes(app, deps);
  ownSessionRoutes(app, deps);
  ownFactorRoutes(app, deps);
  mailedLinkRoutes(app, deps);
  accountRoutes(app, deps);
  signInPolicyRoutes(app, deps);
}
