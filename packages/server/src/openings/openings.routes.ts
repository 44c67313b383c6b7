import {
  emergencyAnswer,
  emergencyRequest,
  openingAnswer,
  openingRow,
  openingsAnswer,
  openingsQuery,
  openingsStatus,
  paths,
  reviewRequest,
  statedReason,
} from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { openInEmergency } from './open-in-emergency.ts';
import { listOpenings, reviewOpening, statusOfOpenings } from './review.ts';
import { type OpeningDeps, stateReason } from './state-reason.ts';

const studyParams = z.object({ studyId: z.uuid() });
const openingParams = z.object({ openingId: z.uuid() });
const noStore = { 'cache-control': 'no-store' } as const;

/** Studies that somebody opens for a reason or in an emergency, and the review of it. */
export function openingRoutes(app: FastifyInstance, deps: Routed<OpeningDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    paths.studyOpening,
    {
      config: { action: 'reason.state' },
      schema: { params: studyParams, body: statedReason, response: { 201: openingAnswer } },
    },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(
          await stateReason(ofAccount(deps, request), signedIn(request), request.params.studyId, request.body.reason),
        ),
  );
  routes.post(
    paths.emergency,
    { config: { action: 'emergency.open' }, schema: { body: emergencyRequest, response: { 201: emergencyAnswer } } },
    async (request, reply) =>
      reply
        .status(201)
        .headers(noStore)
        .send(await openInEmergency(ofAccount(deps, request), signedIn(request), request.body)),
  );
  routes.get(
    paths.openings,
    { config: { action: 'emergency.view' }, schema: { querystring: openingsQuery, response: { 200: openingsAnswer } } },
    async (request, reply) =>
      reply.headers(noStore).send(await listOpenings(ofAccount(deps, request), signedIn(request), request.query)),
  );
  routes.get(
    paths.openingsStatus,
    { config: { action: 'emergency.view' }, schema: { response: { 200: openingsStatus } } },
    async (request, reply) =>
      reply.headers(noStore).send(await statusOfOpenings(ofAccount(deps, request), signedIn(request))),
  );
  routes.post(
    paths.openingReview,
    {
      config: { action: 'emergency.review' },
      schema: { params: openingParams, body: reviewRequest, response: { 200: openingRow } },
    },
    async (request, reply) =>
      reply
        .headers(noStore)
        .send(await reviewOpening(ofAccount(deps, request), signedIn(request), request.params.openingId, request.body)),
  );
}
