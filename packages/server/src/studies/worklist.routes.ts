import { paths, studyAnswer, worklistAnswer, worklistQuery } from '@symbolon/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ofAccount, type Routed, signedIn, studyReader } from '../access/index.ts';
import type { Reads } from '../audit/index.ts';
import { studyForReader } from './open-study.ts';
import { studyFacts } from './study-facts.ts';
import { type WorklistDeps, worklist } from './worklist.ts';

/** What the web app shows of studies: the worklist, and the facts of one, for people and for who came by a link. */
export function worklistRoutes(app: FastifyInstance, routed: Routed<WorklistDeps> & { readonly reads: Reads }): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    paths.worklist,
    {
      config: { action: 'study.search' },
      schema: { body: worklistQuery, response: { 200: worklistAnswer } },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return worklist(ofAccount(routed, request), signedIn(request), request.body);
    },
  );

  const facts = async (request: FastifyRequest, reply: FastifyReply, studyId: string | undefined) => {
    const deps = ofAccount(routed, request);
    const actor = studyReader(request);
    const study = await studyForReader(deps, actor, 'study.view', studyId);
    await deps.reads.opening(actor, 'study.view', study.place, []);
    reply.header('cache-control', 'no-store');
    return studyFacts(deps, actor, study);
  };
  const response = { 200: studyAnswer };
  routes.get(
    paths.study,
    { config: { action: 'study.view' }, schema: { params: z.object({ studyId: z.uuid() }), response } },
    (request, reply) => facts(request, reply, request.params.studyId),
  );
  routes.get(
    paths.sharedStudy,
    { config: { action: 'study.view', by: 'link' }, schema: { params: z.object({ linkId: z.uuid() }), response } },
    (request, reply) => facts(request, reply, undefined),
  );
}
