import {
  eraseAccountRequest,
  erasePatientRequest,
  eraseStudyRequest,
  erasure,
  erasureCertificate,
  erasurePreview,
  erasuresAnswer,
  erasuresQuery,
  erasureText,
  hold,
  holdRequest,
  holdsAnswer,
  holdsQuery,
  paths,
} from '@symbolon/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { type ErasureDeps, eraseAccount, erasePatient, eraseStudy } from './ask-erasure.ts';
import { liftHold, listHolds, placeHold } from './holds.ts';
import { certificateOf, listErasures, shownErasure } from './show-erasures.ts';

const studyParams = z.object({ studyId: z.uuid() });
const erasureParams = z.object({ erasureId: z.uuid() });
const holdParams = z.object({ holdId: z.uuid() });
const noStore = { 'cache-control': 'no-store' } as const;

/** 10,000 UIDs. */
const bodyLimit = 1024 * 1024;

/** What would be erased is told; what is, is accepted: the rest of it is done by the job. */
function answered(reply: FastifyReply, { dryRun }: { readonly dryRun: boolean }, answer: unknown): FastifyReply {
  return reply
    .status(dryRun ? 200 : 202)
    .headers(noStore)
    .send(answer);
}

/** Erasures, their certificates, and the holds that stop them. */
export function erasureRoutes(app: FastifyInstance, deps: Routed<ErasureDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const response = { 200: erasurePreview, 202: erasure };

  routes.post(
    paths.eraseStudy,
    {
      bodyLimit,
      config: { action: 'study.erase' },
      schema: { params: studyParams, body: eraseStudyRequest, response },
    },
    async (request, reply) => {
      const answer = await eraseStudy(
        ofAccount(deps, request),
        signedIn(request),
        request.params.studyId,
        request.body,
      );
      return answered(reply, request.body, answer);
    },
  );
  routes.post(
    paths.erasePatient,
    { config: { action: 'patient.erase' }, schema: { params: studyParams, body: erasePatientRequest, response } },
    async (request, reply) => {
      const answer = await erasePatient(
        ofAccount(deps, request),
        signedIn(request),
        request.params.studyId,
        request.body,
      );
      return answered(reply, request.body, answer);
    },
  );
  routes.post(
    paths.eraseAccount,
    { config: { action: 'account.erase' }, schema: { body: eraseAccountRequest, response } },
    async (request, reply) =>
      answered(reply, request.body, await eraseAccount(ofAccount(deps, request), signedIn(request), request.body)),
  );
  routes.get(
    paths.erasures,
    { config: { action: 'erasure.view' }, schema: { querystring: erasuresQuery, response: { 200: erasuresAnswer } } },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await listErasures(ofAccount(deps, request), signedIn(request), request.query.offset)),
  );
  routes.get(
    paths.erasure,
    { config: { action: 'erasure.view' }, schema: { params: erasureParams, response: { 200: erasure } } },
    async (request, reply) => {
      const { accountId } = signedIn(request);
      return reply
        .headers(noStore)
        .send(await shownErasure(ofAccount(deps, request), accountId, request.params.erasureId));
    },
  );
  routes.get(
    paths.erasureCertificate,
    { config: { action: 'erasure.view' }, schema: { params: erasureParams } },
    async (request, reply) => {
      const { erasureId } = request.params;
      const certificate = erasureCertificate.parse(
        await certificateOf(ofAccount(deps, request), signedIn(request), erasureId),
      );
      // The one spelling of it: what is saved is what is verified.
      return reply
        .headers(noStore)
        .header('content-type', 'application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="erasure-${erasureId}.json"`)
        .send(erasureText(certificate));
    },
  );
  routes.get(
    paths.holds,
    { config: { action: 'hold.view' }, schema: { querystring: holdsQuery, response: { 200: holdsAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await listHolds(ofAccount(deps, request), signedIn(request), request.query)),
  );
  routes.post(
    paths.holds,
    { config: { action: 'hold.place' }, schema: { body: holdRequest, response: { 201: hold } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await placeHold(ofAccount(deps, request), signedIn(request), request.body)),
  );
  routes.post(
    paths.holdRelease,
    { config: { action: 'hold.release' }, schema: { params: holdParams, response: { 200: hold } } },
    async (request, reply) =>
      reply.headers(noStore).send(await liftHold(ofAccount(deps, request), signedIn(request), request.params.holdId)),
  );
}
