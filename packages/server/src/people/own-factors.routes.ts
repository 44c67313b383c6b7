import {
  factorAnswer,
  factorRequest,
  ownDevicesAnswer,
  ownFactorsAnswer,
  passkeyChallenge,
  passkeyEnrolment,
  passkeySignIn,
  paths,
  recoveryCodesAnswer,
  sessionAnswer,
  sessionFactorRequest,
  totpEnrolment,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, signedIn } from '../access/index.ts';
import { askPasskey } from '../factors/index.ts';
import type { Databases } from '../platform/db/databases.ts';
import { forgetOwnDevice, ownDevices } from './own-devices.ts';
import {
  beginOwnPasskey,
  beginOwnTotp,
  enrolFactor,
  ownFactors,
  removeOwnFactor,
  renewOwnRecoveryCodes,
} from './own-factors.ts';
import { signInWithPasskey } from './passkey-sign-in.ts';
import { type ProvingDeps, proveSecondFactor } from './prove-second-factor.ts';
import { begunSession, browserOf } from './session-answer.ts';

const noStore = { 'cache-control': 'no-store' } as const;

/** What is shown beside a password, or in its place: signing in with it, and one's own of it, for who is signed in with a browser. */
export function ownFactorRoutes(app: FastifyInstance, deps: ProvingDeps & { readonly databases: Databases }): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    paths.passkeyChallenge,
    { config: { action: 'session.create' }, schema: { response: { 201: passkeyChallenge } } },
    async (request, reply) => {
      const { actor } = request;
      const asked = actor.kind === 'person' && actor.by === 'session' ? actor.userId : null;
      return reply
        .status(201)
        .headers(noStore)
        .send(await askPasskey(deps, asked, request.ip));
    },
  );
  routes.post(
    paths.passkeySession,
    { config: { action: 'session.create' }, schema: { body: passkeySignIn, response: { 201: sessionAnswer } } },
    async (request, reply) => {
      const session = await signInWithPasskey(deps, request.actor, request.body, browserOf(request));
      return begunSession(deps, request, reply, session);
    },
  );
  routes.post(
    paths.sessionFactor,
    { config: { action: 'factor.prove' }, schema: { body: sessionFactorRequest, response: { 201: sessionAnswer } } },
    async (request, reply) => {
      const session = await proveSecondFactor(
        ofAccount(deps, request),
        signedIn(request),
        request.body,
        browserOf(request),
      );
      return begunSession(deps, request, reply, session, request.body);
    },
  );

  routes.get(
    paths.myFactors,
    { config: { action: 'factor.list' }, schema: { response: { 200: ownFactorsAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await ownFactors(ofAccount(deps, request), signedIn(request))),
  );
  routes.post(
    paths.beginTotp,
    { config: { action: 'factor.enrol' }, schema: { response: { 201: totpEnrolment } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await beginOwnTotp(ofAccount(deps, request), signedIn(request))),
  );
  routes.post(
    paths.beginPasskey,
    { config: { action: 'factor.enrol' }, schema: { response: { 201: passkeyEnrolment } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await beginOwnPasskey(ofAccount(deps, request), signedIn(request))),
  );
  routes.post(
    paths.myFactors,
    { config: { action: 'factor.enrol' }, schema: { body: factorRequest, response: { 201: factorAnswer } } },
    async (request, reply) => {
      const { secret, recoveryCodes } = await enrolFactor(ofAccount(deps, request), signedIn(request), request.body);
      return { session: await begunSession(deps, request, reply, secret), recoveryCodes };
    },
  );
  routes.delete(
    paths.myFactor,
    {
      config: { action: 'factor.remove' },
      schema: { params: z.object({ factorId: z.uuid() }), response: { 200: ownFactorsAnswer } },
    },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await removeOwnFactor(ofAccount(deps, request), signedIn(request), request.params.factorId)),
  );
  routes.post(
    paths.myRecoveryCodes,
    { config: { action: 'factor.recover' }, schema: { response: { 201: recoveryCodesAnswer } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await renewOwnRecoveryCodes(ofAccount(deps, request), signedIn(request))),
  );

  routes.get(
    paths.myDevices,
    { config: { action: 'device.list' }, schema: { response: { 200: ownDevicesAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await ownDevices(ofAccount(deps, request), signedIn(request), browserOf(request))),
  );
  routes.delete(
    paths.myDevice,
    {
      config: { action: 'device.forget' },
      schema: { params: z.object({ deviceId: z.uuid() }), response: { 200: ownDevicesAnswer } },
    },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(
          await forgetOwnDevice(
            ofAccount(deps, request),
            signedIn(request),
            request.params.deviceId,
            browserOf(request),
          ),
        ),
  );
}
