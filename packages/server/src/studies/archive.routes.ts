import { paths, studyPaths } from '@symbolon/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Actor, ofAccount, type Routed, studyReader, whileAllowed } from '../access/index.ts';
import { sendPieces } from '../platform/http/send-pieces.ts';
import { type ArchiveDeps, archived, archiveHeaders } from './archive.ts';
import { seriesIn } from './find-in-study.ts';
import { requireIdentity, stillWhole, studyForReader } from './open-study.ts';

/** A study as one zip, for people and for whoever came by a link that lets the files be taken. */
export function archiveRoutes(app: FastifyInstance, routed: Routed<ArchiveDeps>): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  const archive = async (request: FastifyRequest, reply: FastifyReply, studyId: string | undefined) => {
    const deps = ofAccount(routed, request);
    const actor = studyReader(request);
    const study = await studyForReader(deps, actor, 'study.download', studyId);
    requireIdentity(actor, study.row);
    await deps.reads.opening(actor, 'study.download', study.place);
    const stillReached = (now: Actor) => stillWhole(deps, studyReader({ actor: now }), 'study.download', study);
    const series = await seriesIn(deps, study);
    const pieces = archived(deps, [{ study, series }]);
    return sendPieces(request, reply, archiveHeaders, whileAllowed(request, pieces, stillReached));
  };

  routes.get(
    paths.study + studyPaths.archive,
    { config: { action: 'study.download' }, schema: { params: z.object({ studyId: z.uuid() }) } },
    (request, reply) => archive(request, reply, request.params.studyId),
  );
  routes.get(
    paths.sharedStudy + studyPaths.archive,
    { config: { action: 'study.download', by: 'link' }, schema: { params: z.object({ linkId: z.uuid() }) } },
    (request, reply) => archive(request, reply, undefined),
  );
}
