import { auditAnswer, auditQuery, paths } from '@symbolon/contract';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { ofAccount, type Routed, signedIn } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { recordLook, type TimelineDeps, timeline } from './timeline.ts';
import { timelineCsv } from './timeline-csv.ts';

export function timelineRoutes(app: FastifyInstance, deps: Routed<TimelineDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { action: 'audit.view' } as const;

  routes.get(
    paths.audit,
    { config, schema: { querystring: auditQuery, response: { 200: auditAnswer } } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return timeline(ofAccount(deps, request), signedIn(request), request.query);
    },
  );

  routes.get(
    paths.auditCsv,
    { config, schema: { querystring: auditQuery.omit({ before: true }) } },
    async (request, reply) => {
      const actor = signedIn(request);
      await recordLook(ofAccount(deps, request), actor, request.query, 'csv');
      const headers = {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="audit.csv"',
      };
      return sendPieces(request, reply, headers, timelineCsv(ofAccount(deps, request), actor, request.query));
    },
  );
}
