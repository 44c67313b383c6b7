import {
  emailChange,
  emailChangeAnswer,
  lookAtEmailChangeRequest,
  lookAtResetAnswer,
  lookAtResetRequest,
  mailedAnswer,
  passwordResetAnswer,
  passwordResetRequest,
  paths,
  sessionAnswer,
  useEmailChangeRequest,
  useResetRequest,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { noSessionCookie, ofAccount, signedIn } from '../access/index.ts';
import type { Databases } from '../platform/db/databases.ts';
import { askToChangeEmail, confirmEmail, lookAtEmailChange } from './change-email.ts';
import { askForReset, lookAtReset, resetPassword } from './reset-password.ts';
import { begunSession, browserOf, stateOf } from './session-answer.ts';
import type { SessionDeps } from './sessions.ts';

const noStore = { 'cache-control': 'no-store' } as const;

/** A new password and another address: what a link in a mail proves. */
export function mailedLinkRoutes(app: FastifyInstance, deps: SessionDeps & { readonly databases: Databases }): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    paths.passwordResets,
    {
      config: { action: 'password.reset' },
      schema: { body: passwordResetRequest, response: { 202: passwordResetAnswer } },
    },
    async (request, reply) => {
      await askForReset(deps, request.actor, request.body.email);
      return reply.status(202).headers(noStore).send({});
    },
  );
  routes.post(
    paths.lookAtReset,
    {
      config: { action: 'password.reset' },
      schema: { body: lookAtResetRequest, response: { 200: lookAtResetAnswer } },
    },
    async (request, reply) => reply.headers(noStore).send(await lookAtReset(deps, request.actor, request.body.secret)),
  );
  routes.post(
    paths.useReset,
    { config: { action: 'password.reset' }, schema: { body: useResetRequest, response: { 201: sessionAnswer } } },
    async (request, reply) => {
      const session = await resetPassword(deps, request.actor, request.body, browserOf(request).agent);
      if (session !== undefined) return begunSession(deps, request, reply, session);
      // The password is set, and from there they may not sign in: whoever was signed in here is so no more.
      reply.status(201).headers(noStore).header('set-cookie', noSessionCookie);
      return stateOf(deps, { kind: 'visitor', address: request.ip });
    },
  );
  routes.put(
    paths.myEmail,
    { config: { action: 'email.change' }, schema: { body: emailChange, response: { 202: mailedAnswer } } },
    async (request, reply) =>
      reply
        .status(202)
        .headers(noStore)
        .send(await askToChangeEmail(ofAccount(deps, request), signedIn(request), request.body, browserOf(request))),
  );
  routes.post(
    paths.lookAtEmailChange,
    {
      config: { action: 'email.confirm' },
      schema: { body: lookAtEmailChangeRequest, response: { 200: emailChangeAnswer } },
    },
    async (request, reply) =>
      reply.headers(noStore).send(await lookAtEmailChange(deps, request.actor, request.body.secret)),
  );
  routes.post(
    paths.useEmailChange,
    {
      config: { action: 'email.confirm' },
      schema: { body: useEmailChangeRequest, response: { 200: emailChangeAnswer } },
    },
    async (request, reply) =>
      reply.headers(noStore).send(await confirmEmail(deps, request.actor, request.body, browserOf(request))),
  );
}
